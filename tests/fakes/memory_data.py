"""What the storage ports in memory share: the data of a database, as plain lists and mappings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.desk import Spot
from flows.model import Conversation, Json
from flows.outbound import Dispatch, Line
from flows.ports.desk import Copy, Held, Thread
from flows.ports.ledger import Promise, Twin, Wait
from flows.ports.people import Person
from flows.ports.reading import LeadRow
from flows.ports.tracker import Carded
from flows.ports.turns import Agreement, Stored

LEASE = timedelta(seconds=15)


@dataclass(slots=True)
class Lease:
    by: str = ""
    until: datetime | None = None

    def free(self, now: datetime) -> bool:
        return not self.by or self.until is None or self.until < now


@dataclass(slots=True)
class Entry:
    dispatch: Dispatch
    version: int
    lease: Lease
    status: str = "open"
    error: str = ""
    receipt: str = ""


@dataclass(slots=True)
class Memory:
    """What a database would hold."""

    events: list[Stored] = field(default_factory=list)
    keys: set[tuple[str, str, str]] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    leases: dict[str, Lease] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    touched: dict[str, datetime] = field(default_factory=dict)
    unconsented_since: dict[str, datetime] = field(default_factory=dict)
    contact_names: dict[str, str] = field(default_factory=dict)
    reached: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    turn_events: dict[str, list[int]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    leads: dict[str, LeadRow] = field(default_factory=dict)
    outbox: dict[str, Entry] = field(default_factory=dict)
    agreements: list[tuple[str, Agreement]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    audit: list[Mapping[str, Json]] = field(default_factory=list)
    statuses: list[tuple[str, str, str, str]] = field(default_factory=list)  # lead, status, by, reason
    changed_at: dict[str, datetime] = field(default_factory=dict)  # when people last gave a lead another status
    said: int = 0  # lines ever, so that no place is given twice
    threads: dict[tuple[str, str], Thread] = field(default_factory=dict)
    places: dict[Spot, str] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    waits: dict[tuple[str, int], Wait] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    told: dict[str, datetime | None] = field(default_factory=dict)  # when it was begun; None: it is done
    gathered: dict[str, tuple[datetime, str, str, str]] = field(default_factory=dict)
    digested: set[str] = field(default_factory=set)
    cards: dict[tuple[str, str], Carded] = field(default_factory=dict)
    cards_shown: dict[tuple[str, str], datetime] = field(default_factory=dict)
    limits: dict[str, datetime] = field(default_factory=dict)
    hooks: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    twins: dict[frozenset[str], Twin] = field(default_factory=dict)

    def open(self, address: str) -> list[Stored]:
        """The open events of an address, oldest first."""
        return [one for one in self.events if one.event.address.key == address and one.row not in self.done]

    def lease(self, address: str) -> Lease:
        """The lease of an address, free at first."""
        return self.leases.setdefault(address, Lease())

    def newest(self, address: str) -> Conversation | None:
        """The newest conversation of an address."""
        here = [one for one in self.conversations.values() if one.address.key == address]
        return max(here, key=lambda one: one.ordinal, default=None)
