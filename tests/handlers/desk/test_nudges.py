"""A rep who owns a chat and falls silent is reminded, privately and then in the thread, each silence once."""

import asyncio
from datetime import timedelta

from tests.fakes.memory_data import Memory
from tests.handlers.acts import hears, said
from tests.handlers.desk.shift import Shift, on_shift, shift
from tests.virtual_time import START, VirtualLoop, in_virtual_time


async def taken(one: Shift, who: str = "timur") -> str:
    """A chat that a rep owns and whose prospect has written."""
    found = await one.asks()
    await one.stage.take_over(found.id, who, who.title(), one.loop.clock())
    await one.waiting.seen(await one.conversation())
    one.desk.letters.clear()
    await hears(one.stage, said("так что с доставкой?"))
    return found.id


async def mentions(one: Shift) -> list[str]:
    """Mentions beyond the one of the ladder."""
    return (await one.mentioned())[1:]


def test_a_silent_rep_is_reminded_privately_and_then_in_the_thread() -> None:
    async def script(one: Shift) -> None:
        await taken(one)
        await one.after(minutes=9)
        assert one.called == []
        await one.after(minutes=2)
        assert (one.called, await mentions(one)) == (["timur"], [])
        await one.after(minutes=10)
        assert (one.called, await mentions(one)) == (["timur"], ["timur"])
        await one.after(hours=3)
        assert (one.called, await mentions(one)) == (["timur"], ["timur"])

    on_shift(script)


def test_an_answer_ends_the_silence_and_the_next_one_is_another() -> None:
    async def script(one: Shift) -> None:
        conversation = await taken(one)
        await one.after(minutes=8)
        await one.stage.speak(conversation, "timur", "Тимур", "Доставим завтра.", one.loop.clock())
        await one.after(minutes=30)
        assert one.called == []
        await hears(one.stage, said("а во сколько?"))
        await one.after(minutes=11)
        assert one.called == ["timur"]

    on_shift(script)


def test_somebody_else_is_told_where_the_owner_is_away() -> None:
    async def script(one: Shift) -> None:
        await taken(one)
        await one.storage.staff.away("timur", START + timedelta(days=2))
        await one.after(minutes=11)
        assert one.called == []
        assert [who for who in await mentions(one) if who != "timur"] == await mentions(one) != []

    on_shift(script)


def test_nobody_is_reminded_at_night() -> None:
    async def script(one: Shift) -> None:
        await taken(one)
        await asyncio.sleep(timedelta(hours=9).total_seconds())
        one.desk.letters.clear()
        await hears(one.stage, said("вы там?"))
        await one.after(hours=13)
        assert one.called == []
        await one.after(hours=3)
        assert one.called == ["timur"]

    on_shift(script)


def test_two_workers_remind_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = await shift(loop, memory)
        two = await shift(loop, memory, "two", one.desk)
        await taken(one)
        await asyncio.sleep(25 * 60)
        await asyncio.gather(one.nudges(), two.nudges(), one.nudges())
        assert (one.called, await mentions(one)) == (["timur"], ["timur"])

    in_virtual_time(main)
