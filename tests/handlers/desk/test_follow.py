"""Which conversations have a thread, when a desk looks at them, and that no two workers look at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import pytest
from typing_extensions import override

from flows.decisions import Edit, Notify, Turn
from flows.desk import Post, Spot
from flows.events import Event
from flows.model import BOT, Address, Conversation, Json, Lead, Score
from flows.ports.desk import Desk, Threads
from flows.ports.ledger import Promises
from flows.ports.people import Staff
from flows.ports.reading import Leads
from flows.ports.turns import Conversations, Outbox
from handlers.deliver import Deliver
from handlers.desk.card import LeadCard
from handlers.desk.follow import GATHER, SOON, Change, Follow, Notice, Which, changes_of, look, notices_of
from handlers.desk.keeping import EVERY
from handlers.desk.known import Knowing
from handlers.desk.mirror import Mirror
from locales.operators import messages
from tests.conversations.stage import Phone, Stage
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Entry, Lease, Memory
from tests.fakes.memory_people import open_memory
from tests.handlers.acts import ADDRESS, hears, said, worker
from tests.handlers.desk.wall import CHAT, Wall, catalog
from tests.knowledge.shipped import shipped
from tests.virtual_time import START, VirtualLoop, in_virtual_time


def turn(*decisions: Any, temperature: Any = "", **changes: Any) -> Turn:
    conversation = Conversation("c1", Address("telegram", "7", "1"), "ru", version=4, **changes)
    score = Score(0, (), temperature or "cold")
    lead = Lead("c1", "new", score, {}, None, "", "ru") if temperature else None
    return Turn(conversation, decisions, lead)


@pytest.mark.parametrize(
    ("which", "given", "watched"),
    [
        ("all", turn(), True),
        ("warm", turn(), False),
        ("warm", turn(temperature="cold"), False),
        ("warm", turn(temperature="warm"), True),
        ("warm", turn(wants_person="asked"), True),
        ("warm", turn(owner="olga"), True),
        ("warm", turn(Notify("unanswered")), True),
        ("escalations", turn(temperature="hot"), False),
        ("escalations", turn(Notify("person_asked")), True),
        ("escalations", turn(watched=True), True),
    ],
)
def test_which_conversations_have_a_thread(which: Which, given: Turn, *, watched: bool) -> None:
    after, entries = Follow(["slack", "telegram"], which)(given, START)
    assert after.conversation.watched is watched
    assert [entry.address.bot for entry in entries] == (["slack", "telegram"] if watched else [])


def test_lines_of_a_chat_that_nobody_took_are_gathered_and_news_are_not() -> None:
    follow = Follow(["slack"])
    due = [
        follow(given, START)[1][0].due - START
        for given in (turn(watched=True), turn(Notify("unanswered"), watched=True), turn(watched=True, owner="olga"))
    ]
    assert due == [GATHER, SOON, SOON]
    assert timedelta() < SOON < GATHER <= timedelta(seconds=3), "what is due at once would be born leased"


def test_an_entry_says_what_was_told_and_changed() -> None:
    edits = (Edit("c1.k", "new", by="olga", origin="slack:C1:7.0"), Edit("c1.j", None, by="olga"))
    (entry,) = Follow(["slack"])(turn(Notify("person_asked", {"reason": "asked"}), *edits, watched=True), START)[1]
    assert entry.writer == BOT
    assert notices_of(entry) == (Notice("person_asked", {"reason": "asked"}),)
    assert changes_of(entry) == (Change("c1.k", gone=False, origin="slack:C1:7.0"), Change("c1.j", gone=True))


@pytest.mark.parametrize("payload", [{}, {"notices": "x", "changed": 3}, {"notices": [1, {}], "changed": [None]}])
def test_an_odd_payload_is_no_news(payload: dict[str, Json]) -> None:
    entry = look("slack", "c1", "k", START, payload)
    assert [notice.kind for notice in notices_of(entry)] in ([], [""])
    assert changes_of(entry) == ()


# ------------------------------------------------------------------ with the outbox
class Store(Protocol):
    """The ports that a mirror needs."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def leads(self) -> Leads: ...
    @property
    def promises(self) -> Promises: ...
    @property
    def staff(self) -> Staff: ...


class Slow(MemoryDesk):
    """Posts take their time, so that a second worker could come between."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    @override
    async def post(self, spot: Spot, post: Post, key: str) -> str:
        await asyncio.sleep(self.seconds)
        return await super().post(spot, post, key)


def sender(loop: VirtualLoop, memory: Memory, desk: Desk, name: str) -> Deliver:
    """A worker that has the desk."""
    return sender_over(loop, open_memory(memory, name, loop.clock), desk)


def sender_over(loop: VirtualLoop, ports: Store, desk: Desk) -> Deliver:
    """A worker that has the desk, over its store."""
    knowing = Knowing(ports.conversations, ports.leads, ports.promises, ports.staff, shipped().destinations)
    card = LeadCard(catalog(), messages("en"), None, lambda lead: "")
    mirror = Mirror({desk.name: desk}, ports.threads, ports.outbox, knowing, card, (), loop.clock)

    async def wake(events: Sequence[Event]) -> None:
        raise AssertionError(events)

    # The desk's place stands among the channels, so that its entries are claimed; nothing is sent there.
    return Deliver(
        ports.outbox,
        {("desk", desk.name): Phone()},
        loop.clock,
        lambda: 1.0,
        lambda outcome, channel: None,
        wake,
        {"notice": mirror},
    )


def watched(one: Stage) -> Stage:
    """A worker whose turns are followed by the desk."""
    one.messages.playbook = replace(one.messages.playbook, followers=(Follow(["slack"]),))
    return one


def play(script: Callable[[VirtualLoop, Memory], Awaitable[None]]) -> None:
    in_virtual_time(lambda loop: _run(script(loop, Memory())))


async def _run(script: Awaitable[None]) -> None:
    await script


def test_a_wish_for_a_person_opens_a_thread_with_the_chat_so_far() -> None:
    async def script(loop: VirtualLoop, memory: Memory) -> None:
        one, desk = watched(worker(loop, memory)), MemoryDesk()
        deliver = sender(loop, memory, desk, "one")
        await hears(one, said("/start"))
        await asyncio.sleep(5)
        await deliver.due()
        assert not desk.shown
        await hears(one, said("позовите человека"))
        await asyncio.sleep(1)
        await deliver.due()
        conversation = memory.newest(ADDRESS.key)
        assert conversation is not None
        spot = memory.threads[conversation.id, "slack"].spot
        assert "Waits for a person" in desk.texts(spot)[0]
        assert "позовите человека" in "\n".join(desk.texts(spot)[1:])
        await deliver.close()
        await one.deliver.close()

    play(script)


def test_two_workers_never_look_at_one_conversation_at_once() -> None:
    async def script(loop: VirtualLoop, memory: Memory) -> None:
        wall, desk = Wall(memory=memory), Slow(seconds=2 * EVERY)
        workers = [sender(loop, memory, desk, name) for name in ("one", "two")]
        for number in range(4):
            wall.says(f"строка {number}")
            entry = look("slack", CHAT, f"k{number}", loop.clock())
            memory.outbox[entry.key] = Entry(entry, number, Lease())
            await asyncio.gather(*(deliver.due() for deliver in workers), asyncio.sleep(1))
        await asyncio.sleep(60)
        await asyncio.gather(*(deliver.due() for deliver in workers))
        texts = "\n".join(desk.texts(wall.spot()))
        assert [texts.count(f"строка {number}") for number in range(4)] == [1] * 4
        assert {entry.status for entry in memory.outbox.values()} == {"sent"}
        for deliver in workers:
            await deliver.close()

    play(script)


def test_what_takes_longer_than_a_lease_stays_with_its_worker() -> None:
    async def script(loop: VirtualLoop, memory: Memory) -> None:
        wall, desk = Wall(memory=memory), Slow(seconds=90)
        one, two = (sender(loop, memory, desk, name) for name in ("one", "two"))
        wall.says("раз")
        entry = look("slack", CHAT, "k", loop.clock())
        memory.outbox["k"] = Entry(entry, 1, Lease())
        task = asyncio.create_task(one.due())
        for _ in range(8):
            await asyncio.sleep(10)
            await two.due()
        await task
        assert desk.calls.count("post") == 1
        await one.close()
        await two.close()

    play(script)
