"""Group commit: what many turns want to write rides in one transaction, and each learns its own outcome."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar

import structlog
from sqlalchemy import Connection

from flows.errors import StorageDown
from integrations.storage.database import Database

log = structlog.get_logger()
I_contra = TypeVar("I_contra", contravariant=True)
O_co = TypeVar("O_co", covariant=True)
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
AGAIN = 1.0  # seconds until a write that nobody waits for is tried again
_PATIENCE: Final = 0.01  # seconds that such a write may wait for company


class Lane(Protocol[I_contra, O_co]):
    """One kind of write. Lanes of a group run in the order of `rank`."""

    @property
    def rank(self) -> int:
        """Lower ranks first."""
        ...

    def together(self, connection: Connection, items: Sequence[I_contra]) -> Sequence[O_co]:
        """Write all items, one outcome each; any error undoes the group."""
        ...

    def alone(self, connection: Connection, item: I_contra) -> O_co:
        """Write one item after its group failed: check first whatever `together` left to the constraints."""
        ...


class _Waiting(NamedTuple):
    lane: Lane[Any, Any]
    item: Any
    future: "asyncio.Future[Any] | None"  # None: nobody waits


_Lanes: TypeAlias = list[tuple[Lane[Any, Any], list[_Waiting]]]


class Committer:
    """Collects writes for one turn of the loop, and, while a group is being committed, everything that arrives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None
        self._soon: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None

    def submit(self, lane: Lane[Item, Outcome], item: Item) -> "asyncio.Future[Outcome]":
        """Join the next group. The future fails with `StorageDown` (nothing stored) or with the item's own error."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append(_Waiting(lane, item, future))
        if self._running is None and self._soon is None:
            self._soon = loop.call_soon(self._start)
        return future

    def post(self, lane: Lane[Item, Any], item: Item) -> None:
        """Leave a write with the next group, or with one of its own in a moment; tried until the database takes it."""
        self._waiting.append(_Waiting(lane, item, None))
        self._look_again(_PATIENCE)

    async def close(self) -> None:
        """Commit what still waits; what the database does not take now is given up."""
        if self._running is not None:
            await self._running
        self._start()
        while (running := self._running) is not None:
            await running
        self._stop_alarms()

    def _look_again(self, seconds: float) -> None:
        if self._running is None and self._soon is None and self._later is None:
            self._later = asyncio.get_running_loop().call_later(seconds, self._start)

    def _stop_alarms(self) -> None:
        for alarm in (self._soon, self._later):
            if alarm is not None:
                alarm.cancel()
        self._soon = self._later = None

    def _start(self) -> None:
        self._stop_alarms()
        if self._running is None and self._waiting:
            group, self._waiting = self._waiting, []
            self._running = asyncio.get_running_loop().create_task(self._commit(group))

    async def _commit(self, group: list[_Waiting]) -> None:
        """Commit a group, then the one that gathered meanwhile."""
        stored = False
        try:
            stored = await self._together(group)
        finally:
            self._running = None
            if any(one.future is not None for one in self._waiting) or (stored and self._waiting):
                self._start()
            elif self._waiting:
                self._look_again(AGAIN)

    async def _together(self, group: list[_Waiting]) -> bool:
        """Whether the database was there."""
        lanes = _by_lane(group)
        try:
            outcomes = await self._database.write(lambda connection: _run(connection, lanes))
        except StorageDown as error:
            for one in group:
                self._put_off(one, error)
            return False
        except Exception:  # noqa: BLE001 - one bad item must not fail the others: each learns its own error below
            for one in _in_order(lanes):
                await self._alone(one)
        else:
            for one, outcome in zip(_in_order(lanes), chain.from_iterable(outcomes), strict=True):
                _settle(one, outcome)
        return True

    async def _alone(self, one: _Waiting) -> None:
        job: Callable[[Connection], Any] = lambda connection: one.lane.alone(connection, one.item)  # noqa: E731
        try:
            outcome = await self._database.write(job)
        except StorageDown as error:
            self._put_off(one, error)
        except Exception as error:
            if one.future is None:
                log.exception("write refused", lane=type(one.lane).__name__)
            elif not one.future.done():
                one.future.set_exception(error)
        else:
            _settle(one, outcome)

    def _put_off(self, one: _Waiting, error: StorageDown) -> None:
        if one.future is None:
            self._waiting.append(one)
        elif not one.future.done():
            one.future.set_exception(StorageDown(error.reason, error.after))


def _run(connection: Connection, lanes: _Lanes) -> list[Sequence[Any]]:
    return [lane.together(connection, [one.item for one in items]) for lane, items in lanes]


def _in_order(lanes: _Lanes) -> Iterator[_Waiting]:
    return chain.from_iterable(items for _, items in lanes)


def _by_lane(group: Sequence[_Waiting]) -> _Lanes:
    lanes: dict[int, tuple[Lane[Any, Any], list[_Waiting]]] = {}
    for one in group:
        lanes.setdefault(one.lane.rank, (one.lane, []))[1].append(one)
    return [lanes[rank] for rank in sorted(lanes)]


def _settle(one: _Waiting, outcome: object) -> None:
    if one.future is not None and not one.future.done():
        one.future.set_result(outcome)
