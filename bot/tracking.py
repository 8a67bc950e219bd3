"""The trackers beside the rest of the product: who follows turns, who carries cards, who hears of moves."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content import Content
from bot.schedule import Tick
from bot.settings import Settings
from flows.ports.tracker import Tracker
from flows.ports.turns import Clock
from handlers.deliver import Carrier
from handlers.disclose import disclosure
from handlers.handover import Turns
from handlers.lanes import Handle
from handlers.trackers.announce import Announcing
from handlers.trackers.card import CardWords
from handlers.trackers.carry import CarryCard
from handlers.trackers.moved import HandleMoved
from handlers.trackers.reconcile import LookAgain, Reconcile
from integrations.storage.connect import Storage
from locales.operators import messages

_LOOK_AGAIN = 15.0  # seconds between two looks for leads whose cards are behind
_RECONCILE = 300.0


@dataclass(frozen=True, slots=True)
class Tracking:
    """What the trackers add to the product; nothing where there are none."""

    carriers: Mapping[str, Carrier]
    moved: Handle
    ticks: tuple[Tick, ...]


def tracking(
    settings: Settings, content: Content, store: Storage, trackers: Mapping[str, Tracker], turns: Turns, clock: Clock
) -> Tracking:
    """Introduce the trackers to storage and machine."""
    knowledge = content.knowledge

    async def member(owner: str) -> str:
        return next((person.email for person in await store.staff.list() if person.id == owner), owner)

    words = CardWords(
        content.catalog,
        messages(settings.default_locale),
        knowledge.pipeline,
        lambda tracker: disclosure(knowledge.destinations, tracker),
        settings.lead_page,
    )
    carry = CarryCard(trackers, store.leads, store.cards, store.outbox, words, clock, member=member)
    announce = Announcing(store.conversations, store.cards, turns, store.notices, knowledge.pipeline, clock)
    moved = HandleMoved(store.inbox, store.conversations, store.cards, store.outbox, knowledge.pipeline, clock)
    if not trackers:
        return Tracking({}, moved, ())
    return Tracking(
        {"card": carry, "announce": announce},
        moved,
        (
            Tick("cards", _LOOK_AGAIN, LookAgain(store.cards, store.outbox, clock)),
            Tick("moves", _RECONCILE, Reconcile(trackers, store.cards, moved, clock)),
        ),
    )
