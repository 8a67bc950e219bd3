"""What reps take back or write anew: before it leaves, after it left, while it is held or asked about."""

import asyncio

from tests.fakes.memory_data import Memory
from tests.handlers.desk.room import IVAN, OLGA, Room, at_work, spoken


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
