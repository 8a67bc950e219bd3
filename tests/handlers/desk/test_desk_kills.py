"""A kill after every single step of every act: whoever takes over comes to the same end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from flows.desk import Spot
from flows.events import Event
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStorage, open_memory
from tests.handlers.desk.room import OLGA, Room, at_work, second


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
