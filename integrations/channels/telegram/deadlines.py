"""One timer for all that may take too long: one for each would cost as much as reading its reply."""

import asyncio
from typing import Protocol

_EARLY = 0.001  # seconds; a timer may go off a moment before its time


class Expiring(Protocol):
    """What is told when its time is over."""

    def expire(self) -> None:
        """It has taken too long."""
        ...


class Deadlines:
    """Deadlines in the running loop's time; most are dropped long before."""

    def __init__(self) -> None:
        self._ends: dict[Expiring, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0

    def set(self, one: Expiring, deadline: float) -> None:
        """End it at that time."""
        self._ends[one] = deadline
        if self._timer is None or deadline < self._next:
            self._wind(deadline)

    def drop(self, one: Expiring) -> None:
        """It was in time. The timer goes on: the next deadline will hardly be an earlier one."""
        self._ends.pop(one, None)

    def stop(self) -> None:
        """End nothing more."""
        self._ends.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wind(self, deadline: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._next = deadline
        self._timer = asyncio.get_running_loop().call_at(deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time() + _EARLY
        for one in [one for one, deadline in self._ends.items() if deadline <= now]:
            del self._ends[one]
            one.expire()
        if self._ends:
            self._wind(min(self._ends.values()))
