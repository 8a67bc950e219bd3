"""Brings a lead's card to its tracker: made once, then shown as the lead is now, however often it is asked to look."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from flows.errors import Misconfigured, NotSent, Refused, Retry
from flows.outbound import Dispatch
from flows.ports.reading import LeadRow, Leads
from flows.ports.tracker import Card, Carded, CardRef, Cards, Tracker
from flows.ports.turns import Clock, Outbox
from handlers.trackers.follow import look as look_at

log = structlog.get_logger()
LONGEST: Final = 12.0
"""Seconds for all calls of one entry: less than its lease, so that no other worker takes it up meanwhile."""
_SETTLED: Final = 20.0
"""Seconds after which a write whose end nobody saw has happened or never will: only then the card is looked for."""


class CardOf(Protocol):
    """Words a lead as a card for one tracker: only what `destinations.yaml` allows it."""

    def __call__(self, row: LeadRow, tracker: str) -> Card:
        """The card as it should be now."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """A lead as it is now, beside the tracker that is to show it."""

    tracker: Tracker
    row: LeadRow
    card: Card


class CarryCard:
    """The carrier of `card` entries.

    That a creation was tried is durable before it begins. So whatever happens between the tracker's write and ours - a
    time-out, a reset, the end of this process - the next try looks for the card by its key before it makes one, and
    makes one only when a write that was still on its way must have arrived.
    """

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        leads: Leads,
        cards: Cards,
        outbox: Outbox,
        card_of: CardOf,
        clock: Clock,
        longest: float = LONGEST,
        member: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        self._member = member
        self._longest = longest
        self._trackers = trackers
        self._leads = leads
        self._cards = cards
        self._outbox = outbox
        self._card_of = card_of
        self._clock = clock

    async def __call__(self, entry: Dispatch) -> str:
        """Show the lead as it is now; the card's id. Raises what the tracker raises."""
        try:
            async with asyncio.timeout(self._longest):
                return await self._carried(entry)
        except TimeoutError:
            reason = f"{entry.address.bot} takes too long"
            raise Retry(reason) from None

    async def _carried(self, entry: Dispatch) -> str:
        tracker, lead = self._trackers[entry.address.bot], entry.address.chat
        row = await self._leads.get(lead)
        if row is None:
            return ""
        look = _Look(tracker, row, await self._worded(row, tracker.name))
        known = await self._cards.of(lead, tracker.name) or Carded(lead, tracker.name, None)
        if known.ref is None and row.merged_into:
            return await self._told(look, known)
        if known.ref is None:
            return await self._made(look, known)
        if known.shown == digest(look.card) and known.status == row.lead.status:
            return known.ref.id
        return await self._shown(look, known, known.ref)

    async def _worded(self, row: LeadRow, tracker: str) -> Card:
        """The card, given to the owner of the lead by the e-mail that both sides know them by."""
        card = self._card_of(row, tracker)
        return replace(card, member=await self._member(row.owner)) if self._member and row.owner else card

    async def _made(self, look: _Look, known: Carded) -> str:
        """The card found, attached to what is open, or made."""
        tracker, card = look.tracker, look.card
        if known.tried:
            if found := await tracker.find(card.key):
                return await self._shown(look, known, found)
            if rest := self._under_way(known.kept_at):
                reason = "an earlier try may still arrive"
                raise Retry(reason, after=rest)
        if theirs := await self._of_person(look):
            return await self._shown(look, replace(known, attached=True), theirs)
        await self._cards.keep(replace(known, tried=True), self._clock())
        try:
            made = await tracker.create(card)
        except (NotSent, Refused, Misconfigured):
            # Nothing was written, so there is nothing to look for.
            await self._cards.keep(replace(known, tried=False), self._clock())
            raise
        return await self._kept(look, replace(known, tried=True), made)

    def _under_way(self, tried_at: datetime | None) -> float:
        """Seconds until a write that was begun then has happened or never will."""
        now = self._clock()
        return max(_SETTLED - (now - (tried_at or now)).total_seconds(), 0.0)

    async def _told(self, look: _Look, known: Carded) -> str:
        """A lead that is a part of another has no card of its own: the other's card is told of it."""
        whole: LeadRow | None = look.row
        while whole is not None and whole.merged_into:
            whole = await self._leads.get(whole.merged_into)
        shown, tracker = digest(look.card), look.tracker
        if whole is None or known.shown == shown:
            return ""
        theirs = await self._cards.of(whole.id, tracker.name)
        if theirs is None or theirs.ref is None:
            asked = look_at(tracker.name, whole.id, f"whole.{known.lead}", self._clock())
            await self._outbox.put([asked])
            reason = "the lead that this one is a part of has no card yet"
            raise Retry(reason, after=_SETTLED)
        await tracker.comment(theirs.ref, told(look.card))
        await self._cards.keep(replace(known, shown=shown, tried=False), self._clock())
        return theirs.ref.id

    async def _of_person(self, look: _Look) -> CardRef | None:
        """An open card of the same person that is no other lead's of ours: somebody made it by hand."""
        contact = look.row.lead.contact
        if contact is None or not contact.verified or not (contact.phone or contact.email):
            return None
        for ref in await look.tracker.find_person(contact.phone, contact.email):
            if await self._cards.by_card(look.tracker.name, ref.id) is None:
                return ref
        return None

    async def _shown(self, look: _Look, known: Carded, ref: CardRef) -> str:
        """The card as it is now; one that is not ours is commented on, its own words left alone.

        A card is moved once for each change of its lead's status, and else stays where people put it.
        """
        card = look.card
        if known.status in {None, look.row.lead.status}:
            card = replace(card, columns=())
        try:
            if known.attached:
                await look.tracker.comment(ref, told(card))
            else:
                ref = await look.tracker.update(ref, card)
        except Refused as error:
            if error.state != "gone":
                raise
            # Somebody deleted it, and had a reason: it is not made again.
            log.warning("card deleted at the tracker", tracker=look.tracker.name, lead=known.lead)
        return await self._kept(look, known, ref)

    async def _kept(self, look: _Look, known: Carded, ref: CardRef) -> str:
        """Write down what the tracker shows now."""
        shown, status, column = digest(look.card), look.row.lead.status, ref.column or known.column
        await self._cards.keep(replace(known, ref=ref, shown=shown, status=status, column=column), self._clock())
        return ref.id


def told(card: Card) -> str:
    """A card as the text of a comment."""
    return "\n".join([f"**{card.title}**", *(f"{label}: {value}" for label, value in card.lines), card.key])


def digest(card: Card) -> str:
    """What tells two states of a card apart, wherever it is."""
    return hashlib.blake2b(repr(astuple(replace(card, columns=()))).encode(), digest_size=12).hexdigest()
