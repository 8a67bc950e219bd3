"""The composition root: puts the rooms together from the settings, and takes them apart again."""

import os
import random
import secrets
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.content import Content, load
from bot.counting import counted_events, counted_turns
from bot.schedule import Tick
from bot.settings import Settings
from bot.telemetry import Metrics
from bot.trackers import connected as connected_trackers
from bot.tracking import tracking
from flows.errors import Misconfigured
from flows.events import Event, Moved
from flows.ports.tracker import TRACKER, Tracker
from flows.ports.turns import Channel, Clock, Receiver
from handlers.bursts import Patience
from handlers.deliver import Carrier, Deliver
from handlers.handover import HandBack, SpeakAsRep, TakeOver
from handlers.interpret import Interpreter
from handlers.lanes import Lanes
from handlers.message import HandleMessage
from handlers.play import Follower, Playbook
from handlers.privacy import ForgetUnconsented
from handlers.reading import Reader
from handlers.receive import Receive, Recover
from handlers.router import Route
from handlers.trackers.follow import FollowLead
from handlers.turn import RunTurn
from handlers.wording import Wording
from integrations.clock import clock_in
from integrations.storage.connect import Storage, open_storage
from knowledge.answers import Answerer
from knowledge.masking import mask_contacts
from knowledge.understanding.understand import understand

_REGIONS: Mapping[str, str] = {"ru": "RU", "en": "US"}
_WHOLE_LINES: Mapping[str, float] = {"console": 0.0}
"""Channels whose writers send whole messages, so that nothing is gained by waiting for more."""


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that runs, without the outside that calls it."""

    settings: Settings
    content: Content
    storage: Storage
    metrics: Metrics
    clock: Clock
    channels: dict[tuple[str, str], Channel]
    lanes: Lanes
    deliver: Deliver
    messages: HandleMessage
    receive: Receiver
    recover: Recover
    forget: ForgetUnconsented
    take_over: TakeOver
    hand_back: HandBack
    speak: SpeakAsRep
    trackers: Mapping[str, Tracker]
    ticks: tuple[Tick, ...]
    secrets: tuple[str, ...] = field(default=(), repr=False)

    async def settled(self) -> None:
        """Wait until everything that was received is answered."""
        await self.lanes.drain()

    async def spoken(self) -> None:
        """Wait as `settled` does, then say what others left for the channels connected here."""
        await self.lanes.drain()
        await self.deliver.due()

    async def drain(self) -> None:
        """Finish what has begun; the rest stands in inbox and outbox."""
        await self.lanes.drain()
        await self.deliver.close()


def worker_name() -> str:
    """Who holds leases: the host, the process, and a word that no earlier process of that number had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@asynccontextmanager
async def storage(settings: Settings) -> AsyncIterator[Storage]:
    """The database behind the ports. Raises `Misconfigured` and `StorageDown`."""
    opened = await open_storage(settings.database_url, worker=worker_name(), clock=clock_in(settings.timezone))
    try:
        yield opened
    finally:
        await opened.close()


def playbook(content: Content, settings: Settings, followers: tuple[Follower, ...] = ()) -> Playbook:
    """The company's files, ready to play."""
    catalog = content.catalog
    reader = Reader(
        content.flows,
        catalog,
        Answerer(content.knowledge),
        region=_REGIONS.get(settings.default_locale, "RU"),
        currency=settings.currency,
        locales=catalog.locales,
    )
    # The rules of understanding are read with the first words: here, not in the first prospect's turn.
    understand("a", locale=None, region="RU", now=clock_in(settings.timezone)(), currency=settings.currency)
    interpreter = Interpreter(content.flows, catalog, reader)
    return Playbook(content.flows, Wording(catalog), interpreter, catalog.locales, settings.default_locale, followers)


@asynccontextmanager
async def product(
    settings: Settings, channels: Mapping[tuple[str, str], Channel] | None = None, flow: str = ""
) -> AsyncIterator[Product]:
    """All use cases over one database; `channels` by name and bot, `flow` begins conversations instead of the greeting.

    Raises `BrokenContent`, `Misconfigured` for a flow that there is not, and as `storage` does.
    """
    content = load(settings)
    if flow and flow not in content.flows.by_name:
        raise Misconfigured("--flow", f"there is no flow “{flow}”", f"Use one of: {', '.join(content.flows.by_name)}")
    content.flows.start = flow or content.flows.start
    async with storage(settings) as opened:
        trackers = await connected_trackers(settings, opened.budget, opened.hooks, clock_in(settings.timezone))
        made = assemble(settings, content, opened, channels or {}, trackers)
        try:
            yield made
        finally:
            await made.deliver.close()
            for tracker in trackers.values():
                await tracker.close()


def assemble(
    settings: Settings,
    content: Content,
    opened: Storage,
    channels: Mapping[tuple[str, str], Channel],
    trackers: Mapping[str, Tracker],
) -> Product:
    """Introduce the rooms to each other."""
    clock, metrics, connected = clock_in(settings.timezone), Metrics(), dict(channels)
    spread = random.Random(os.urandom(8))  # noqa: S311 - spreads repeated tries, guards nothing

    async def woken(events: Sequence[Event]) -> None:
        await received(events)

    carriers: dict[str, Carrier] = {}
    deliver = Deliver(
        opened.outbox,
        connected,
        clock,
        lambda: spread.uniform(0.8, 1.2),
        metrics.left,
        woken,
        carriers,
        lambda: [(TRACKER, name) for name in trackers],
    )
    book = playbook(content, settings, (FollowLead(tuple(trackers)),) if trackers else ())
    messages = HandleMessage(opened.conversations, deliver, book, Patience(channels=_WHOLE_LINES), clock)
    turns = RunTurn(opened.conversations, deliver, messages)
    tracked = tracking(settings, content, opened, trackers, turns, clock)
    carriers |= tracked.carriers
    lanes = Lanes(counted_turns(Route(messages, {Moved: tracked.moved}), metrics, clock), clock)
    metrics.lanes.set_function(lambda: lanes.busy)
    received = counted_events(Receive(opened.inbox, lanes, deliver, clock), metrics)
    return Product(
        settings=settings,
        content=content,
        storage=opened,
        metrics=metrics,
        clock=clock,
        channels=connected,
        lanes=lanes,
        deliver=deliver,
        messages=messages,
        receive=received,
        recover=Recover(opened.inbox, lanes, deliver, clock),
        forget=ForgetUnconsented(opened.privacy, mask_contacts, clock),
        take_over=TakeOver(turns),
        hand_back=HandBack(turns),
        speak=SpeakAsRep(turns),
        trackers=trackers,
        ticks=tracked.ticks,
        secrets=settings.secrets(),
    )
