"""The promise collection, played in virtual time: from a rep's words to a reminder and the press that settles it."""

import asyncio
from datetime import datetime, timedelta

import pytest

from flows.desk import Button, Spot
from flows.events import Pressed
from flows.model import Address
from flows.outbound import Line
from flows.ports.ledger import Promise
from flows.ports.people import Person
from handlers.desk.acting import Acting
from handlers.desk.elsewhere import brought_home
from handlers.desk.promises import DROPPED, KEPT, promised, remind_at
from locales.operators import messages
from tests.fakes.memory_data import Memory
from tests.handlers.acts import hears, said
from tests.handlers.desk.shift import Shift, on_shift, promise_book, shift
from tests.knowledge.shipped import shipped
from tests.virtual_time import START, VirtualLoop, in_virtual_time

TEAM = shipped().team


async def says(one: Shift, text: str, by: str = "timur") -> str:
    """A rep who leads the chat writes; the mirror looks afterwards."""
    conversation = (await one.conversation()).id
    await one.stage.speak(conversation, by, by.title(), text, one.loop.clock())
    await promise_book(one).collect(conversation)
    await promise_book(one).collect(conversation)
    return conversation


async def taken(one: Shift, by: str = "timur") -> None:
    found = await one.asks()
    await one.stage.take_over(found.id, by, by.title(), one.loop.clock())
    one.desk.letters.clear()


async def later(one: Shift, **span: float) -> None:
    """So much later, the tick having run every five minutes."""
    until = one.loop.time() + timedelta(**span).total_seconds()
    while one.loop.time() < until:
        await asyncio.sleep(min(300.0, until - one.loop.time()))
        await promise_book(one)()


def at(promise: Promise) -> str:
    return promise.due.astimezone(TEAM.local).strftime("%a %H:%M") if promise.due else ""


async def settles(one: Shift, action: str, value: str) -> str:
    """Timur presses a button of his private message; what is written down of it."""
    event = Pressed("E1", Address("slack", "T1", "D1"), START, "U-timur", action, value)
    home, conversation = await brought_home(event, "slack", one.storage.threads)
    person = Person("timur", "timur.gareev@zerno-i-par.example", "rep", "Тимур")
    texts, spot = messages("en"), Spot("slack", "D1")
    acting = Acting(1, "E1", START, one.desk, spot, conversation, "U-timur", person, "Тимур", texts, texts)
    done = await promise_book(one).presses[action](acting, home)
    return str(done.audit["action"])


def test_the_promise_collection() -> None:
    """Collected with owner and time, brought to mind before it is due, once, and settled by a press."""

    async def script(one: Shift) -> None:
        await taken(one)
        await hears(one.stage, said("а когда будет КП?"))
        await says(one, "Пришлю КП до пятницы. И перезвоню завтра в 15:00, удобно?")
        promises = list(one.memory.promises.values())
        assert [(found.by, at(found)) for found in promises] == [("timur", "Fri 18:00"), ("timur", "Tue 15:00")]
        assert promises[0].quote == "Пришлю КП до пятницы."
        await later(one, hours=27)
        assert one.called == [], "not before the hour ahead"
        await later(one, hours=2)
        assert one.called == ["timur"]
        [(_, letter)] = one.desk.letters
        assert "15:00" in letter.text
        assert "перезвоню завтра" in letter.text
        buttons = [(one.action, one.value) for one in letter.controls if isinstance(one, Button)]
        value = f"{promises[1].id}@@{promises[1].conversation}"
        assert len(f"{DROPPED}:{value}") <= 60, "a button of Telegram carries 64 bytes"
        assert buttons == [(KEPT, value), (DROPPED, value)]
        looks = [key for key in one.memory.outbox if ".look." in key]
        assert len(looks) == 1, "the card is looked at again once"
        assert await settles(one, *buttons[0]) == KEPT
        assert one.memory.promises[promises[1].id].state == "kept"
        assert len([key for key in one.memory.outbox if ".look." in key]) == 2
        await later(one, hours=20)
        assert one.called == ["timur"], "once"
        await later(one, days=3)
        assert one.called == ["timur", "timur"]
        await settles(one, DROPPED, promises[0].id)
        assert one.memory.promises[promises[0].id].state == "dropped"
        await settles(one, KEPT, promises[0].id)
        assert one.memory.promises[promises[0].id].state == "dropped"
        assert [post.text for _, _, post in one.desk.told][-1] == "That is settled already."

    on_shift(script)


def test_two_workers_remind_once_and_a_desk_that_is_down_is_tried_again() -> None:
    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = await shift(loop, memory)
        two = await shift(loop, memory, "two", one.desk)
        await taken(one)
        await says(one, "Перезвоню через 20 минут.")
        one.desk.slow_down(9.0, "write")
        await asyncio.sleep(11 * 60)
        await asyncio.gather(promise_book(one)(), promise_book(two)())
        assert one.called == []
        await asyncio.sleep(3 * 60)
        await asyncio.gather(promise_book(one)(), promise_book(two)(), promise_book(two)())
        assert one.called == ["timur"]

    in_virtual_time(main)


def test_who_is_away_is_stood_in_for() -> None:
    async def script(one: Shift) -> None:
        await taken(one)
        await says(one, "Перезвоню завтра в 15:00")
        await one.storage.staff.away("timur", START + timedelta(days=7))
        await later(one, hours=29)
        assert one.called == ["daria"], "whose turn it is"

    on_shift(script)


def test_a_colleague_whom_no_desk_knows_is_reminded_in_the_thread() -> None:
    async def script(one: Shift) -> None:
        await taken(one, "olga")
        await says(one, "Отвечу сегодня до 12:00", "olga")
        one.desk.members.pop("U-olga")
        await later(one, hours=2)
        assert one.called == []
        thread = await one.storage.threads.of((await one.conversation()).id, "slack")
        assert thread is not None
        assert "Отвечу сегодня" in one.desk.texts(thread.spot)[-1]

    on_shift(script)


@pytest.mark.parametrize(
    ("by", "texts", "text", "count"),
    [
        ("timur", None, "Пришлю КП до пятницы.", 1),
        ("timur", None, "Пришлю КП.", 1),
        ("prospect", None, "Пришлю реквизиты до пятницы.", 0),
        ("bot", ["contact.thanks"], "Менеджер позвонит завтра до 12:00.", 1),
        ("bot", ["contact.thanks"], "Менеджер свяжется с вами.", 0),
        ("bot", ["waiting.over"], "Менеджер ответит завтра до 12:00.", 0),
        ("timur", ["common.taken_over"], "Перезвоню завтра.", 0),
    ],
)
def test_whose_words_count(by: str, texts: list[str] | None, text: str, count: int) -> None:
    line = Line("l1", "c1", by, START, text, {"texts": list(texts)} if texts else {})
    found = promised([line], TEAM)
    assert len(found) == count
    assert all(promise.by == ("" if by == "bot" else by) for promise in found)


@pytest.mark.parametrize(
    ("made", "due", "reminded"),
    [
        ("2026-11-23 10:00", "2026-11-24 15:00", "2026-11-24 14:00"),
        ("2026-11-23 10:00", "2026-11-23 10:20", "2026-11-23 10:10"),
        ("2026-11-23 10:00", "2026-11-29 18:00", "2026-11-28 15:00"),  # he works on Saturdays, till four
        ("2026-11-23 18:30", "2026-11-24 10:30", "2026-11-23 18:30"),  # before he is in
    ],
)
def test_reminders_come_in_working_time(made: str, due: str, reminded: str) -> None:
    zone = TEAM.local
    moments = [datetime.fromisoformat(text).replace(tzinfo=zone) for text in (made, due, reminded)]
    promise = Promise("p1", "c1", "timur", "…", moments[0], moments[1])
    assert remind_at(promise, TEAM.rep("timur.gareev@zerno-i-par.example"), TEAM) == moments[2]
