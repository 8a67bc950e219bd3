"""A card was moved in a tracker: the lead takes its status, and the other trackers follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from flows.events import Moved
from flows.model import BOT, Address
from flows.outbound import Dispatch
from flows.ports.tracker import Carded, Cards, tracker_address
from flows.ports.turns import Clock, Conversations, Inbox, Outbox, Stored
from knowledge.pipeline import Pipeline

log = structlog.get_logger()
SETTLES: Final = timedelta(minutes=2)
"""How long a move must stand before the prospect is told of it."""
MANY: Final = 5
"""Moves in a minute beyond which somebody is tidying up: nobody is written to without the desk's yes."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """How many of the waiting events were dealt with; see `handlers.lanes.Step`."""

    taken: int
    more: Sequence[Stored] = ()
    wait_until: datetime | None = None


class HandleMoved:
    """The lanes' handler for moves: one at a time, each once."""

    def __init__(
        self, inbox: Inbox, conversations: Conversations, cards: Cards, outbox: Outbox, pipeline: Pipeline, clock: Clock
    ) -> None:
        self._inbox = inbox
        self._conversations = conversations
        self._cards = cards
        self._outbox = outbox
        self._pipeline = pipeline
        self._clock = clock

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Dealt:
        """Take the oldest. What is repeated changes nothing, so that a kill in the midst does no harm."""
        stored, now = waiting[0], self._clock()
        if isinstance(stored.event, Moved):
            await self._take(stored.event, now, told=True)
        await self._conversations.done((stored.row,), now)
        more = await self._inbox.release(address) if len(waiting) == 1 else ()
        return Dealt(1, more)

    async def reconcile(self, moved: Moved, now: datetime) -> bool:
        """Take over a move that was found by looking: prospects are not written to because of it."""
        return await self._take(moved, now, told=False)

    async def _take(self, moved: Moved, now: datetime, *, told: bool) -> bool:
        tracker = moved.address.bot
        known = await self._cards.by_card(tracker, moved.card)
        if known is None or known.column == moved.column:
            return False  # no card of ours, or our own move coming back
        status = None if moved.gone else self._pipeline.status(tracker, moved.column)
        counted = await self._cards.moved(replace(known, column=moved.column), status, moved.moved_at, now)
        log.info("card moved", tracker=tracker, lead=known.lead, status=status, counted=counted, gone=moved.gone)
        if counted and told and status is not None and status in self._pipeline.say:
            await self._outbox.put([self._announcement(known, moved, status, now)])
        return counted

    def _announcement(self, known: Carded, moved: Moved, status: str, now: datetime) -> Dispatch:
        """What the prospect is told if the card still stands there in two minutes."""
        at = moved.moved_at.isoformat()
        return Dispatch(
            f"{known.lead}.{moved.id}.announce",
            "announce",
            tracker_address(moved.address.bot, known.lead),
            known.lead,
            BOT,
            now + SETTLES,
            payload={"status": status, "moved_at": at},
        )
