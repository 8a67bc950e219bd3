"""What becomes of a rep's words on the way: refusals, files, repeats, and a desk that is away, slow or lost."""

import asyncio

import pytest

from flows.errors import Misconfigured, Refused, Retry
from tests.fakes.memory_data import Memory
from tests.handlers.desk.room import OLGA, Room, at_work, spoken


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
