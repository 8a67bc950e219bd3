"""What reps write: only the owner's words reach the prospect; the rest is asked about, kept as a note, never lost."""

import asyncio

import pytest

from flows.desk import Spot
from flows.errors import Misconfigured, Refused, Retry
from flows.model import BOT
from tests.fakes.memory_data import Memory
from tests.handlers.acts import said
from tests.handlers.desk.room import BOSS, IVAN, OLGA, STRANGER, Room, at_work


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


async def spoken(one: Room) -> Spot:
    """A chat that Olga leads, with her first words behind her."""
    spot = await one.begun()
    await one.takes(spot)
    await one.writes(spot, "Здравствуйте")
    await asyncio.sleep(6)
    await one.settle()
    return spot


def test_undo_within_the_window_sends_nothing() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        await one.writes(spot, "ой")
        await one.presses(spot, "undo", IVAN)
        await one.presses(spot, "undo")
        await asyncio.sleep(10)
        await one.settle()
        assert one.read == []
        assert one.desk.texts(spot)[-1] == "Taken back: nothing was sent."
        assert ("olga", "ой") not in await one.transcript()
        assert "undo" in [row["action"] for row in memory.audit]

    at_work(script)


def test_undo_after_the_window_says_that_it_is_too_late() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        await one.writes(spot, "ушло")
        late = one.desk.presses(spot, OLGA, "undo")
        await asyncio.sleep(6)
        await one.settle()
        await one.staff(late)
        assert one.read == ["ушло"]
        assert one.told[-1][1].startswith("Too late")

    at_work(script)


def test_deleting_takes_words_back_before_and_after_they_left() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        message = await one.writes(spot, "не то")
        await one.writes(spot, "", message=message, kind="deleted")
        await asyncio.sleep(6)
        await one.settle()
        assert (one.read, one.asks(spot)[1:]) == ([], [])
        message = await one.writes(spot, "и это не то")
        await asyncio.sleep(6)
        await one.settle()
        receipt = str(len(one.stage.phone.messages))
        await one.writes(spot, "", message=message, kind="deleted", by="")
        assert one.stage.phone.changed == {receipt: None}

    at_work(script)


def test_editing_changes_what_the_prospect_reads() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await spoken(one)
        message = await one.writes(spot, "завтра")
        receipt = str(len(one.stage.phone.messages))
        await one.writes(spot, "в среду", message=message, kind="edited")
        changed = one.stage.phone.changed[receipt]
        assert changed is not None
        assert (changed.text, changed.name) == ("в среду", "Ольга")
        assert ("olga", "в среду") in await one.transcript()
        assert ("olga", "завтра") not in await one.transcript()
        await one.writes(spot, "// это для своих", message=message, kind="edited")
        assert one.stage.phone.changed[receipt] is None, "what became a note is taken away"
        await one.writes(spot, "снова", message=message, kind="edited")
        assert one.stage.phone.changed[receipt] is None

    at_work(script)


def test_editing_what_is_held_sends_only_the_new_words() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        message = await one.writes(spot, "скидка 90 %")
        await one.writes(spot, "скидка 9 %", message=message, kind="edited")
        await asyncio.sleep(6)
        await one.settle()
        assert one.read == ["скидка 9 %"]
        assert [text for by, text in await one.transcript() if by == "olga"][-1:] == ["скидка 9 %"]

    at_work(script)


def test_editing_what_is_asked_about_changes_the_question() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        message = await one.writes(spot, "раз")
        await one.writes(spot, "два", message=message, kind="edited")
        assert "“два”" in one.desk.texts(spot)[-1]
        assert len(one.desk.thread(spot)) == 2
        await one.presses(spot, "held_send")
        assert one.read == ["два"]

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


def test_what_cannot_be_delivered_is_told_with_the_reason() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await spoken(one)
        phone = one.stage.phone
        phone.refuses = Refused("Forbidden: bot was blocked by the user", "blocked")
        message = await one.writes(spot, "вы здесь?")
        assert (spot, message, "failed") in one.desk.reactions
        assert "blocked by the user" in one.desk.texts(spot)[-1]
        phone.refuses = None
        await one.writes(spot, "вы тут?", message=message, kind="edited")
        assert one.read[-1] == "вы тут?", "an edit of what failed is a new try"

    at_work(script)


def test_that_a_desk_is_away_is_no_reason_to_stay_silent_about_a_failure() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await spoken(one)
        one.stage.phone.refuses = Refused("Forbidden: bot was blocked by the user", "blocked")
        one.desk.fail(Retry("the desk is away", 5), "post")
        await one.writes(spot, "вы здесь?")
        assert "blocked" not in one.desk.texts(spot)[-1]
        await asyncio.sleep(6)
        await one.settle()
        assert sum("blocked by the user" in text for text in one.desk.texts(spot)) == 1

    at_work(script)


def test_files_go_to_the_prospect() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await spoken(one)
        await one.writes(spot, "", files={"смета.pdf": b"%PDF"})
        message = one.stage.phone.messages[-1]
        (file,) = message.files
        assert (file.name, message.name) == ("смета.pdf", "Ольга")
        assert one.stage.phone.contents == {file.ref: b"%PDF"}

    at_work(script)


def test_a_file_that_is_gone_from_the_desk_fails_aloud() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await spoken(one)
        event = one.desk.writes(spot, OLGA, "вот", files={"a": b"x"}, at=one.loop.clock())
        one.desk.files.clear()
        await one.staff(event)
        assert (spot, event.message, "failed") in one.desk.reactions

    at_work(script)


@pytest.mark.parametrize("leads", [True, False])
def test_an_event_told_again_does_nothing_twice(leads: bool) -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await (spoken(one) if leads else one.begun())
        event = one.desk.writes(spot, OLGA, "один раз", at=one.loop.clock())
        for _ in range(3):
            await one.staff(event)
        twin = one.desk.writes(spot, OLGA, "один раз", message=event.message, at=one.loop.clock())
        await one.staff(twin)
        assert one.read.count("один раз") == int(leads)
        assert len([text for text in one.desk.texts(spot) if "один раз" in text]) == int(not leads)

    at_work(script)


def test_a_desk_that_refuses_the_question_does_not_lose_the_words() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        one.desk.fail(Misconfigured("SLACK", "missing_scope", "reinstall"), "post")
        message = await one.writes(spot, "вот так")
        held = await one.held(spot, message)
        assert held is not None
        assert (held.state, held.prompt, one.read) == ("asked", "", [])
        await asyncio.sleep(61)
        await one.forgotten()
        assert len(one.desk.letters) == 1

    at_work(script)


def test_a_desk_that_is_slow_to_offer_undo_holds_nobody_up() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        one.desk.slow_down(30, "post")
        message = await one.writes(spot, "первое")
        await asyncio.sleep(6)
        await one.settle()
        assert one.read == ["первое"]
        held = await one.held(spot, message)
        assert held is not None
        assert held.state == "sent"

    at_work(script)


def test_an_ambiguous_end_of_the_question_asks_once() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        one.desk.lose("post")
        await one.writes(spot, "вот так")
        assert one.asks(spot) == ["held_take_over", "held_send", "held_note"]

    at_work(script)
