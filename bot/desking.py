"""The desks beside the rest of the product: who mirrors, who acts, who waits, and what is looked after meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.content import Content
from bot.desks import SLACK
from bot.exporting import export_of
from bot.schedule import Tick
from bot.settings import Settings
from flows.model import Conversation, File
from flows.outbound import Dispatch
from flows.ports.desk import Desk
from flows.ports.desk_reads import Reads
from flows.ports.turns import Clock, Conversations
from handlers.deliver import Carrier
from handlers.desk.brief import EDIT, Brief, HandingBack
from handlers.desk.buttons import Buttons
from handlers.desk.card import LeadCard
from handlers.desk.commands import Commands, Sources
from handlers.desk.digest import Digest
from handlers.desk.figures import Figures
from handlers.desk.follow import Notice
from handlers.desk.following import Following
from handlers.desk.forgotten import Forgotten
from handlers.desk.handle import HandleDesk, Ledger
from handlers.desk.holding import Holding
from handlers.desk.home import Home, Retries
from handlers.desk.identity import Identity
from handlers.desk.known import Knowing, service_of
from handlers.desk.looks import Looks
from handlers.desk.mirror import Mirror
from handlers.desk.nudges import Nudges
from handlers.desk.outcomes import WON, Outcomes
from handlers.desk.promises import PromiseBook
from handlers.desk.reach import Reach
from handlers.desk.reads import Answers, DeskReads, ask_amount
from handlers.desk.receipts import Receipts
from handlers.desk.replies import Replies
from handlers.desk.rounds import Rounds
from handlers.desk.speaking import Speaker
from handlers.desk.staff_chat import CHANNEL
from handlers.desk.stretch import Ears
from handlers.desk.telling import Telling
from handlers.desk.trace import Trace
from handlers.desk.waiting import Waiting
from handlers.desk.who import Who
from handlers.disclose import disclosure
from handlers.figures import Drawing
from handlers.handover import TakeOver, Turns
from handlers.lanes import Handle
from handlers.report import Stats
from handlers.sending import Reps, of_a_person
from integrations.storage.connect import Storage
from knowledge.prices import PriceBook
from locales.operators import Messages, messages

REGIONS: Mapping[str, str] = {"ru": "RU", "en": "US"}
"""Where a phone without a country is read as one of."""


@dataclass(frozen=True, slots=True)
class Base:
    """What everything at the desk stands on."""

    settings: Settings
    content: Content
    store: Storage
    desks: Mapping[str, Desk]
    draw: Drawing
    clock: Clock

    @property
    def language(self) -> str:
        """Of threads and cards."""
        return self.content.knowledge.team.language or self.settings.default_locale


@dataclass(frozen=True, slots=True)
class Desking:
    """What the desks add to the product."""

    carriers: Mapping[str, Carrier]
    handle: Handle
    reps: Reps
    commands: Commands
    who: Who
    reads: Callable[[Desk], Reads]
    ticks: tuple[Tick, ...] = field(default=())


def handing_back(base: Base, turns: Turns) -> tuple[Brief, Turns]:
    """The brief, and turns that take along what was answered to a rep whenever one hands back, wherever from."""
    store, content = base.store, base.content
    ears = Ears(content.flows, REGIONS.get(base.settings.default_locale, "RU"), base.settings.currency)
    team = content.knowledge.team
    brief = Brief(store.threads, store.conversations, turns, ears, content.catalog, team, _reach(base))
    return brief, HandingBack(turns, store.conversations, brief)


def desking(base: Base, turns: Turns, brief: Brief) -> Desking:
    """Introduce the desks to storage and machine; `turns` are those of `handing_back`."""
    store, desks, clock, knowledge = base.store, base.desks, base.clock, base.content.knowledge
    team, reach = knowledge.team, _reach(base)
    who = Who(store.staff, clock, team.groups)
    knowing = Knowing(store.conversations, store.leads, store.promises, store.staff, knowledge.destinations)
    card = LeadCard(base.content.catalog, messages(base.language), team.local, base.settings.lead_page)
    looks = Looks(store.outbox, desks)
    rounds = Rounds(team, knowledge.products, store.staff, store.waits)
    waiting = Waiting(store.waits, store.conversations, turns, rounds, reach, store.promises, team, clock)
    promises = PromiseBook(store.promises, store.threads, store.conversations, rounds, reach, looks, team, clock)
    telling = Telling(knowledge.notices, rounds, reach, store.notices, store.threads, store.leads)
    identity = Identity(store.leads, store.twins, store.threads)
    then = (Following(waiting, promises, telling, brief), _Twins(identity, messages(base.language)))
    figures = Figures(PriceBook(knowledge), base.settings.currency)
    speaker = Speaker(turns, store.conversations, store.threads, store.holds, figures)
    holding = Holding(store.holds, store.outbox, speaker, TakeOver(turns), who)
    buttons = Buttons(turns, store.conversations, store.leads, holding, who, reach, looks, desks)
    outcomes = Outcomes(store.leads, who, figures, looks)
    presses = {
        **holding.presses,
        **buttons.presses,
        **outcomes.presses,
        **identity.presses,
        **promises.presses,
        **brief.presses,
        **Retries(store.deliveries, Home(store.reports, store.deliveries, knowing, SLACK), clock).presses,
    }
    ledger = Ledger(store.inbox, store.conversations, store.threads)
    replies = Replies(store.conversations, store.holds, speaker, holding)
    forgotten = Forgotten(desks, store.holds, store.conversations, store.outbox, holding, who, clock, base.language)
    return Desking(
        carriers={"notice": Mirror(desks, store.threads, store.outbox, knowing, card, then, clock)},
        handle=HandleDesk(ledger, desks, who, replies, presses, clock, base.language),
        reps=_Told(Receipts(desks, store.holds, base.language), telling, store.conversations, clock),
        commands=_commands(base, CHANNEL, knowing),
        who=who,
        reads=lambda desk: DeskReads(desk, who, _answers(base, desk, knowing, brief), clock, base.language),
        ticks=(Tick("held words", 3.0, forgotten), *_ticks(base, waiting, promises, rounds, reach)),
    )


def _ticks(base: Base, waiting: Waiting, promises: PromiseBook, rounds: Rounds, reach: Reach) -> tuple[Tick, ...]:
    """What is looked after for colleagues and prospects who wait."""
    store, clock, knowledge = base.store, base.clock, base.content.knowledge
    team = knowledge.team
    return (
        Tick("waits", 5.0, waiting),
        Tick("silent reps", 30.0, Nudges(store.waits, rounds, reach, team, clock)),
        Tick("promises", 30.0, promises),
        Tick(
            "digest",
            30.0,
            Digest(knowledge.notices, team, store.notices, store.promises, store.reports, reach, clock, base.draw),
        ),
    )


def _commands(base: Base, desk: str, knowing: Knowing) -> Commands:
    """What staff may ask, answered as far as the desk of that name may see leads."""
    store, content = base.store, base.content
    team = content.knowledge.team
    sources = Sources(
        stats=Stats(store.reports),
        leads=store.leads,
        staff=store.staff,
        export=export_of(content, store.leads),
        knowing=knowing,
        view=disclosure(content.knowledge.destinations, service_of(desk)),
        card=lambda texts: LeadCard(content.catalog, texts, team.local, base.settings.lead_page),
        service=desk,
        draw=base.draw,
    )
    return Commands(sources, base.language)


def _answers(base: Base, desk: Desk, knowing: Knowing, brief: Brief) -> Answers:
    """What a desk shows to whoever asks."""
    store = base.store
    return Answers(
        _commands(base, desk.name, knowing),
        Trace(store.threads, store.reports),
        Home(store.reports, store.deliveries, knowing, desk.name),
        store.threads,
        {WON: ask_amount, EDIT: brief.form},
    )


def _reach(base: Base) -> Reach:
    store = base.store
    return Reach(tuple(base.desks.values()), store.threads, store.staff, store.notices, base.clock, base.language)


class _Told:
    """What the desk hears of deliveries: a rep about each of their own words, all about what failed for good."""

    def __init__(self, receipts: Receipts, telling: Telling, conversations: Conversations, clock: Clock) -> None:
        self._receipts = receipts
        self._telling = telling
        self._conversations = conversations
        self._clock = clock

    async def left(self, entry: Dispatch, problem: str) -> None:
        """See `handlers.sending.Reps`. Raises `Retry`."""
        if of_a_person(entry):
            await self._receipts.left(entry, problem)
        elif problem and (conversation := await self._conversations.get(entry.conversation)):
            await self._telling.failed(conversation, entry.key, problem, self._clock())

    async def fetch(self, file: File) -> bytes | None:
        """The bytes of a rep's file; None for one that the messenger has."""
        return await self._receipts.fetch(file)


class _Twins:
    """The mirror's look for the same person twice, once a lead is shown."""

    def __init__(self, identity: Identity, texts: Messages) -> None:
        self._identity = identity
        self._texts = texts

    async def __call__(self, desk: Desk, conversation: Conversation, notices: Sequence[Notice], now: datetime) -> None:
        """See `handlers.desk.mirror.Then`."""
        del notices
        await self._identity(desk, self._texts, conversation.id, now)
