"""A lane an address: events of one chat are dealt with one after the other, chats side by side."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import structlog

from flows.errors import Retry
from flows.model import Address
from flows.ports.turns import Clock, Stored

log = structlog.get_logger()
_REST = 1.0  # seconds a lane waits after its store was away


class Step(Protocol):
    """What a handler did with the head of a lane."""

    @property
    def taken(self) -> int:
        """How many of the waiting events are dealt with."""
        ...

    @property
    def wait_until(self) -> datetime | None:
        """When to ask again unless something new comes first: the end of a burst."""
        ...

    @property
    def more(self) -> Sequence[Stored]:
        """Events of this address that came through another worker."""
        ...


class Handle(Protocol):
    """Deals with the oldest of the waiting events of an address."""

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Step:
        """Take some of them, or ask to wait."""
        ...


class _Lane:
    """The waiting events of one address, by row, and the bell that wakes its worker."""

    __slots__ = ("address", "bell", "waiting")

    def __init__(self, address: Address) -> None:
        self.address = address
        self.waiting: dict[int, Stored] = {}
        self.bell: asyncio.Future[None] | None = None


class Lanes:
    """Runs a lane for every address with open events; an idle address costs nothing."""

    def __init__(self, handle: Handle, clock: Clock) -> None:
        self._handle = handle
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, events: Sequence[Stored]) -> None:
        """Add events whose addresses this worker holds; a row that already waits is added once."""
        for stored in events:
            key = stored.event.address.key
            lane = self._lanes.get(key)
            if lane is None:
                lane = self._lanes[key] = _Lane(stored.event.address)
                lane.waiting[stored.row] = stored
                task = asyncio.get_running_loop().create_task(self._run(key, lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                lane.waiting.setdefault(stored.row, stored)
                if lane.bell and not lane.bell.done():
                    lane.bell.set_result(None)

    @property
    def waiting(self) -> Sequence[Address]:
        """The addresses that wait for the end of a burst: their leases want renewing."""
        return [lane.address for lane in self._lanes.values() if lane.bell]

    @property
    def busy(self) -> int:
        """How many lanes are running."""
        return len(self._lanes)

    async def drain(self) -> None:
        """Wait until every lane has run out, bursts included."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: str, lane: _Lane) -> None:
        """Deal with a lane's events until none is left."""
        try:
            while lane.waiting:
                await self._step(lane)
        finally:
            if self._lanes.get(key) is lane:
                del self._lanes[key]

    async def _step(self, lane: _Lane) -> None:
        """One call of the handler; what it raises must not end the lane's other events."""
        # By row, not by arrival here: what a commit finds of another worker may be older than what came meanwhile.
        waiting = [lane.waiting[row] for row in sorted(lane.waiting)]
        try:
            step = await self._handle(lane.address, waiting)
        except Retry as error:
            log.warning("turn postponed", error=str(error))
            await asyncio.sleep(error.after or _REST)
            return
        except Exception:
            log.exception("turn failed", events=len(waiting))
            del lane.waiting[waiting[0].row]  # the row stays open in the inbox: recovery and the log show it
            return
        for stored in waiting[: step.taken]:
            lane.waiting.pop(stored.row, None)
        for stored in step.more:
            if stored.row not in {done.row for done in waiting[: step.taken]}:
                lane.waiting.setdefault(stored.row, stored)
        if step.wait_until and not step.taken:
            await self._pause(lane, len(waiting), (step.wait_until - self._clock()).total_seconds())

    async def _pause(self, lane: _Lane, known: int, seconds: float) -> None:
        """Sleep until the time is over or something new waits."""
        if len(lane.waiting) > known:
            return
        lane.bell = asyncio.get_running_loop().create_future()
        timer = asyncio.get_running_loop().call_later(max(seconds, 0), _ring, lane.bell)
        try:
            await lane.bell
        finally:
            timer.cancel()
            lane.bell = None


def _ring(bell: "asyncio.Future[None]") -> None:
    """Wake a lane unless something else did."""
    if not bell.done():
        bell.set_result(None)
