"""The ladder of waiting, played in virtual time: everybody who asks for a person comes to an end that is told."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.errors import Retry
from flows.ports.ledger import Wait
from tests.fakes.memory_data import Memory
from tests.handlers.acts import ADDRESS, hears, said
from tests.handlers.desk.shift import Shift, on_shift, shift
from tests.virtual_time import START, VirtualLoop, in_virtual_time


async def wait_of(one: Shift) -> Wait:
    """The only wait there is."""
    [wait] = one.memory.waits.values()
    return wait


async def until_nine_in_the_evening(one: Shift) -> None:
    await asyncio.sleep(timedelta(hours=11).total_seconds())


def test_the_ladder_of_waiting() -> None:
    """Told a time, two colleagues called, an offer, and an honest end with an answer owed."""

    async def script(one: Shift) -> None:
        await one.asks()
        assert one.heard == "Обычно менеджер отвечает за 5–15 минут."
        assert one.called == await one.mentioned() == ["olga"]
        await one.after(minutes=14)
        assert one.called == ["olga"], "nobody else is called before nine of ten would have answered"
        await one.after(minutes=2)
        assert one.called == await one.mentioned() == ["olga", "daria"] or one.called == ["olga", "timur"]
        await one.after(minutes=15)
        assert one.heard.startswith("Все менеджеры пока заняты")
        assert "сегодня до 14:3" in one.heard
        assert [choice.data for choice in one.stage.phone.messages[-1].choices] == [
            "!:0:call_back",
            "!:0:answer_later",
            "!:0:released",
        ]
        assert (await wait_of(one)).state == "open"
        promised = one.heard.partition(" до ")[2][:5]
        await one.after(minutes=31)
        assert one.heard.startswith("Никто не смог подойти")
        assert promised in one.heard, "the time of the offer is kept"
        wait = await wait_of(one)
        assert (wait.state, len(wait.pinged)) == ("call_back", 2)
        [promise] = one.memory.promises.values()
        assert promise.by == "olga"
        assert promise.due is not None
        assert f"{promise.due:%H:%M}" == promised
        heard = len(one.stage.phone.messages)
        await one.after(hours=24)
        assert len(one.stage.phone.messages) == heard, "an ended wait is silent"

    on_shift(script)


def test_a_rep_who_takes_over_ends_the_ladder_at_that_moment() -> None:
    async def script(one: Shift) -> None:
        found = await one.asks()
        await one.after(minutes=4)
        await one.stage.take_over(found.id, "olga", "Ольга", one.loop.clock())
        taken = one.loop.clock()
        await one.after(minutes=1)
        await one.waiting.seen(await one.conversation())
        wait = await wait_of(one)
        assert (wait.state, wait.by) == ("claimed", "olga")
        assert wait.ended_at is not None
        assert abs(wait.ended_at - taken) < timedelta(seconds=1)
        heard = len(one.stage.phone.messages)
        await one.after(hours=2)
        assert len(one.stage.phone.messages) == heard
        assert "olga" in one.called
        [seconds] = await one.storage.waits.answer_times(START)
        assert 239 <= seconds <= 241

    on_shift(script)


def test_a_rep_who_comes_as_the_rung_is_climbed_is_not_talked_over() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = await shift(loop, memory)
        two = await shift(loop, memory, "two", one.desk)
        found = await one.asks()
        await one.after(minutes=30)

        came: list[str] = []

        async def meanwhile() -> None:
            came.append(one.heard)
            await two.stage.take_over(found.id, "daria", "Дарья", loop.clock())

        one.stage.recorded.meanwhile = meanwhile
        await one.after(minutes=5)
        assert came == [one.heard], "she came right before the offer was written, which is not said"
        assert (await wait_of(one)).state == "claimed"
        assert "заняты" not in one.heard
        assert two.heard == "Дальше с вами говорит Дарья."

    in_virtual_time(main)


@pytest.mark.parametrize(
    ("choice", "state"), [("Ответьте здесь позже", "call_back"), ("уже не нужно", "closed"), ("/stop", "closed")]
)
def test_the_prospect_ends_the_wait(choice: str, state: str) -> None:
    async def script(one: Shift) -> None:
        await one.asks()
        await one.after(minutes=32)
        assert one.heard.startswith("Все менеджеры")
        await hears(one.stage, said(choice))
        await one.waiting.seen(await one.conversation())
        assert (await wait_of(one)).state == state
        assert len(one.memory.promises) == (state == "call_back")
        heard = len(one.stage.phone.messages)
        await one.after(hours=5)
        assert len(one.stage.phone.messages) == heard

    on_shift(script)


def test_a_call_back_is_agreed_once_the_contact_is_there() -> None:
    async def script(one: Shift) -> None:
        await one.asks()
        await one.after(minutes=32)
        await hears(one.stage, said("Перезвоните мне"))
        await hears(one.stage, said("да"))
        await hears(one.stage, said("+7 916 123-45-67"))
        await one.after(minutes=31)
        assert (await wait_of(one)).state == "call_back"
        [promise] = one.memory.promises.values()
        assert promise.quote

    on_shift(script)


def test_who_begins_anew_waits_no_more() -> None:
    async def script(one: Shift) -> None:
        await one.asks()
        await hears(one.stage, said("/restart"))
        await one.after(minutes=20)
        assert (await wait_of(one)).state == "closed"

    on_shift(script)


def test_outside_hours_the_opening_is_told_and_the_ladder_begins_then() -> None:
    async def script(one: Shift) -> None:
        await until_nine_in_the_evening(one)
        await one.asks()
        assert "завтра после 9:00 по Москве" in one.heard
        assert one.called == [], "nobody is woken"
        await one.after(hours=11, minutes=59)
        assert one.called == []
        await one.after(minutes=2)
        assert one.heard.startswith("Обычно менеджер отвечает")
        assert one.called == ["olga"]

    on_shift(script)


def test_shortly_before_closing_nobody_is_promised_minutes() -> None:
    async def script(one: Shift) -> None:
        await asyncio.sleep(timedelta(hours=8, minutes=57).total_seconds())
        await one.asks()
        assert "завтра после 9:00" in one.heard
        assert one.called == ["olga"], "they may still look"
        await one.after(hours=15)
        assert sum("завтра после 9:00" in message.text for message in one.stage.phone.messages) == 1
        assert len(one.called) == 2

    on_shift(script)


def test_when_all_are_away_the_offer_comes_at_once() -> None:
    async def script(one: Shift) -> None:
        for who in ("olga", "timur", "daria"):
            await one.storage.staff.away(who, START + timedelta(days=1))
        await one.asks()
        assert one.heard.startswith("Все менеджеры пока заняты")
        assert one.called == []

    on_shift(script)


def test_two_workers_and_repeated_notices_tell_everything_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = await shift(loop, memory)
        two = await shift(loop, memory, "two", one.desk)
        found = await one.asks()
        await two.begin(found)
        for _ in range(200):
            await asyncio.sleep(30)
            await asyncio.gather(one.waiting(), two.waiting())
            await one.stage.settle()
            await two.stage.settle()
        texts = [message.text for message in (*one.stage.phone.messages, *two.stage.phone.messages)]
        assert len(texts) == len(set(texts))
        assert len(one.called) == len(set(one.called)) == 2

    in_virtual_time(main)


def test_a_desk_that_is_down_delays_the_call_and_loses_nothing() -> None:
    async def script(one: Shift) -> None:
        one.desk.slow_down(5.0, "write", times=2)
        with pytest.raises(Retry):
            await one.asks()
        assert one.called == []
        await one.after(minutes=6)
        assert one.called == ["olga"]
        assert sum("Обычно" in message.text for message in one.stage.phone.messages) == 1

    on_shift(script)


def test_a_worker_that_dies_on_a_rung_is_followed_by_another() -> None:
    async def script(one: Shift) -> None:
        found = await one.asks()
        wait = await wait_of(one)
        assert wait.next_at is not None
        key = f"wait:{found.id}:1:{wait.next_at.astimezone(UTC).isoformat()}"
        await asyncio.sleep(16 * 60)
        assert await one.storage.notices.begin(key, one.loop.clock())  # and is gone
        await one.after(minutes=1)
        assert len(one.called) == 1
        await one.after(minutes=2)
        assert len(one.called) == 2

    on_shift(script)


def test_the_next_request_begins_another_wait() -> None:
    async def script(one: Shift) -> None:
        await one.asks()
        await one.after(minutes=32)
        await hears(one.stage, said("уже не нужно"))
        await one.waiting.seen(await one.conversation())
        await hears(one.stage, said("позовите менеджера"))
        await one.begin(await one.conversation())
        assert sorted(wait.number for wait in one.memory.waits.values()) == [1, 2]
        assert sum("Обычно" in message.text for message in one.stage.phone.messages) == 2

    on_shift(script)


def test_answers_of_this_hour_count_before_all_others() -> None:
    async def script(one: Shift) -> None:
        for number in range(10):
            asked = datetime(2026, 11, 20, 7 if number < 5 else 12, number, tzinfo=UTC)
            wait = Wait(f"old-{number}", 1, "asked", asked, "claimed", ended_at=asked + timedelta(minutes=2 + number))
            one.memory.waits[wait.conversation, 1] = wait
        await one.asks()
        assert one.heard == "Обычно менеджер отвечает за 3–10 минут."
        assert replace(await one.conversation(), address=ADDRESS).wants_person == "asked"

    on_shift(script)
