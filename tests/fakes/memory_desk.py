"""The desk's ports in memory: threads, messages both ways, and what reps wrote that has not simply left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flows.desk import Spot
from flows.outbound import Line
from flows.ports.desk import Copy, Held, HeldState, Thread
from tests.fakes.memory_data import Memory


class MemoryThreads:
    """The port `Threads`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def of(self, conversation: str, desk: str) -> Thread | None:
        """Of a conversation."""
        return self._memory.threads.get((conversation, desk))

    async def at(self, spot: Spot) -> Thread | None:
        """At a place, or moved from it."""
        conversation = self._memory.places.get(spot)
        return self._memory.threads.get((conversation, spot.desk)) if conversation else None

    async def keep(self, thread: Thread, now: datetime) -> None:
        """Add or change."""
        self._memory.threads[thread.conversation, thread.spot.desk] = thread
        self._memory.places[thread.spot] = thread.conversation

    async def copied(self, copies: Sequence[Copy], now: datetime) -> None:
        """Remember messages."""
        known = {_identity(copy) for copy in self._memory.copies}
        for copy in copies:
            if _identity(copy) not in known:
                known.add(_identity(copy))
                self._memory.copies.append(copy)

    async def by_line(self, line: str, desk: str) -> Copy | None:
        """The newest of a line."""
        found = [copy for copy in self._memory.copies if copy.line == line and copy.spot.desk == desk]
        return found[-1] if found else None

    async def by_message(self, spot: Spot, message: str) -> Copy | None:
        """The first line of a message."""
        place = (spot.desk, spot.channel, message)
        return next((one for one in self._memory.copies if _identity(one)[1:] == place), None)

    async def lines(self, conversation: str, after: int, limit: int) -> Sequence[Line]:
        """Beyond a place."""
        return [line for line in self._memory.lines if line.conversation == conversation and line.place > after][:limit]

    async def tail(self, conversation: str, limit: int) -> Sequence[Line]:
        """The last ones."""
        lines = [line for line in self._memory.lines if line.conversation == conversation]
        return lines[max(0, len(lines) - limit) :]


def _identity(copy: Copy) -> tuple[str, str, str, str]:
    return copy.line, copy.spot.desk, copy.spot.channel, copy.message


class MemoryHolds:
    """The port `Holds`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def put(self, held: Held) -> bool:
        """Add or replace."""
        new = held.id not in self._memory.held
        self._memory.held[held.id] = held
        return new

    async def get(self, held: str) -> Held | None:
        """One."""
        return self._memory.held.get(held)

    async def move(self, held: str, expect: HeldState, state: HeldState, *, entry: str = "") -> bool:
        """Compare and set."""
        known = self._memory.held.get(held)
        if known is None or known.state != expect:
            return False
        self._memory.held[held] = replace(known, state=state, entry=entry or known.entry)
        return True

    async def of(self, conversation: str, state: HeldState) -> Sequence[Held]:
        """Of a conversation."""
        mine = [one for one in self._memory.held.values() if one.conversation == conversation]
        return self._oldest([one for one in mine if one.state == state])

    async def forgotten(self, before: datetime, limit: int) -> Sequence[Held]:
        """Not decided and not reminded of."""
        asked = [one for one in self._memory.held.values() if one.state == "asked" and not one.reminded]
        return self._oldest([one for one in asked if one.at < before])[:limit]

    async def reminded(self, held: str) -> None:
        """Reminded."""
        if known := self._memory.held.get(held):
            self._memory.held[held] = replace(known, reminded=True)

    async def overdue(self, before: datetime, limit: int) -> Sequence[Held]:
        """On their way for too long."""
        late = [one for one in self._memory.held.values() if one.state == "sending" and one.due < before]
        return self._oldest(late)[:limit]

    @staticmethod
    def _oldest(found: list[Held]) -> list[Held]:
        return sorted(found, key=lambda one: (one.at, one.id))
