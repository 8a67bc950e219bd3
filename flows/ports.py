"""What the inside needs of the world, one Protocol a need, named by the need."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from flows.model import Address, Conversation, Dispatch, Event, Json, Lead, LeadStatus, Line, Outbound, Turn


# ------------------------------------------------------------------ the inbox
@dataclass(frozen=True, slots=True)
class Stored:
    """An event with its row in the inbox; `at` of the event is its stored arrival time."""

    row: int
    event: Event


class Inbox(Protocol):
    """Keeps what happened until a turn has dealt with it."""

    async def receive(self, events: Sequence[Event], now: datetime) -> Sequence[Stored]:
        """Store events durably, each once per channel, bot and id, and try to lease their addresses.

        Returns the new ones whose address this worker now holds, in order; the others were repeats, or wait
        for the worker that holds their address. Raises `StorageDown` with nothing stored.
        """
        ...

    async def claim(self, now: datetime, limit: int) -> Sequence[Stored]:
        """Take over addresses with open events that nobody holds: all their open events, oldest first."""
        ...

    async def release(self, address: Address) -> Sequence[Stored]:
        """Give an address up, unless more open events came meanwhile: then keep the lease and return those."""
        ...

    async def renew(self, addresses: Sequence[Address], now: datetime) -> None:
        """Prolong the leases of addresses that wait for the end of a burst."""
        ...


# ------------------------------------------------------------------ conversations
@dataclass(frozen=True, slots=True)
class Agreement:
    """A row of the consent register: the very words (`text` = key@version#hash), when, where, and the answer."""

    purpose: str
    granted: bool
    text: str
    locale: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything a turn changes, in one transaction.

    `before` is the version the turn was computed from (0: a new conversation). `done` are the inbox rows it dealt
    with. `cancel` cancels the open rows of that writer in this conversation before `dispatches` are added. A message
    dispatch also becomes a transcript line with the dispatch's key as its id and `traces[key]`. `release` gives the
    address up in the same transaction when no other open event of it is stored.
    """

    turn: Turn
    before: int
    now: datetime
    done: tuple[int, ...] = ()
    heard: tuple[Line, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    traces: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    cancel: str = ""
    audit: Mapping[str, Json] = field(default_factory=dict)
    release: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The turn is durable. `more` are open events of the address stored meanwhile (the lease is kept for them).

    `held_back` says that older unsent rows of the address belong to another worker: leave the sending to the schedule.
    """

    more: tuple[Stored, ...] = ()
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else's turn was first; nothing was written. Reload and run again.

    Unless it is `settled`: then another worker has dealt with one of its events already, and they must be dropped.
    """

    settled: bool = False


class Conversations(Protocol):
    """Where prospects stand."""

    async def open(self, address: Address) -> Conversation | None:
        """The newest conversation of an address, or None for a stranger."""
        ...

    async def get(self, conversation: str) -> Conversation | None:
        """One by id, read fresh."""
        ...

    async def commit(self, commit: Commit) -> Committed | Stale:
        """Write a turn; many turns share a transaction, a failed group is retried one by one."""
        ...

    async def done(self, rows: Sequence[int], now: datetime, heard: Sequence[Line] = ()) -> None:
        """Mark events done that need no turn (a repeat press, a delivery notice), keeping what was heard."""
        ...


# ------------------------------------------------------------------ the outbox
class Outbox(Protocol):
    """What has to leave; entries survive until they are sent, cancelled or given up."""

    async def claim(self, now: datetime, limit: int, connected: Collection[tuple[str, str]]) -> Sequence[Dispatch]:
        """Due entries that nobody holds, only the oldest open one of each address, leased to this worker.

        `connected` are the channels of this worker, each with its bot: what leaves by others, and their wake-ups, is
        left to the workers that have them.
        """
        ...

    async def release(self, key: str) -> None:
        """Let an own entry go untried: it stays open, for the next worker that may have it; no attempt is counted."""
        ...

    async def reclaim(self, key: str, now: datetime) -> Dispatch | None:
        """Before sending again: the entry, leased anew, or None when it was cancelled or its writer no longer owns."""
        ...

    async def sent(self, key: str, receipt: str, now: datetime) -> None:
        """Mark as sent with the messenger's id; rides in the next group and need not be awaited."""
        ...

    async def failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        """Count an attempt; None gives up for good: kept, visible, retried by hand."""
        ...

    async def cancel_wakes(self, conversation: str) -> None:
        """Drop the wake-ups of a conversation that has moved on."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox entry as people see it."""

    key: str
    kind: str
    conversation: str
    status: str  # open, sent, failed, cancelled
    due: datetime
    attempts: int
    error: str


class Deliveries(Protocol):
    """The outbox for people: what waits, what failed, retry by hand."""

    async def list(self, status: str | None, limit: int, cursor: str = "") -> tuple[Sequence[Delivery], int, str]:
        """A page, newest first, how many there are in all, and the next cursor; all but sent ones without a status."""
        ...

    async def retry(self, keys: Sequence[str], now: datetime) -> int:
        """Open failed entries again; returns how many."""
        ...


# ------------------------------------------------------------------ reading for people
@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead as reports, the API and the export show it: see INTERFACE, "A lead"."""

    id: str
    lead: Lead
    channel: str
    owner: str
    amount: Json  # {"minor": int, "currency": str} or None
    consent: Json  # {"version": str, "at": str} or None
    trackers: Mapping[str, Json]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """Which leads: empty fields do not filter. `cursor` is opaque and comes from the page before."""

    status: str = ""
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    text: str = ""
    limit: int = 50
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of leads, newest first; `next` is empty on the last one."""

    items: tuple[LeadRow, ...]
    total: int
    next: str


class Leads(Protocol):
    """The leads, for the API, the desk and the export."""

    async def page(self, query: Filter) -> Page:
        """One page and the count of all that match."""
        ...

    async def get(self, lead: str) -> LeadRow | None:
        """One lead."""
        ...

    async def update(self, lead: str, status: LeadStatus | None, owner: str | None, by: str, now: datetime) -> bool:
        """Change status (kept in its history) or owner; False when there is no such lead."""
        ...

    def rows(self, query: Filter) -> AsyncIterator[LeadRow]:
        """All that match as a stream, oldest first, in bounded memory."""
        ...


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as lists show it."""

    id: str
    channel: str
    locale: str
    owner: str
    flow: str
    step: str
    status: str
    wants_person: str
    started_at: datetime
    updated_at: datetime


Figures: TypeAlias = Mapping[str, Json]


class Reports(Protocol):
    """Figures with one written definition each, and transcripts."""

    async def stats(self, since: datetime, until: datetime) -> Figures:
        """The shape of INTERFACE, "Stats"."""
        ...

    async def conversations(self, limit: int, cursor: str) -> tuple[Sequence[ConversationRow], int, str]:
        """A page, the total and the next cursor, newest first."""
        ...

    async def transcript(self, conversation: str, limit: int, cursor: str) -> tuple[Sequence[Line], int, str]:
        """Lines oldest first."""
        ...

    async def trace(self, message: str) -> Mapping[str, Json] | None:
        """How a bot message came about."""
        ...


class Privacy(Protocol):
    """What the law and the prospect want forgotten."""

    async def unconsented(self, before: datetime, limit: int) -> Sequence[str]:
        """Conversations with a contact to forget since before that time, longest first.

        The time is that of the latest refusal or withdrawal, else of the contact's arrival; talk does not put it off.
        """
        ...

    async def redact(self, conversation: str, mask: "Mask", now: datetime) -> int:
        """Mask transcript, stored events, lead and state of a conversation with a contact to forget, and its name.

        Returns the lines changed; 0 where the contact was agreed to meanwhile.
        """
        ...


class Mask(Protocol):
    """Hides phones and e-mail addresses in a text, and names that are given."""

    def __call__(self, text: str, names: Sequence[str] = ()) -> str:
        """The text with each contact, and each word of these names, replaced by dots."""
        ...


# ------------------------------------------------------------------ people who work here
@dataclass(frozen=True, slots=True)
class Person:
    """A staff member: `role` is admin, manager or rep."""

    id: str
    email: str
    role: str
    name: str = ""
    telegram: str = ""
    slack: str = ""


class Staff(Protocol):
    """Who may act, and as what."""

    async def add(self, person: Person, now: datetime) -> Person:
        """Add or change by e-mail."""
        ...

    async def list(self) -> Sequence[Person]:
        """Everybody, by e-mail."""
        ...

    async def audit(self, by: str, action: str, details: Mapping[str, Json], now: datetime) -> None:
        """Write down who did what."""
        ...


# ------------------------------------------------------------------ channels
class Channel(Protocol):
    """A messenger. Hints (typing, acknowledging a press) may be lost and never raise."""

    async def send(self, address: Address, message: Outbound) -> str:
        """Send and return the messenger's id of the (last) message. Raises `Retry`, `Refused`, `Misconfigured`."""
        ...

    async def typing(self, address: Address) -> None:
        """Show that a reply is being written."""
        ...

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        """Answer a press, with a toast if there is a text."""
        ...


class Receiver(Protocol):
    """Takes what a channel received; returns once it is durable. Raises `StorageDown`: do not confirm."""

    async def __call__(self, events: Sequence[Event]) -> None:
        """Store, then start the turns."""
        ...


# ------------------------------------------------------------------ the world
class Clock(Protocol):
    """The only source of time."""

    def __call__(self) -> datetime:
        """Now, aware."""
        ...
