"""What a move does, and what the prospect hears of it."""

from datetime import timedelta

import pytest

from flows.events import Moved
from flows.model import BOT
from flows.ports.tracker import Carded, CardRef, tracker_address
from flows.ports.turns import Stored
from handlers.handover import Act, OwnedBy, Ran
from handlers.trackers.announce import Announcing
from handlers.trackers.moved import SETTLES, HandleMoved
from handlers.trackers.reconcile import LookAgain, Reconcile
from knowledge.pipeline import Pipeline
from tests.contracts.storage_house import START, conversation, lead, turn
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.fakes.tracker import MemoryTracker

PIPELINE = Pipeline.model_validate(
    {
        "columns": {"quoted": ["Quoted"], "won": ["Won"], "lost": ["Lost"]},
        "say": {"quoted": {"ru": "Предложение готово.", "en": "Your quote is ready."}},
    }
)


class Office:
    """Leads with cards in a tracker, people who move them, and what prospects hear."""

    def __init__(self) -> None:
        self.now = START
        self.memory = Memory()
        self.store = open_memory(self.memory, "one", lambda: self.now)
        store = self.store
        self.tracker = MemoryTracker()
        self.moved = HandleMoved(
            store.inbox, store.conversations, store.cards, store.outbox, PIPELINE, lambda: self.now
        )
        self.announce = Announcing(
            store.conversations, store.cards, self.act, store.notices, PIPELINE, lambda: self.now
        )
        self.acts: list[Act] = []
        self.owner = BOT

    async def act(self, act: Act) -> Ran | OwnedBy | None:
        """What a prospect would be told."""
        self.acts.append(act)
        found = self.memory.conversations[act.conversation]
        return Ran(found) if self.owner == act.expect_owner else OwnedBy(self.owner)

    async def card(self, number: int = 1) -> str:
        """A qualified lead and its card."""
        base = conversation(str(number))
        await self.store.conversations.commit(turn(base, self.now, lead=lead(base, "qualified")))
        ref = CardRef(f"c{number}", "", "New")
        await self.store.cards.keep(Carded(base.id, "trello", ref, status="qualified", column="New"), self.now)
        return base.id

    async def tell(self, column: str, number: int = 1, *, gone: bool = False) -> None:
        """The tracker tells of a move, twice."""
        at, card = self.now, f"c{number}"
        event = Moved(f"m{card}{column}{at}", tracker_address("trello", card), at, card, column, at, gone=gone)
        for _ in range(2):
            for stored in await self.store.inbox.receive([event], self.now):
                assert (await self.moved(event.address, [stored])).taken == 1

    async def wait(self, time: timedelta = SETTLES) -> list[str]:
        """What becomes due is delivered; how it ended."""
        self.now += time
        due = await self.store.outbox.claim(self.now, 100, [("tracker", "trello")])
        ended = [await self.announce(entry) for entry in due if entry.kind == "announce"]
        for entry in due:
            await self.store.outbox.sent(entry.key, "", self.now)
        return ended

    async def status(self, identity: str) -> str:
        """Of a lead."""
        row = await self.store.leads.get(identity)
        assert row is not None
        return row.lead.status


async def test_a_move_moves_the_lead_and_a_repeat_does_nothing() -> None:
    office = Office()
    identity = await office.card()
    await office.tell("Won")
    assert await office.status(identity) == "won"
    assert len([one for one in office.memory.audit if one["action"] == "moved"]) == 1
    assert await office.wait() == []
    assert not office.acts, "nobody switched it on, and somebody was written to"


async def test_a_status_that_is_switched_on_is_said_after_two_minutes_once() -> None:
    office = Office()
    await office.card()
    await office.tell("Quoted")
    assert await office.wait(timedelta(seconds=119)) == []
    assert await office.wait(timedelta(seconds=1)) == ["said"]
    (act,) = office.acts
    assert "Your quote is ready." in repr(act.commands)
    assert act.expect_owner == BOT


@pytest.mark.parametrize("then", ["Won", "New", "Quoted later"])
async def test_a_card_that_was_moved_on_is_not_spoken_of(then: str) -> None:
    office = Office()
    await office.card()
    await office.tell("Quoted")
    office.now += timedelta(seconds=60)
    await office.tell(then)
    assert await office.wait() == ["moved on"]
    assert not office.acts


async def test_a_lead_is_never_told_that_it_is_lost() -> None:
    office = Office()
    await office.card()
    await office.tell("Lost")
    assert await office.wait() == []


async def test_a_chat_that_a_person_has_taken_is_not_broken_into() -> None:
    office = Office()
    identity = await office.card()
    await office.tell("Quoted")
    office.memory.conversations[identity] = turn(conversation("1"), START, owner="anna").turn.conversation
    assert await office.wait() == ["taken"]
    assert not office.acts


async def test_many_moves_at_once_ask_the_desk_first() -> None:
    office = Office()
    for number in range(1, 8):
        await office.card(number)
        await office.tell("Quoted", number)
        office.now += timedelta(seconds=5)
    assert set(await office.wait()) == {"many"}
    assert not office.acts
    waiting = await office.store.notices.gathered(office.now + timedelta(days=1))
    assert {kind for kind, _, _ in waiting} == {"tracker_moved"}


async def test_what_was_missed_is_found_by_looking_and_nobody_is_written_to() -> None:
    office = Office()
    identity = await office.card()
    at = office.now + timedelta(seconds=5)
    office.tracker.found = [Moved("x", tracker_address("trello", "c1"), at, "c1", "Quoted", at)]
    look = Reconcile({"trello": office.tracker}, office.store.cards, office.moved, lambda: office.now)
    office.now += timedelta(minutes=5)
    await look()
    await look()
    assert await office.status(identity) == "quoted"
    assert await office.wait() == []


async def test_a_card_of_nobody_and_a_deleted_card_move_no_lead() -> None:
    office = Office()
    identity = await office.card()
    await office.tell("Won", 2)
    await office.tell("", gone=True)
    assert await office.status(identity) == "qualified"


async def test_a_lead_that_staff_changed_is_shown_once_it_has_stood_for_a_minute() -> None:
    office = Office()
    identity = await office.card()
    again = LookAgain(office.store.cards, office.store.outbox, lambda: office.now)
    office.now += timedelta(seconds=1)
    await office.store.leads.update(identity, "won", None, "anna", office.now)
    await again()
    assert not await office.store.outbox.claim(office.now, 10, [("tracker", "trello")])
    office.now += timedelta(seconds=61)
    await again()
    await again()
    (entry,) = await office.store.outbox.claim(office.now, 10, [("tracker", "trello")])
    assert (entry.kind, entry.conversation) == ("card", identity)


async def test_an_event_that_is_no_move_is_put_aside() -> None:
    office = Office()
    await office.card()
    address = tracker_address("trello", "c1")
    odd = Stored(1, Moved("x", address, START, "c1", "New", START))
    assert (await office.moved(address, [odd, odd])).taken == 1
