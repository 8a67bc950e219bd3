"""Brings a lead's card to its tracker: made once, then shown as the lead is now, however often it is asked to look."""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Protocol

import structlog

from flows.errors import Refused
from flows.outbound import Dispatch
from flows.ports.reading import LeadRow, Leads
from flows.ports.tracker import Card, Carded, CardRef, Cards, Tracker
from flows.ports.turns import Clock

log = structlog.get_logger()


class CardOf(Protocol):
    """Words a lead as a card for one tracker: only what `destinations.yaml` allows it."""

    def __call__(self, row: LeadRow, tracker: str) -> Card:
        """The card as it should be now."""
        ...


class CarryCard:
    """The carrier of `card` entries.

    That a creation was tried is durable before it begins. So whatever happens between the tracker's write and ours - a
    time-out, a reset, the end of this process - the next try looks for the card by its key before it makes one.
    """

    def __init__(
        self, trackers: Mapping[str, Tracker], leads: Leads, cards: Cards, card_of: CardOf, clock: Clock
    ) -> None:
        self._trackers = trackers
        self._leads = leads
        self._cards = cards
        self._card_of = card_of
        self._clock = clock

    async def __call__(self, entry: Dispatch) -> str:
        """Show the lead as it is now; the card's id. Raises what the tracker raises."""
        tracker, lead = self._trackers[entry.address.bot], entry.address.chat
        row = await self._leads.get(lead)
        if row is None:
            return ""
        card = self._card_of(row, tracker.name)
        known = await self._cards.of(lead, tracker.name) or Carded(lead, tracker.name, None)
        if known.ref is None:
            known = await self._made(tracker, known, row, card)
        elif known.shown != digest(card):
            known = await self._shown(tracker, known, known.ref, card)
        return known.ref.id if known.ref else ""

    async def _made(self, tracker: Tracker, known: Carded, row: LeadRow, card: Card) -> Carded:
        """The card found, attached to what is open, or made."""
        if known.tried and (found := await tracker.find(card.key)):
            return await self._shown(tracker, await self._kept(known, found), found, card)
        if theirs := await self._of_person(tracker, row):
            known = await self._kept(replace(known, attached=True), theirs)
            return await self._shown(tracker, known, theirs, card)
        if not known.tried:
            known = replace(known, tried=True)
            await self._cards.keep(known, self._clock())
        made = await tracker.create(card)
        return await self._kept(replace(known, shown=digest(card), column=made.column or card.column), made)

    async def _of_person(self, tracker: Tracker, row: LeadRow) -> CardRef | None:
        """An open card of the same person that is no other lead's of ours: somebody made it by hand."""
        contact = row.lead.contact
        if contact is None or not contact.verified or not (contact.phone or contact.email):
            return None
        for ref in await tracker.find_person(contact.phone, contact.email):
            if await self._cards.by_card(tracker.name, ref.id) is None:
                return ref
        return None

    async def _shown(self, tracker: Tracker, known: Carded, ref: CardRef, card: Card) -> Carded:
        """The card as it is now; one that is not ours is commented on, its own words left alone."""
        try:
            if known.attached:
                await tracker.comment(ref, told(card))
            else:
                ref = await tracker.update(ref, card)
        except Refused as error:
            if error.state != "gone":
                raise
            # Somebody deleted it, and had a reason: it is not made again, and what we know of it says so.
            log.warning("card deleted at the tracker", tracker=tracker.name, lead=known.lead)
        return await self._kept(replace(known, shown=digest(card), column=ref.column or known.column), ref)

    async def _kept(self, known: Carded, ref: CardRef) -> Carded:
        kept = replace(known, ref=ref)
        await self._cards.keep(kept, self._clock())
        return kept


def told(card: Card) -> str:
    """A card as the text of a comment."""
    return "\n".join([f"**{card.title}**", *(f"{label}: {value}" for label, value in card.lines), card.key])


def digest(card: Card) -> str:
    """What tells two states of a card apart."""
    return hashlib.blake2b(repr(astuple(card)).encode(), digest_size=12).hexdigest()
