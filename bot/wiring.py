"""The composition root: puts the rooms together from the settings, and takes them apart again."""

import os
import random
import secrets
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.content import Content, load
from bot.counting import counted_events, counted_turns
from bot.desking import REGIONS, Base, Desking, desking, handing_back
from bot.desks import desk_names
from bot.schedule import Tick
from bot.settings import Settings
from bot.telemetry import Metrics
from bot.trackers import connected as connected_trackers
from bot.tracking import tracking
from flows.desk import DESK
from flows.errors import Misconfigured
from flows.events import Event, Moved, Pressed, Written
from flows.ports.desk import Desk
from flows.ports.tracker import TRACKER, Tracker
from flows.ports.turns import Channel, Clock, Receiver
from handlers.bursts import Patience
from handlers.deliver import Carrier, Deliver
from handlers.desk.follow import Follow
from handlers.desk.staff_chat import Means, StaffChat
from handlers.figures import Drawing
from handlers.gates import Gate, Gates
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
from integrations.charts import VegaCharts
from integrations.clock import clock_in
from integrations.storage.connect import Storage, open_storage
from knowledge.answers import Answerer
from knowledge.masking import mask_contacts
from knowledge.understanding.understand import understand

_WHOLE_LINES: Mapping[str, float] = {"console": 0.0}
"""Channels whose writers send whole messages, so that nothing is gained by waiting for more."""


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that runs, without the outside that calls it."""

    parts: "Parts"
    metrics: Metrics
    lanes: Lanes
    deliver: Deliver
    messages: HandleMessage
    receive: Receiver
    recover: Recover
    forget: ForgetUnconsented
    take_over: TakeOver
    hand_back: HandBack
    speak: SpeakAsRep
    staffed: Desking
    ticks: tuple[Tick, ...]

    @property
    def settings(self) -> Settings:
        """What the environment says."""
        return self.parts.settings

    @property
    def content(self) -> Content:
        """What the company says and knows."""
        return self.parts.content

    @property
    def storage(self) -> Storage:
        """The database behind the ports."""
        return self.parts.store

    @property
    def clock(self) -> Clock:
        """The company's time."""
        return self.parts.clock

    @property
    def trackers(self) -> Mapping[str, Tracker]:
        """Those that are connected."""
        return self.parts.trackers

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
        region=REGIONS.get(settings.default_locale, "RU"),
        currency=settings.currency,
        locales=catalog.locales,
    )
    # The rules of understanding are read with the first words: here, not in the first prospect's turn.
    understand("a", locale=None, region="RU", now=clock_in(settings.timezone)(), currency=settings.currency)
    interpreter = Interpreter(content.flows, catalog, reader)
    return Playbook(content.flows, Wording(catalog), interpreter, catalog.locales, settings.default_locale, followers)


@dataclass(frozen=True, slots=True)
class Parts:
    """What was opened and connected, before the rooms are introduced to each other."""

    settings: Settings
    content: Content
    store: Storage
    channels: dict[tuple[str, str], Channel]
    trackers: Mapping[str, Tracker]
    desks: Mapping[str, Desk]
    charts: VegaCharts
    clock: Clock

    @property
    def followers(self) -> tuple[Follower, ...]:
        """Who adds to a turn what else leaves: also for desks that another process is connected to."""
        found: list[Follower] = []
        if names := desk_names(self.settings):
            found.append(Follow(names, self.content.knowledge.team.threads))
        if self.trackers:
            found.append(FollowLead(tuple(self.trackers)))
        return tuple(found)

    @property
    def gates(self) -> Gates:
        """The gates before services that are no channel."""
        trackers = {(TRACKER, name): Gate(self.clock) for name in self.trackers}
        return Gates(trackers, [(DESK, name) for name in self.desks])


@asynccontextmanager
async def product(
    settings: Settings,
    channels: Mapping[tuple[str, str], Channel] | None = None,
    flow: str = "",
    desks: Mapping[str, Desk] | None = None,
) -> AsyncIterator[Product]:
    """All use cases over one database; `channels` by name and bot, `flow` begins conversations instead of the greeting.

    Raises `BrokenContent`, `Misconfigured` for a flow that there is not, and as `storage` does.
    """
    content = load(settings)
    if flow and flow not in content.flows.by_name:
        raise Misconfigured("--flow", f"there is no flow “{flow}”", f"Use one of: {', '.join(content.flows.by_name)}")
    content.flows.start = flow or content.flows.start
    clock = clock_in(settings.timezone)
    async with storage(settings) as opened:
        trackers = await connected_trackers(settings, opened.budget, opened.hooks, clock)
        charts = VegaCharts()
        made = assemble(Parts(settings, content, opened, dict(channels or {}), trackers, desks or {}, charts, clock))
        try:
            yield made
        finally:
            await made.deliver.close()
            await charts.close()
            for tracker in trackers.values():
                await tracker.close()


def assemble(parts: Parts) -> Product:
    """Introduce the rooms to each other."""
    store, clock, metrics = parts.store, parts.clock, Metrics()
    carriers: dict[str, Carrier] = {}

    async def woken(events: Sequence[Event]) -> None:
        await received(events)

    deliver = _deliver(parts, metrics, carriers, woken)
    book = playbook(parts.content, parts.settings, parts.followers)
    messages = HandleMessage(store.conversations, deliver, book, Patience(channels=_WHOLE_LINES), clock)
    base = Base(parts.settings, parts.content, store, parts.desks, Drawing(parts.charts), clock)
    brief, turns = handing_back(base, RunTurn(store.conversations, deliver, messages))
    tracked = tracking(parts.settings, parts.content, store, parts.trackers, turns, clock)
    staffed = desking(base, turns, brief)
    carriers |= tracked.carriers
    if parts.desks:
        carriers |= staffed.carriers
        deliver.reps = staffed.reps
    means = Means(staffed.who, staffed.commands, parts.channels)
    prospects = StaffChat(messages, means, store.inbox, store.conversations, clock)
    route = Route(prospects, {Moved: tracked.moved, Written: staffed.handle, Pressed: staffed.handle})
    lanes = Lanes(counted_turns(route, metrics, clock), clock)
    metrics.lanes.set_function(lambda: lanes.busy)
    received = counted_events(Receive(store.inbox, lanes, deliver, clock), metrics)
    return Product(
        parts=parts,
        metrics=metrics,
        lanes=lanes,
        deliver=deliver,
        messages=messages,
        receive=received,
        recover=Recover(store.inbox, lanes, deliver, clock),
        forget=ForgetUnconsented(store.privacy, mask_contacts, clock),
        take_over=TakeOver(turns),
        hand_back=HandBack(turns),
        speak=SpeakAsRep(turns),
        staffed=staffed,
        ticks=(*tracked.ticks, *(staffed.ticks if parts.desks else ())),
    )


def _deliver(parts: Parts, metrics: Metrics, carriers: Mapping[str, Carrier], woken: Receiver) -> Deliver:
    """The sender; wake-ups that it finds due come in again as events."""
    spread = random.Random(os.urandom(8))  # noqa: S311 - spreads repeated tries, guards nothing
    return Deliver(
        parts.store.outbox,
        parts.channels,
        parts.clock,
        lambda: spread.uniform(0.8, 1.2),
        metrics.left,
        woken,
        carriers,
        parts.gates,
    )
