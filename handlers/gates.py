"""Gates before services with a rate limit, or that may be away: how many entries of the outbox are tried at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from flows.errors import NotSent, Retry
from flows.outbound import Dispatch
from flows.ports.turns import Clock, Outbox

WIDTH: Final = 6
"""Entries under way at a time: enough to use up a rate limit over a slow line, few enough to finish within a lease."""

_LATELY: Final = timedelta(seconds=1)


class Gate:
    """The gate before one service.

    After a failure entries are tried one at a time. When two have failed and none passed for a second, the service is
    away: none are tried until all that failed are due, and then one at a time until nothing waits any more, so that it
    gets what waited for it in its order. A wait that it asks for holds for all.
    """

    def __init__(self, clock: Clock, width: int = WIDTH) -> None:
        self._clock = clock
        self._width = width
        self._inside: set[str] = set()  # what is under way
        self._doubt: dict[str, datetime] = {}  # what failed since something last passed, and when it is due again
        self._opens: datetime | None = None
        self._passed: datetime | None = None
        self._away = False

    @property
    def room(self) -> int:
        """How many more are let in now."""
        if self._opens is not None and self._clock() < self._opens:
            return 0
        return max((1 if self._doubt or self._away else self._width) - len(self._inside), 0)

    @property
    def gap(self) -> int:
        """How many to look for in the outbox: none for one empty place among many, to bring several at once."""
        room = self.room
        return room if room > 1 or not self._inside else 0

    def enter(self, entry: Dispatch) -> None:
        """One is under way; said again, nothing changes."""
        self._inside.add(entry.key)

    def leave(self, entry: Dispatch) -> None:
        """It has ended, somehow."""
        self._inside.discard(entry.key)

    def passed(self) -> None:
        """The service did what it was asked, or refused to: it is there."""
        self._doubt.clear()
        self._passed = self._clock()

    def drained(self) -> None:
        """Nothing waits before it."""
        self._away = False

    def failed(self, entry: Dispatch, error: Retry, again: datetime) -> None:
        """It did not, and the entry is due `again`; a wait of our own shows that the service answered."""
        if isinstance(error, NotSent) and error.after is not None:
            self._opens = max(again, self._opens or again)
        elif error.after is None:
            self._doubt[entry.key] = again
            if len(self._doubt) > 1 and not self._lately_passed():
                self._opens = max(self._doubt.values())
                self._away = True
        else:
            self.passed()

    def _lately_passed(self) -> bool:
        return self._passed is not None and self._clock() - self._passed < _LATELY


class Gates:
    """The gates by channel and bot; what leaves by an `open` place, or has none, is let in as it comes."""

    def __init__(self, gates: Mapping[tuple[str, str], Gate], open_: Sequence[tuple[str, str]] = ()) -> None:
        self._gates = gates
        self.open = tuple(open_)
        self._claiming = asyncio.Lock()

    def of(self, entry: Dispatch) -> Gate | None:
        """The one before an entry's service."""
        return self._gates.get((entry.address.channel, entry.address.bot))

    async def claim(self, outbox: Outbox, clock: Clock) -> Sequence[Dispatch]:
        """What is due, in the order in which it was written, as much as is let in; it is under way from here."""
        found: list[Dispatch] = []
        async with self._claiming:
            for place, gate in self._gates.items():
                gap = gate.gap
                claimed = await outbox.claim(clock(), gap, {place}, in_line=True) if gap else ()
                for entry in claimed:
                    gate.enter(entry)
                if gap and not claimed:
                    gate.drained()
                found += claimed
        return found
