"""The way in: stored once, acknowledged each time, and taken up again when a worker has died."""

import asyncio

import pytest

from flows.errors import StorageDown
from flows.events import Event
from flows.model import Address
from handlers.receive import Receive
from tests.conversations.stage import Stage
from tests.fakes.memory_data import LEASE, Memory
from tests.handlers.acts import ADDRESS, hears, play, said, worker
from tests.virtual_time import VirtualLoop, in_virtual_time


def test_a_repeat_has_no_effect_but_its_press_is_acknowledged_again() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        choice = one.phone.messages[-1].choices[0].data
        press = said(kind="choice", choice=choice, callback="q1")
        for _ in range(5):
            await hears(one, press)
            await asyncio.sleep(0.01)
        assert one.phone.acknowledged == ["q1"] * 5
        assert (len(one.commits), len(one.phone.messages)) == (2, 2)

    play(script)


def test_nothing_is_nothing() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await one.receive([])
        assert not memory.events

    play(script)


def test_what_cannot_be_stored_is_not_confirmed_and_starts_nothing() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        class Down:
            """An inbox whose disk is full."""

            async def receive(self, events: object, now: object) -> object:
                raise StorageDown("the disk is full")

        receive = Receive(Down(), one.lanes, one.deliver, one.loop.clock)  # type: ignore[arg-type]
        with pytest.raises(StorageDown):
            await receive([said("/start")])
        assert one.lanes.busy == 0

    play(script)


def test_the_events_of_a_dead_worker_are_taken_up_in_order() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        dead, alive = worker(loop, memory, "dead"), worker(loop, memory, "alive")
        storage = dead.receive._inbox  # noqa: SLF001 - the worker dies between the commit and its turn
        events: list[Event] = [said("/start"), said("Кофемашина в офис"), said("12")]
        await storage.receive(events, loop.clock())
        await alive.recover()
        await alive.settle()
        assert not alive.commits, "the lease has not run out"
        await asyncio.sleep(LEASE.total_seconds() + 1)
        await alive.recover()
        await alive.settle()
        current = await alive.recorded.open(ADDRESS)
        assert current is not None
        assert current.step == "budget"
        assert len(alive.phone.messages) == 3

    in_virtual_time(main)


def test_a_reply_that_was_not_sent_is_sent_by_whoever_looks_next() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        dead, alive = worker(loop, memory, "dead"), worker(loop, memory, "alive")

        dead.phone.slow = 1000.0  # in this test it never comes through
        await dead.receive([said("/start")])
        await asyncio.sleep(LEASE.total_seconds() + 1)
        assert (len(dead.commits), len(dead.phone.messages)) == (1, 0)
        await alive.recover()
        assert len(alive.phone.messages) == 1

    in_virtual_time(main)


def test_leases_of_waiting_bursts_are_renewed() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = worker(loop, memory)
        await hears(one, said("/start"))
        await one.receive([said("кофе")])
        await asyncio.sleep(0.5)
        before = memory.lease(ADDRESS.key).until
        await one.recover()
        after = memory.lease(ADDRESS.key).until
        assert before is not None
        assert after is not None
        assert after > before
        await one.settle()

    in_virtual_time(main)


def test_chats_are_apart() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        other = Address("telegram", "7", "501")
        await hears(one, said("/start"), said("/start", address=other, language="en"))
        first, second = await one.recorded.open(ADDRESS), await one.recorded.open(other)
        assert first is not None
        assert second is not None
        assert (first.locale, second.locale) == ("ru", "en")
        assert first.id != second.id

    play(script)
