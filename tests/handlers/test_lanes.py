"""Lanes: one chat in order, chats side by side, and nothing lost when a handler fails."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from flows.errors import StorageDown
from flows.events import Said
from flows.model import Address
from flows.ports.turns import Stored
from handlers.lanes import Lanes
from tests.virtual_time import START, VirtualLoop, in_virtual_time

Act = Callable[[Address, Sequence[Stored]], Awaitable["Did"]]


@dataclass(frozen=True)
class Did:
    """What a handler answers."""

    taken: int = 1
    wait_until: datetime | None = None
    more: Sequence[Stored] = ()


def stored(row: int, chat: str = "a", text: str = "") -> Stored:
    return Stored(row, Said(str(row), Address("test", "bot", chat), START, text=text))


def rows(events: Sequence[Stored]) -> list[int]:
    return [event.row for event in events]


def test_one_chat_is_dealt_with_in_order_and_never_twice_at_once() -> None:
    seen: list[int] = []
    running = 0

    async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(1)
        seen.append(waiting[0].row)
        running -= 1
        return Did()

    async def main(loop: VirtualLoop) -> None:
        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1), stored(2)])
        await asyncio.sleep(0.5)
        lanes.put([stored(3), stored(2)])
        await lanes.drain()
        assert lanes.busy == 0

    in_virtual_time(main)
    assert seen == [1, 2, 3]


def test_a_slow_chat_does_not_hold_up_the_others() -> None:
    done: list[str] = []

    async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
        await asyncio.sleep(60 if address.chat == "slow" else 1)
        done.append(address.chat)
        return Did()

    async def main(loop: VirtualLoop) -> None:
        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1, "slow"), stored(2, "quick"), stored(3, "other")])
        await lanes.drain()

    in_virtual_time(main)
    assert done == ["quick", "other", "slow"]


def test_a_burst_waits_until_its_time_and_is_asked_again() -> None:
    asked: list[tuple[float, list[int]]] = []
    ready = START + timedelta(seconds=2)

    async def main(loop: VirtualLoop) -> None:
        async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
            asked.append((round(loop.time(), 1), rows(waiting)))
            return Did(len(waiting)) if loop.clock() >= ready else Did(0, wait_until=ready)

        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1)])
        await asyncio.sleep(0.1)
        assert [address.chat for address in lanes.waiting] == ["a"]
        await lanes.drain()
        assert not lanes.waiting

    in_virtual_time(main)
    assert asked == [(0.0, [1]), (2.0, [1])]


def test_a_new_event_wakes_a_waiting_burst_at_once() -> None:
    asked: list[tuple[float, list[int]]] = []
    ready = START + timedelta(seconds=2)

    async def main(loop: VirtualLoop) -> None:
        async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
            asked.append((round(loop.time(), 1), rows(waiting)))
            return Did(2) if len(waiting) == 2 else Did(0, wait_until=ready)

        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1)])
        await asyncio.sleep(0.5)
        lanes.put([stored(2)])
        await lanes.drain()

    in_virtual_time(main)
    assert asked == [(0.0, [1]), (0.5, [1, 2])]


def test_an_event_that_comes_while_the_handler_decides_to_wait_is_not_slept_over() -> None:
    asked: list[tuple[float, list[int]]] = []
    ready = START + timedelta(seconds=30)

    async def main(loop: VirtualLoop) -> None:
        async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
            asked.append((round(loop.time(), 1), rows(waiting)))
            await asyncio.sleep(1)
            return Did(2) if len(waiting) == 2 else Did(0, wait_until=ready)

        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1)])
        await asyncio.sleep(0.5)
        lanes.put([stored(2)])
        await lanes.drain()

    in_virtual_time(main)
    assert asked == [(0.0, [1]), (1.0, [1, 2])]


def test_while_the_store_is_away_the_lane_rests_and_keeps_its_events() -> None:
    asked: list[tuple[float, list[int]]] = []

    async def main(loop: VirtualLoop) -> None:
        async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
            asked.append((round(loop.time(), 1), rows(waiting)))
            if len(asked) < 3:
                raise StorageDown("locked", after=2.0)
            return Did(len(waiting))

        lanes = Lanes(handle, loop.clock)
        with capture_logs() as logs:
            lanes.put([stored(1), stored(2)])
            await lanes.drain()
        assert [entry["event"] for entry in logs] == ["turn postponed"] * 2

    in_virtual_time(main)
    assert asked == [(0.0, [1, 2]), (2.0, [1, 2]), (4.0, [1, 2])]


def test_an_unforeseen_failure_costs_one_event_and_not_the_lane() -> None:
    done: list[int] = []

    async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
        if waiting[0].row == 1:
            raise ZeroDivisionError
        done.append(waiting[0].row)
        return Did()

    async def main(loop: VirtualLoop) -> None:
        lanes = Lanes(handle, loop.clock)
        with capture_logs() as logs:
            lanes.put([stored(1, text="my phone is +7 916 123-45-67"), stored(2)])
            await lanes.drain()
        assert [entry["event"] for entry in logs] == ["turn failed"]
        assert "916" not in str(logs)

    in_virtual_time(main)
    assert done == [2]


def test_events_of_the_address_that_came_through_another_worker_are_next_in_line() -> None:
    seen: list[list[int]] = []

    async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
        seen.append(rows(waiting))
        more = (waiting[0], stored(7)) if len(seen) == 1 else ()
        return Did(1, more=more)

    async def main(loop: VirtualLoop) -> None:
        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1)])
        await lanes.drain()

    in_virtual_time(main)
    assert seen == [[1], [7]]


def test_an_address_that_has_run_out_can_begin_again() -> None:
    seen: list[int] = []

    async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
        seen.append(waiting[0].row)
        return Did()

    async def main(loop: VirtualLoop) -> None:
        lanes = Lanes(handle, loop.clock)
        for row in (1, 2):
            lanes.put([replace(stored(row), row=row)])
            await lanes.drain()

    in_virtual_time(main)
    assert seen == [1, 2]


def test_an_older_event_from_another_worker_goes_before_one_that_came_meanwhile() -> None:
    seen: list[int] = []

    async def handle(address: Address, waiting: Sequence[Stored]) -> Did:
        seen.append(waiting[0].row)
        await asyncio.sleep(1)
        return Did(1, more=(stored(2),) if waiting[0].row == 1 else ())

    async def main(loop: VirtualLoop) -> None:
        lanes = Lanes(handle, loop.clock)
        lanes.put([stored(1)])
        await asyncio.sleep(0.5)
        lanes.put([stored(3)])
        await lanes.drain()

    in_virtual_time(main)
    assert seen == [1, 2, 3]
