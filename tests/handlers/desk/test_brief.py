"""The brief, played in virtual time: what a rep agreed is drafted, accepted or edited, and never asked for again."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from flows.commands import Own
from flows.desk import Button, Form, Spot
from flows.events import Pressed
from flows.model import BOT, Address
from flows.outbound import Line
from flows.ports.people import Person
from handlers.desk.acting import Acting
from handlers.desk.brief import ACCEPT, EDIT, EDITED, HandingBack
from handlers.handover import Act, Ran
from locales.operators import messages
from tests.handlers.acts import hears, said
from tests.handlers.desk.shift import EARS, Shift, brief, on_shift
from tests.virtual_time import START


async def back(one: Shift, by: str = "timur") -> Ran:
    """The rep gives the chat back, and the mirror looks twice."""
    found = await one.conversation()
    turns = HandingBack(one.turns, one.stage.recorded, brief(one))
    ran = await turns(Act(found.id, (Own(BOT),), by, by, one.loop.clock()))
    assert isinstance(ran, Ran)
    for _ in range(2):
        await brief(one).show(ran.conversation, one.loop.clock())
    return ran


async def talk(one: Shift) -> None:
    """A stretch that a person leads: questions, answers, figures and a promise."""
    await hears(one.stage, said("/start"))
    await hears(one.stage, said("кофемашина в офис"))
    await hears(one.stage, said("позовите менеджера"))
    found = await one.conversation()
    await one.begin(found)
    await one.stage.take_over(found.id, "timur", "Тимур", one.loop.clock())
    await speaks(one, "Добрый день! На сколько человек?")
    await hears(one.stage, said("нас двадцать пять"))
    await speaks(one, "Какой бюджет?")
    await hears(one.stage, said("тысяч триста. а доставка платная?"))
    await speaks(one, "По Москве бесплатно. Jura WE8 стоит 189 000 ₽.")
    await hears(one.stage, said("отлично, мой телефон +7 916 123-45-67"))
    await speaks(one, "Пришлю КП до пятницы.")


async def speaks(one: Shift, text: str) -> None:
    found = await one.conversation()
    await one.stage.speak(found.id, "timur", "Тимур", text, one.loop.clock())


async def thread(one: Shift) -> Spot:
    known = await one.storage.threads.of((await one.conversation()).id, "slack")
    assert known is not None
    return known.spot


def pressed(action: str, value: str, message: str = "", fields: Mapping[str, str] | None = None) -> Pressed:
    return Pressed("E1", Address("slack", "T1", "C1"), START, "U-timur", action, value, message, dict(fields or {}))


async def acting(one: Shift) -> Acting:
    person = Person("timur", "timur.gareev@zerno-i-par.example", "rep", "Тимур")
    texts = messages("en")
    spot, found = await thread(one), await one.conversation()
    return Acting(0, "E1", one.loop.clock(), one.desk, spot, found.id, "U-timur", person, "Тимур", texts, texts)


def test_the_brief() -> None:
    """Drafted at the hand-back, accepted with one press, said once, and nothing of it is asked again."""

    async def script(one: Shift) -> None:
        await talk(one)
        ran = await back(one)
        slots: Mapping[str, Any] = ran.conversation.slots
        assert slots["quantity"] == {"min": 25, "max": 25}
        assert slots["budget"] == {"min": 300_000, "max": 300_000, "currency": "RUB"}
        assert one.heard.startswith("Менеджер закончил")
        assert "человек" not in one.heard, "the questions that were answered are passed by"
        spot = await thread(one)
        [draft] = [shown for shown in one.desk.thread(spot) if any(c.action == ACCEPT for c in shown.post.controls)]
        for words in ("25", "189 000 ₽", "Пришлю КП до пятницы", "доставка платная? → По Москве бесплатно"):
            assert words in draft.post.text
        assert "916" not in draft.post.text
        await brief(one).presses[ACCEPT](await acting(one), pressed(ACCEPT, ran.conversation.id, draft.id))
        assert not draft.post.controls, "accepted once"
        heard = len(one.stage.phone.messages)
        await hears(one.stage, said("спасибо"))
        first = one.heard.partition("\n")[0]
        assert first.startswith("Как договорились с менеджером: Сколько человек: 25")
        assert "Пришлю КП до пятницы" in first
        assert len(one.stage.phone.messages) == heard + 1
        await hears(one.stage, said("спасибо"))
        assert "Как договорились" not in one.heard

    on_shift(script)


def test_an_edited_brief_is_what_is_said() -> None:
    async def script(one: Shift) -> None:
        await talk(one)
        ran = await back(one)
        spot = await thread(one)
        draft = one.desk.thread(spot)[-1]
        assert [button.action for button in draft.post.controls if isinstance(button, Button)] == [ACCEPT, EDIT]
        form = await brief(one).form(pressed(EDIT, ran.conversation.id, draft.id), spot, messages("ru"))
        assert isinstance(form, Form)
        assert "Пришлю КП" in form.inputs[0].value
        act = pressed(EDITED, form.value, fields={"text": "25 человек,\nКП в пятницу *срочно*"})
        done = await brief(one).presses[EDITED](await acting(one), act)
        assert done.marked
        assert not draft.post.controls
        await hears(one.stage, said("спасибо"))
        assert one.heard.startswith("Как договорились с менеджером: 25 человек, КП в пятницу \\*срочно\\*")

    on_shift(script)


def test_a_brief_accepted_too_late_changes_nothing() -> None:
    async def script(one: Shift) -> None:
        await talk(one)
        ran = await back(one)
        await one.stage.take_over(ran.conversation.id, "olga", "Ольга", one.loop.clock())
        done = await brief(one).presses[ACCEPT](await acting(one), pressed(ACCEPT, ran.conversation.id))
        assert not done.marked
        assert (await one.conversation()).recap == ""
        assert [post.text for _, _, post in one.desk.told] == [
            "A colleague leads this chat again: nothing was changed."
        ]

    on_shift(script)


def test_a_stretch_without_news_has_no_brief() -> None:
    async def script(one: Shift) -> None:
        found = await one.asks()
        await one.stage.take_over(found.id, "timur", "Тимур", one.loop.clock())
        await speaks(one, "Добрый день!")
        before = len(one.desk.thread(await thread(one)))
        await back(one)
        assert len(one.desk.thread(await thread(one))) == before

    on_shift(script)


def test_only_the_last_stretch_counts_and_the_same_stretch_gives_the_same_brief() -> None:
    async def script(one: Shift) -> None:
        await talk(one)
        ran = await back(one)
        line = (await brief(one).draft(ran.conversation)).line
        await asyncio.sleep(1)
        await hears(one.stage, said("нас уже сорок человек"))
        assert (await brief(one).draft(await one.conversation())).line == line
        await asyncio.sleep(1)
        await one.stage.take_over(ran.conversation.id, "timur", "Тимур", one.loop.clock())
        await speaks(one, "Скидку 5 % согласую завтра.")
        second = await brief(one).draft(await one.conversation())
        assert (second.agreed.answers, second.agreed.promises) == ({}, ("Скидку 5 % согласую завтра.",))

    on_shift(script)


# ------------------------------------------------------------------ reading a stretch
def lines(*said_: tuple[str, str]) -> list[Line]:
    """Who said what, a minute apart."""
    return [Line(f"l{n}", "c1", by, START + timedelta(minutes=n), text) for n, (by, text) in enumerate(said_)]


@pytest.mark.parametrize(
    ("question", "answer", "slot", "value"),
    [
        ("Сколько вас человек?", "25", "quantity", {"min": 25, "max": 25}),
        ("How many people?", "about 30", "quantity", {"min": 30, "max": 30}),
        ("Какой бюджет?", "300 тысяч", "budget", {"min": 300_000, "max": 300_000, "currency": "RUB"}),
        ("К какому сроку?", "к 15 декабря", "deadline", {"from": "2026-12-15", "to": "2026-12-15"}),
        ("Что именно вам нужно?", "Аппарат для кофейни", "need", "Аппарат для кофейни"),
        ("Сколько вас человек?", "пока не знаю", "quantity", None),
        ("Сколько вас человек?", "а это важно?", "quantity", None),
        ("Что вам нужно?", "да", "need", None),
        ("Добрый день!", "25", "quantity", None),
        ("Значит, вас 40 человек.", "да", "quantity", {"min": 40, "max": 40}),
        ("Эта машина на 40 человек.", "ясно", "quantity", None),
    ],
)
def test_answers_to_a_rep(question: str, answer: str, slot: str, value: Any) -> None:
    agreed = EARS.agreed(lines(("timur", question), ("prospect", answer)))
    found = agreed.answers.get(slot)
    assert (found.value if found else None) == value


def test_the_latest_word_counts_and_the_bot_is_not_heard() -> None:
    agreed = EARS.agreed(
        lines(
            ("timur", "Сколько вас человек?"),
            ("prospect", "20 человек"),
            ("prospect", "нет, всё-таки 30 человек"),
            ("bot", "Договорились: 99 человек, 5 000 ₽."),
        )
    )
    assert agreed.answers["quantity"].value == {"min": 30, "max": 30}
    assert agreed.figures == ()


def test_a_contact_in_the_words_is_masked() -> None:
    agreed = EARS.agreed(lines(("prospect", "можно звонить на +7 916 123-45-67?"), ("timur", "да, позвоню завтра")))
    assert "916" not in str(agreed)
    assert agreed.questions
