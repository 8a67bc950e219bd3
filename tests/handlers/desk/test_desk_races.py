"""Races and restarts at the desk: two workers, both orders of every pair, a kill after every single step."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from flows.desk import Spot
from flows.events import Event
from flows.model import BOT
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStorage, open_memory
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


# ------------------------------------------------------------------ kills
class Killed(Exception):
    """The process died here."""


class Mortal:
    """Ports and a desk that work, until the process dies right after the n-th of their calls."""

    def __init__(self, lives: int) -> None:
        self.left = lives

    def over(self, inner: Any) -> Any:
        """The port, as a mortal process sees it."""
        mortal = self

        class Port:
            def __getattr__(self, name: str) -> Any:
                found = getattr(inner, name)
                return mortal.counted(found) if asyncio.iscoroutinefunction(found) else found

        return Port()

    def counted(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """A call that may be the last."""

        async def counting(*arguments: Any, **named: Any) -> Any:
            if self.left == 0:
                raise Killed
            result = await call(*arguments, **named)
            self.left -= 1
            if self.left == 0:
                raise Killed
            return result

        return counting


Prepare = Callable[[Room, Spot], Awaitable[Event]]


async def owned(one: Room, spot: Spot) -> str:
    """Olga leads the chat and has spoken; the desk's id of her message."""
    await one.takes(spot)
    message = await one.writes(spot, "первое")
    await asyncio.sleep(6)
    await one.settle()
    return message


async def at_once(one: Room, spot: Spot) -> Event:
    await owned(one, spot)
    return one.desk.writes(spot, OLGA, "сразу", at=one.loop.clock())


async def first_words(one: Room, spot: Spot) -> Event:
    await one.takes(spot)
    return one.desk.writes(spot, OLGA, "первое", at=one.loop.clock())


async def in_the_bots_chat(one: Room, spot: Spot) -> Event:
    return one.desk.writes(spot, OLGA, "вопрос", at=one.loop.clock())


async def take_over_and_send(one: Room, spot: Spot) -> Event:
    await one.writes(spot, "беру")
    return one.desk.presses(spot, OLGA, "held_take_over", at=one.loop.clock())


async def send_only(one: Room, spot: Spot) -> Event:
    await one.writes(spot, "подсказка")
    return one.desk.presses(spot, OLGA, "held_send", at=one.loop.clock())


async def a_note(one: Room, spot: Spot) -> Event:
    return one.desk.writes(spot, OLGA, "// торгуется", at=one.loop.clock())


async def deleted(one: Room, spot: Spot) -> Event:
    message = await owned(one, spot)
    return one.desk.writes(spot, OLGA, "", message=message, kind="deleted", at=one.loop.clock())


async def edited(one: Room, spot: Spot) -> Event:
    message = await owned(one, spot)
    return one.desk.writes(spot, OLGA, "второе", message=message, kind="edited", at=one.loop.clock())


async def lost(one: Room, spot: Spot) -> Event:
    await one.card(spot, "lost")
    return replace(one.desk.presses(spot, OLGA, "lost", at=one.loop.clock()), value="price")


async def taken_over(one: Room, spot: Spot) -> Event:
    await one.card(spot, "take_over")
    return one.desk.presses(spot, OLGA, "take_over", at=one.loop.clock())


DEEDS: dict[str, Prepare] = {
    deed.__name__: deed
    for deed in (
        at_once,
        first_words,
        in_the_bots_chat,
        take_over_and_send,
        send_only,
        a_note,
        deleted,
        edited,
        lost,
        taken_over,
    )
}


async def outcome(deed: Prepare, one: Room, memory: Memory, lives: int) -> tuple[Any, bool]:
    """What an act has come to if the process dies after so many calls and another takes over; whether it died."""
    spot = await one.begun("нужна кофемашина")
    event = await deed(one, spot)
    mortal = Mortal(lives)
    dying = second(one, mortals(mortal, open_memory(memory, "dying", one.loop.clock)), mortal.over(one.desk))
    await dying.receive([event])
    await dying.settle_quietly()
    died = mortal.left <= 0
    mortal.left = 0
    await dying.stage.deliver.close()
    await asyncio.sleep(200)
    heir = second(one, open_memory(memory, "heir", one.loop.clock))
    for _ in range(3):
        await heir.receive([event])
        await heir.recover()
        await heir.settle()
        await asyncio.sleep(20)
        await heir.forgotten()
        await heir.settle()
    changed = list(one.stage.phone.changed.values())
    # A kill may leave the offer to undo behind, which says that it is too late, and the register with the old words.
    texts = [shown.post.text for shown in one.desk.thread(spot) if not shown.post.text.startswith("This leaves in")]
    states = [held.state for held in memory.held.values()]
    actions = [(row["action"], row["by"]) for row in memory.audit]
    owner = (await one.conversation()).owner
    assert not [stored for stored in memory.events if stored.row not in memory.done]
    return (one.read, changed, texts, states, actions, memory.statuses, owner), died


def mortals(mortal: Mortal, store: MemoryStorage) -> Any:
    """The store's ports; the inbox does not die, for what it takes in is stored before it is told."""

    class Ports:
        inbox = store.inbox
        conversations = mortal.over(store.conversations)
        outbox = mortal.over(store.outbox)
        threads = mortal.over(store.threads)
        holds = mortal.over(store.holds)
        notices = mortal.over(store.notices)
        leads = mortal.over(store.leads)
        reports = store.reports
        staff = mortal.over(store.staff)

    return Ports()


def run(deed: Prepare, lives: int) -> tuple[Any, bool]:
    found: list[tuple[Any, bool]] = []

    async def script(one: Room, memory: Memory) -> None:
        found.append(await outcome(deed, one, memory, lives))

    with capture_logs():  # a death is logged with all its locals, which takes longer than dying
        at_work(script)
    return found[0]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_kill_after_any_step_changes_nothing_in_the_end(deed: str) -> None:
    whole, died = run(DEEDS[deed], 10_000)
    assert not died
    lives = 1
    while True:
        again, died = run(DEEDS[deed], lives)
        if not died:
            break
        assert again == whole, f"killed after call {lives}"
        lives += 1
    assert lives > 3
