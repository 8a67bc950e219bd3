"""What nobody told: moves that webhooks missed, and leads that changed outside of a turn."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from flows.errors import AssistantError
from flows.ports.tracker import Carded, CardRef, Cards, Tracker
from flows.ports.turns import Clock, Outbox
from handlers.trackers.follow import GATHER, look
from handlers.trackers.moved import HandleMoved

log = structlog.get_logger()
_FIRST: Final = timedelta(days=2)
"""How far the first look after a start goes back."""
_OVERLAP: Final = timedelta(minutes=10)
_PAGE: Final = 500


class Reconcile:
    """The schedule's tick: ask each tracker where its cards are. A tracker that is away is asked again next time."""

    def __init__(self, trackers: Mapping[str, Tracker], cards: Cards, moved: HandleMoved, clock: Clock) -> None:
        self._trackers = trackers
        self._cards = cards
        self._moved = moved
        self._clock = clock
        self._looked: dict[str, datetime] = {}

    async def __call__(self) -> None:
        """Take over what was missed, in the order in which it happened."""
        for name, tracker in self._trackers.items():
            now = self._clock()
            refs = await self._refs(name)
            if not refs:
                continue
            try:
                moves = await tracker.moves(refs, self._looked.get(name, now - _FIRST) - _OVERLAP)
            except AssistantError as error:
                log.warning("tracker could not be asked", tracker=name, error=str(error))
                continue
            for moved in sorted(moves, key=lambda one: one.moved_at):
                await self._moved.reconcile(moved, self._clock())
            self._looked[name] = now

    async def _refs(self, tracker: str) -> Sequence[CardRef]:
        found: list[CardRef] = []
        page: Sequence[Carded] = await self._cards.all(tracker, "", _PAGE)
        while page:
            found += [one.ref for one in page if one.ref is not None]
            page = await self._cards.all(tracker, page[-1].lead, _PAGE) if len(page) == _PAGE else ()
        return found


class LookAgain:
    """The schedule's tick: a lead that staff changed, or another tracker moved, is shown by its cards too."""

    def __init__(self, cards: Cards, outbox: Outbox, clock: Clock) -> None:
        self._cards = cards
        self._outbox = outbox
        self._clock = clock

    async def __call__(self) -> None:
        """One entry a change, whoever finds it: its key is the time of the change. Raises `StorageDown`."""
        now = self._clock()
        behind = await self._cards.behind(now - GATHER, _PAGE)
        entries = [look(tracker, lead, f"at{at.timestamp():.6f}", now) for lead, tracker, at in behind]
        if entries:
            await self._outbox.put(entries)
