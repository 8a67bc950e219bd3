"""Races and restarts at the desk: two workers, both orders of every pair, a kill after every single step."""

import asyncio
from pathlib import Path

from flows.model import BOT
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.handlers.acts import said
from tests.handlers.desk.room import IVAN, OLGA, Room, at_work, on_sqlite, second


def words(one: Room) -> list[tuple[str, str]]:
    """What the prospect read: who said it, and what."""
    return [(message.name, message.text) for message in one.stage.phone.messages]


def bot_after_take_over(heard: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the bot said after the line that a person took over."""
    at = next(place for place, (_, text) in enumerate(heard) if "Ольга" in text)
    return [(name, text) for name, text in heard[at + 1 :] if not name]


def test_a_rep_takes_over_between_the_bots_look_and_its_write() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.writes(spot, "Здравствуйте")
        other = second(one, open_memory(memory, "two", one.loop.clock))
        press = one.desk.presses(spot, OLGA, "held_take_over", at=one.loop.clock())
        one.stage.recorded.meanwhile = lambda: other.staff(press)
        await one.hears(said("/help"))
        await asyncio.sleep(6)
        await other.settle()
        assert (await one.conversation()).owner == "olga"
        assert bot_after_take_over(words(one)) == []
        assert other.read == ["Здравствуйте"]

    at_work(script)


def test_the_bot_answers_between_the_reps_look_and_their_write() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.writes(spot, "Здравствуйте")
        other = second(one, open_memory(memory, "two", one.loop.clock))
        press = one.desk.presses(spot, OLGA, "held_take_over", at=one.loop.clock())
        before = len(one.stage.phone.messages)
        other.stage.recorded.meanwhile = lambda: one.hears(said("/help"))
        await other.staff(press)
        await asyncio.sleep(6)
        await other.settle()
        heard = words(one)[before:]
        assert [name for name, _ in heard] == ["", "", "Ольга"], "the answer, the take-over, the rep's words"
        assert bot_after_take_over(heard) == []

    at_work(script)


def test_a_rep_writes_while_the_bots_answer_is_on_its_way() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        for delay in (0.0, 0.001, 0.005, 0.01, 0.02):
            one.stage.phone.slow = 0.01
            await one.writes(spot, "я здесь")
            press = one.desk.presses(spot, OLGA, "held_take_over", at=one.loop.clock())
            before = len(one.stage.phone.messages)
            await one.stage.receive([said("/help"), said("/me")])
            await asyncio.sleep(delay)
            await one.staff(press)
            await asyncio.sleep(7)
            await one.settle()
            heard = words(one)[before:]
            assert heard[-1] == ("Ольга", "я здесь")
            assert bot_after_take_over(heard) == []
            await one.presses_card(spot, "hand_back")

    at_work(script)


def test_the_owners_words_and_the_prospects_keep_their_order() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        await one.takes(spot)
        await one.writes(spot, "0")
        await asyncio.sleep(6)
        await one.settle()
        one.stage.phone.slow = 0.01
        events = [one.desk.writes(spot, OLGA, str(number), at=one.loop.clock()) for number in range(1, 20)]
        for event in events:
            await one.receive([event])
            await one.stage.receive([said("?")])
        await one.settle()
        assert one.read == [str(number) for number in range(20)]

    at_work(script)


# ------------------------------------------------------------------ a database
def test_two_reps_press_at_once_on_two_workers(tmp_path: Path) -> None:
    async def script(one: Room) -> None:
        spot = await one.card(await one.begun(), "take_over")
        other = await one.beside(tmp_path)
        for _ in range(5):
            presses = [one.desk.presses(spot, rep, "take_over", at=one.loop.clock()) for rep in (OLGA, IVAN)]
            await asyncio.gather(*(who.staff(press) for who, press in zip((one, other), presses, strict=True)))
            await asyncio.sleep(20)
            for worker in (one, other):
                await worker.recover()
                await worker.settle()
            owner = (await one.conversation()).owner
            assert owner in {"olga", "ivan"}
            loser = IVAN if owner == "olga" else OLGA
            assert one.told[-1][0] == loser
            await one.presses_card(spot, "hand_back", OLGA if owner == "olga" else IVAN)
        said_of_hands = [text for _, text in words(one) if "говорит" in text]
        assert len(said_of_hands) == 5
        await other.stage.deliver.close()
        await other.store.close()

    on_sqlite(tmp_path, script)


def test_a_rep_and_the_bot_at_the_same_moment_in_a_database(tmp_path: Path) -> None:
    async def script(one: Room) -> None:
        spot = await one.begun()
        for number in range(8):
            await one.writes(spot, f"я здесь {number}")
            press = one.desk.presses(spot, OLGA, "held_take_over", at=one.loop.clock())
            before = len(one.stage.phone.messages)
            if number % 2:
                await asyncio.gather(one.stage.receive([said("/help")]), one.receive([press]))
            else:
                await asyncio.gather(one.receive([press]), one.stage.receive([said("/help")]))
            await one.settle()
            await asyncio.sleep(7)
            await one.settle()
            heard = words(one)[before:]
            assert heard[-1] == ("Ольга", f"я здесь {number}")
            assert bot_after_take_over(heard) == []
            await one.presses_card(spot, "hand_back")
        assert (await one.conversation()).owner == BOT

    on_sqlite(tmp_path, script)


def test_the_whole_way_of_a_reply_in_a_database(tmp_path: Path) -> None:
    async def script(one: Room) -> None:
        spot = await one.begun("нужна кофемашина")
        await one.takes(spot)
        first = await one.writes(spot, "первый")
        await one.presses(spot, "undo")
        held = await one.writes(spot, "скидка 90 %" + "а" * 40_000)
        await one.writes(spot, "б" * 40_000, message=held, kind="edited")
        assert one.read == ["б" * 40_000]
        await one.writes(spot, "в" * 40_000, message=held, kind="edited")
        assert ("olga", "в" * 40_000) in await one.transcript()
        ((receipt, changed),) = one.stage.phone.changed.items()
        assert changed is not None
        assert changed.text == "в" * 40_000
        await one.writes(spot, "", message=held, kind="deleted")
        assert one.stage.phone.changed == {receipt: None}
        await one.presses_card(spot, "won", amount="95 000")
        row = await one.store.leads.get((await one.conversation()).id)
        assert row is not None
        assert (row.lead.status, row.owner, row.amount) == ("won", "olga", {"minor": 9_500_000, "currency": "RUB"})
        assert ("olga", "первый") not in await one.transcript()
        assert (await one.held(spot, first)) is not None

    on_sqlite(tmp_path, script)
