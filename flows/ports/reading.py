"""What people read: leads, conversations, figures and deliveries."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from flows.model import Json, Lead, LeadStatus, Money
from flows.outbound import Line


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
    merged_into: str = ""  # the lead that this one is a part of


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
    """The leads, for the API, the desk and the export.

    One person, one lead: a lead that was merged into another is none of its own, so it is in no page and no stream.
    """

    async def page(self, query: Filter) -> Page:
        """One page and the count of all that match."""
        ...

    async def get(self, lead: str) -> LeadRow | None:
        """One lead, a merged one too."""
        ...

    async def update(
        self,
        lead: str,
        status: LeadStatus | None,
        owner: str | None,
        by: str,
        now: datetime,
        *,
        amount: Money | None = None,
        reason: str = "",
    ) -> bool:
        """Change status (kept in its history, with a reason), owner or amount; False when there is no such lead."""
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

    async def owned(self, staff: str, limit: int) -> Sequence[ConversationRow]:
        """What somebody on the staff leads now, the latest turn first; only the newest of an address counts."""
        ...

    async def transcript(self, conversation: str, limit: int, cursor: str) -> tuple[Sequence[Line], int, str]:
        """Lines oldest first."""
        ...

    async def trace(self, message: str) -> Mapping[str, Json] | None:
        """How a bot message came about."""
        ...


@dataclass(frozen=True, slots=True)
class Panel:
    """A bar chart: a title, and rows with a label, a value, and how it is written beside its bar."""

    title: str
    rows: tuple[tuple[str, float, str], ...]


class Charts(Protocol):
    """Draws figures."""

    async def draw(self, title: str, panels: Sequence[Panel]) -> bytes:
        """A PNG picture, readable on light and dark pages. Raises `Retry` when it cannot be drawn now."""
        ...
