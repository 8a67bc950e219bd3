"""A lead, its store, a tracker and the carrier between them, for tests of cards."""

from datetime import timedelta

from flows.events import Moved
from flows.model import Contact, LeadStatus
from flows.outbound import Dispatch
from flows.ports.reading import LeadRow
from flows.ports.tracker import Card, tracker_address
from handlers.trackers.carry import LONGEST, CarryCard
from handlers.trackers.follow import look
from handlers.trackers.moved import HandleMoved
from knowledge.pipeline import Pipeline
from tests.contracts.storage_house import START, conversation, lead, turn
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStorage, open_memory
from tests.fakes.tracker import MemoryTracker

COLUMNS: dict[LeadStatus, tuple[str, ...]] = {"qualified": ("Qualified",), "won": ("Won",), "lost": ("Lost",)}
BASE = conversation()


def worded(row: LeadRow, tracker: str) -> Card:
    """A card that shows what of the lead the tests change."""
    lines = (("Need", str(row.lead.slots.get("need"))), ("Owner", row.owner))
    return Card(f"lead-{row.id}", "a lead", lines, columns=COLUMNS.get(row.lead.status, ()))


class Work:
    """A store with one qualified lead, a tracker, and the carrier between them."""

    def __init__(self, longest: float = LONGEST) -> None:
        self.now = START
        self.memory = Memory()
        self.store: MemoryStorage = open_memory(self.memory, "one", lambda: self.now)
        self.tracker = MemoryTracker()
        self.carry = CarryCard(
            {"trello": self.tracker},
            self.store.leads,
            self.store.cards,
            self.store.outbox,
            worded,
            lambda: self.now,
            longest,
        )
        pipeline = Pipeline(columns=COLUMNS)
        store = self.store
        self.moved = HandleMoved(
            store.inbox, store.conversations, store.cards, store.outbox, pipeline, lambda: self.now
        )

    async def begin(self, contact: Contact | None = None) -> None:
        """The lead is there."""
        known = lead(BASE, "qualified", slots={"need": "coffee"}, contact=contact)
        await self.store.conversations.commit(turn(BASE, self.now, lead=known))

    async def status(self, status: LeadStatus) -> None:
        """A rep changes the lead."""
        self.now += timedelta(seconds=1)
        await self.store.leads.update(BASE.id, status, None, "rep", self.now)

    async def look(self) -> str:
        """One entry is delivered."""
        self.now += timedelta(seconds=1)
        return await self.carry(entry())

    async def drag(self, column: str) -> None:
        """A person moves the card, and the tracker tells of it, twice."""
        self.now += timedelta(seconds=1)
        for identity in list(self.tracker.cards):
            self.tracker.columns[identity] = column
            at = self.now
            moved = Moved(f"m{at}", tracker_address("trello", identity), at, identity, column, at)
            await self.moved.reconcile(moved, self.now)
            await self.moved.reconcile(moved, self.now)


def entry() -> Dispatch:
    """A reason to look at the lead."""
    return look("trello", BASE.id, "1", START)
