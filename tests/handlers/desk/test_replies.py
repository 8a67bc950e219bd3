"""What reps write: only the owner's words reach the prospect; the rest is asked about, kept as a note, never lost."""

import asyncio

import pytest

from flows.model import BOT
from tests.fakes.memory_data import Memory
from tests.handlers.acts import said
from tests.handlers.desk.room import BOSS, IVAN, OLGA, STRANGER, Room, at_work, spoken


def test_words_in_the_bots_chat_are_held_and_asked_about() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        message = await one.writes(spot, "Здравствуйте, <b>_Ольга_</b>")
        assert one.read == []
        held = await one.held(spot, message)
        assert held is not None
        assert (held.state, held.by, held.text) == ("asked", "olga", "Здравствуйте, <b>_Ольга_</b>")
        assert one.asks(spot) == ["held_take_over", "held_send", "held_note"]
        assert "The bot leads this chat" in one.desk.texts(spot)[-1]
        assert (await one.conversation()).owner == BOT

    at_work(script)


def test_take_over_and_send() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        message = await one.writes(spot, "Здравствуйте")
        await one.presses(spot, "held_take_over")
        found = await one.conversation()
        assert (found.owner, one.read) == ("olga", [])
        assert "Ольга" in one.stage.phone.messages[-1].text, "the prospect is told who speaks from here on"
        assert one.asks(spot) == ["undo"], "the question has become the way back"
        await asyncio.sleep(6)
        await one.settle()
        assert one.read == ["Здравствуйте"]
        assert one.stage.phone.messages[-1].name == "Ольга"
        assert one.desk.shown[spot.channel, message].marks == [] if (spot.channel, message) in one.desk.shown else True
        assert (spot, message, "delivered") in one.desk.reactions
        held = await one.held(spot, message)
        assert held is not None
        assert held.state == "sent"
        assert one.asks(spot) == []
        assert ("olga", "Здравствуйте") in await one.transcript()

    at_work(script)


def test_send_only_leaves_the_chat_with_the_bot() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.writes(spot, "Подсказка от меня")
        await one.presses(spot, "held_send")
        assert one.read == ["Подсказка от меня"]
        assert (await one.conversation()).owner == BOT
        assert ("olga", "Подсказка от меня") in await one.transcript()
        await one.hears(said("/help"))
        assert one.stage.phone.messages[-1].name == "", "the bot goes on"

    at_work(script)


def test_words_said_aside_survive_a_take_over() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.writes(spot, "Скидка 7 %")
        await one.presses(spot, "held_send")
        assert one.read == [], "a figure is held for a moment"
        await one.takes(spot, IVAN)
        await asyncio.sleep(6)
        await one.settle()
        assert one.read == ["Скидка 7 %"]

    at_work(script)


def test_keep_as_a_note() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        message = await one.writes(spot, "похоже, торгуется")
        await one.presses(spot, "held_note")
        held = await one.held(spot, message)
        assert held is not None
        assert held.state == "note"
        await one.takes(spot)
        assert one.read == []
        assert "note" in [row["action"] for row in memory.audit]
        assert all(text != "похоже, торгуется" for _, text in await one.transcript())

    at_work(script)


@pytest.mark.parametrize("text", ["// торгуется", "//", "note: x", "NOTE :x", "  Note: 40 %", "\n// x"])
def test_a_note_never_reaches_the_prospect_whoever_leads(text: str) -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.writes(spot, text)
        await one.takes(spot)
        message = await one.writes(spot, text)
        await asyncio.sleep(6)
        await one.settle()
        assert one.read == []
        assert await one.held(spot, message) is None
        actions = [row["action"] for row in memory.audit]
        assert actions.count("note") == 2
        assert all(by in {"prospect", BOT, "olga"} for by, _ in await one.transcript())
        assert text.strip() not in [line for _, line in await one.transcript()]

    at_work(script)


def test_words_in_a_colleagues_chat_are_offered_as_a_note() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot, IVAN)
        await one.writes(spot, "а я добавлю", OLGA)
        assert one.read == []
        assert one.asks(spot)[-1:] == ["held_note"]
        assert "Иван leads this chat" in one.desk.texts(spot)[-1]
        await one.presses(spot, "held_note", BOSS)
        assert one.told[-1] == (BOSS, "Only Ольга, who wrote it, decides on that.")
        await one.presses(spot, "held_note", OLGA)
        assert one.read == []

    at_work(script)


def test_a_stranger_reads_but_does_not_act() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot, OLGA)
        before = len(one.stage.phone.messages)
        await one.writes(spot, "дайте я", STRANGER)
        await one.presses_card(spot, "hand_back", STRANGER)
        await one.presses_card(spot, "won", STRANGER, amount="1")
        assert len(one.stage.phone.messages) == before
        assert (await one.conversation()).owner == "olga"
        assert [member for member, _ in one.told] == [STRANGER] * 3
        assert len({text for _, text in one.told}) <= 2

    at_work(script)


def test_replies_go_at_once_after_the_first() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        await one.writes(spot, "первый")
        assert one.read == []
        await one.writes(spot, "второй")
        assert one.read == [], "nothing overtakes what is held"
        await asyncio.sleep(6)
        await one.settle()
        assert one.read == ["первый", "второй"]
        await one.writes(spot, "третий")
        assert one.read == ["первый", "второй", "третий"]

    at_work(script)


def test_a_figure_of_ones_own_is_held_and_hinted_at() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await spoken(one)
        await one.writes(spot, "Jura E8 стоит 129 900 ₽")
        assert one.read[-1] == "Jura E8 стоит 129 900 ₽", "the price of the list leaves at once"
        await one.writes(spot, "Отдам Jura E8 за 120 000 ₽, это скидка 8 %")
        assert "120 000 ₽, 8 %" in one.desk.texts(spot)[-1]
        assert one.read[-1] == "Jura E8 стоит 129 900 ₽"
        await asyncio.sleep(6)
        await one.settle()
        assert one.read[-1].startswith("Отдам"), "a hint, no bar"

    at_work(script)


def test_words_that_wait_at_a_hand_back_are_asked_about_again() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        message = await one.writes(spot, "дальше поможет бот")
        await one.presses_card(spot, "hand_back")
        await asyncio.sleep(10)
        await one.settle()
        assert one.read == []
        held = await one.held(spot, message)
        assert held is not None
        assert held.state == "asked"
        await one.presses(spot, "held_send")
        assert one.read == ["дальше поможет бот"]

    at_work(script)


def test_a_hand_back_elsewhere_is_noticed_by_the_tick() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        message = await one.writes(spot, "ещё минуту")
        found = await one.conversation()
        await one.stage.hand_back(found.id, "olga", one.loop.clock())
        await asyncio.sleep(60)
        await one.settle()
        await one.forgotten()
        assert one.read == []
        await asyncio.sleep(150)
        await one.forgotten()
        held = await one.held(spot, message)
        assert held is not None
        assert (one.read, held.state) == ([], "asked")
        assert one.asks(spot)[-3:] == ["held_take_over", "held_send", "held_note"]

    at_work(script)


def test_who_forgets_to_decide_is_reminded_once() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.writes(spot, "здравствуйте")
        await asyncio.sleep(59)
        await one.forgotten()
        assert one.desk.letters == []
        await asyncio.sleep(2)
        await one.forgotten()
        await one.forgotten()
        ((member, post),) = one.desk.letters
        assert member == OLGA
        assert [control.action for control in post.controls] == ["held_take_over", "held_send", "held_note"]

    at_work(script)
