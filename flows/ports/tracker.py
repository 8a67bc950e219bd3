"""Trackers: where a qualified lead is one card, and whose moves come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from flows.events import Moved
from flows.model import Address, Json, LeadStatus

TRACKER: Final = "tracker"
"""The channel of addresses under which what goes to a tracker, and what comes from it, is kept in order."""


def tracker_address(tracker: str, of: str) -> Address:
    """Where the entries of a lead for a tracker queue, and the moves of a card."""
    return Address(TRACKER, tracker, of)


@dataclass(frozen=True, slots=True)
class Card:
    """A lead as a tracker shows it: the same for each, before its dialect and its limits.

    `key` finds the card again and never changes. `lines` are (label, value) in Markdown, a prospect's words escaped;
    the title and `labels` are plain. `columns` are names of the list, status or state that it is to be moved to, the
    first that there is; empty: it stays where it is, or begins where the settings say.
    """

    key: str
    title: str
    lines: tuple[tuple[str, str], ...]
    labels: tuple[str, ...] = ()
    due: date | None = None
    member: str = ""  # a name, e-mail or id that the tracker knows
    link: str = ""  # to the conversation
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRef:
    """A card in its tracker."""

    id: str
    url: str
    column: str = ""  # its name, as far as the tracker told


@dataclass(frozen=True, slots=True)
class Place:
    """Something a card can be put into, or given to, for set-up: `kind` is board, list, status, label or member."""

    kind: str
    id: str
    name: str
    inside: str = ""  # the name of what it belongs to


class Tracker(Protocol):
    """A tracker: one adapter a vendor.

    Raises `Retry` (with the service's wait; `after` None where it names none), `Refused` (will never work; `state`
    "gone" where the card is not there any more) and `Misconfigured`. A `Retry` of a write may have written, but for
    `NotSent`.
    """

    name: str

    async def create(self, card: Card) -> CardRef:
        """Make the card, its key in it."""
        ...

    async def find(self, key: str) -> CardRef | None:
        """The card with a key, closed and archived ones too; exact."""
        ...

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:
        """Open cards of a person, by what their texts say; newest first."""
        ...

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """Show the card as it is now; moved only where a column is named."""
        ...

    async def comment(self, ref: CardRef, text: str) -> None:
        """Say something under the card."""
        ...

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """Add a file."""
        ...

    async def describe(self) -> Sequence[Place]:
        """What there is to choose from, for set-up."""
        ...

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """Where cards are that changed since then: what webhooks missed."""
        ...

    def read(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Moved]:
        """The moves in a webhook. Raises `Refused` (state forbidden) unless its signature over the raw body holds."""
        ...

    async def register(self, url: str) -> Mapping[str, Json]:
        """Have the service call this URL; what is to be kept (a secret), or nothing when it did already."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Carded:
    """What is known of a lead's card.

    `shown` is a digest of the card as it was last written, `tried` whether a creation may have succeeded unseen,
    `attached` whether the card is one that somebody else had made for this person. `kept_at` is when this was written
    down: the store's to fill.
    """

    lead: str
    tracker: str
    ref: CardRef | None
    shown: str = ""
    tried: bool = False
    attached: bool = False
    status: LeadStatus | None = None  # of the lead when its card was last moved, by us or by them
    moved_at: datetime | None = None  # the newest move that counted, by the tracker's clock
    column: str = ""  # where we know it to be
    kept_at: datetime | None = field(default=None, compare=False)


class Cards(Protocol):
    """The cards of leads."""

    async def of(self, lead: str, tracker: str) -> Carded | None:
        """One."""
        ...

    async def by_card(self, tracker: str, card: str) -> Carded | None:
        """By the tracker's id."""
        ...

    async def keep(self, carded: Carded, now: datetime) -> None:
        """Add or replace; the lead's `trackers` show it."""
        ...

    async def all(self, tracker: str, after: str, limit: int) -> Sequence[Carded]:
        """Those with a card, by lead, beyond `after`: for the reconciling poll."""
        ...

    async def moves(self, tracker: str, since: datetime, until: datetime) -> int:
        """How many cards were moved between two times, by the tracker's clock."""
        ...

    async def behind(self, before: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Lead, tracker and time of change, where a lead changed before that time and its card was not shown since."""
        ...

    async def moved(self, carded: Carded, status: LeadStatus | None, at: datetime, now: datetime) -> bool:
        """Take over a move, with the lead's status if the column means one, and write it down.

        False, and only written down, where a newer move of this lead is known, in any tracker or by a rep.
        """
        ...


class Hooks(Protocol):
    """What a service gave when its webhook was registered: a secret, an id."""

    async def of(self, tracker: str) -> Mapping[str, Json]:
        """What is kept; empty when nothing is."""
        ...

    async def keep(self, tracker: str, kept: Mapping[str, Json]) -> None:
        """Replace it."""
        ...


class Budget(Protocol):
    """A rate limit that all workers share."""

    async def take(self, name: str, limit: int, seconds: float, now: datetime) -> float:
        """Take one of `limit` calls in `seconds`; 0, or how long to wait."""
        ...
