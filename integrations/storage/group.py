"""Group commit: what many turns want to write rides in one transaction, and each learns its own outcome."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

from flows.errors import StorageDown
from integrations.storage.database import Database

I_contra = TypeVar("I_contra", contravariant=True)
O_co = TypeVar("O_co", covariant=True)
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
_PATIENCE: Final = 0.01  # seconds that a write nobody waits for may wait for company


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


class _Waiting:
    __slots__ = ("future", "item", "lane")

    def __init__(self, lane: Lane[Any, Any], item: object, future: "asyncio.Future[Any]") -> None:
        self.lane = lane
        self.item = item
        self.future = future


_Lanes: TypeAlias = list[tuple[Lane[Any, Any], list[_Waiting]]]


class Committer:
    """Collects writes for one turn of the loop, and, while a group is being committed, everything that arrives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None
        self._alarm: asyncio.Handle | None = None

    def submit(self, lane: Lane[Item, Outcome], item: Item, *, hurry: bool = True) -> "asyncio.Future[Outcome]":
        """Join the next group. The future fails with `StorageDown` (nothing stored) or with the item's own error.

        Without `hurry` the item waits a moment for company, since nobody waits for it.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append(_Waiting(lane, item, future))
        if self._running is None:
            if hurry and not self._hurried():
                self._cancel_alarm()
                self._alarm = loop.call_soon(self._start)
            elif self._alarm is None:
                self._alarm = loop.call_later(_PATIENCE, self._start)
        return future

    async def close(self) -> None:
        """Commit what still waits."""
        while self._waiting or self._running is not None:
            if self._running is None:
                self._start()
            if self._running is not None:
                await self._running

    def _hurried(self) -> bool:
        return self._alarm is not None and not isinstance(self._alarm, asyncio.TimerHandle)

    def _cancel_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _start(self) -> None:
        self._cancel_alarm()
        if self._running is None and self._waiting:
            group, self._waiting = self._waiting, []
            self._running = asyncio.get_running_loop().create_task(self._commit(group))

    async def _commit(self, group: list[_Waiting]) -> None:
        """Commit a group, then the one that gathered meanwhile."""
        try:
            await self._together(group)
        finally:
            self._running = None
            if self._waiting:
                self._start()

    async def _together(self, group: list[_Waiting]) -> None:
        lanes = _by_lane(group)
        try:
            outcomes = await self._database.write(lambda connection: _run(connection, lanes))
        except StorageDown as error:
            for one in group:
                _fail(one, StorageDown(error.reason, error.after))
        except Exception:  # noqa: BLE001 - one bad item must not fail the others: each learns its own error below
            for one in _in_order(lanes):
                await self._alone(one)
        else:
            for one, outcome in zip(_in_order(lanes), chain.from_iterable(outcomes), strict=True):
                if not one.future.done():
                    one.future.set_result(outcome)

    async def _alone(self, one: _Waiting) -> None:
        job: Callable[[Connection], Any] = lambda connection: one.lane.alone(connection, one.item)  # noqa: E731
        try:
            outcome = await self._database.write(job)
        except Exception as error:  # noqa: BLE001 - it is handed to the caller
            _fail(one, error)
        else:
            if not one.future.done():
                one.future.set_result(outcome)


def _run(connection: Connection, lanes: _Lanes) -> list[Sequence[Any]]:
    return [lane.together(connection, [one.item for one in items]) for lane, items in lanes]


def _in_order(lanes: _Lanes) -> "chain[_Waiting]":
    return chain.from_iterable(items for _, items in lanes)


def _by_lane(group: Sequence[_Waiting]) -> _Lanes:
    lanes: dict[int, tuple[Lane[Any, Any], list[_Waiting]]] = {}
    for one in group:
        lanes.setdefault(one.lane.rank, (one.lane, []))[1].append(one)
    return [lanes[rank] for rank in sorted(lanes)]


def _fail(one: _Waiting, error: Exception) -> None:
    if not one.future.done():
        one.future.set_exception(error)
