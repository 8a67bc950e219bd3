"""A thousand leads into three trackers that fail one call in twenty: what arrives, how often, and how fast."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import SecretStr

from benchmarks.benchmark import Bench, Benchmark
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_least, at_most, none_of
from bot.wiring import worker_name
from flows.events import Event
from flows.model import Contact
from flows.outbound import Dispatch
from flows.ports.reading import LeadRow
from flows.ports.tracker import TRACKER, Budget, Card, Tracker
from handlers.deliver import Deliver
from handlers.gates import Gate, Gates
from handlers.trackers.card import key_of
from handlers.trackers.carry import CarryCard
from handlers.trackers.follow import look
from integrations.clock import utc_now
from integrations.storage.connect import Storage, open_storage
from integrations.trackers import shortcut, trello
from integrations.trackers.clickup import adapter as clickup
from tests.contracts.storage_house import conversation, lead, turn
from tests.fakes.trackers import clickup as clickup_fake
from tests.fakes.trackers import shortcut as shortcut_fake
from tests.fakes.trackers import trello as trello_fake
from tests.fakes.trackers.server import Fault, TrackerServer

LEADS, HOT = 1000, 20
FAULTY: Final = 0.05
MOST: Final = 0.95
LONGEST: Final = 600.0  # seconds until a run that does not end has failed
LIMITS: Final = {"trello": (100, 10.0), "clickup": (400, 60.0), "shortcut": (400, 60.0)}
"""Calls in so many seconds: what Trello allows, and four and two times what the others do, for a run of minutes."""
FAULTS: Final = (
    Fault("before"),
    Fault("after"),
    Fault("before", 503, "away"),
    Fault("after", 502, "<html>bad gateway</html>"),
    Fault("after", 200, "<html>hello</html>"),
)


@dataclass
class Place:
    """A service and the client of it; `ended` is when the last card came, `busy` when most had, `calls` till then.

    What is left then are the doubtful ones: a write whose end nobody saw is waited for, and the limit stands idle.
    """

    name: str
    server: Any
    tracker: Tracker
    kept: str
    began: float = 0.0
    busy: float = 0.0
    ended: float = 0.0
    calls: int = 0

    @property
    def keys(self) -> list[str]:
        """Of the cards that are there, each as often as it is there."""
        return [str(one.get("external_id") or _last_line(one)) for one in getattr(self.server, self.kept).values()]

    @property
    def used(self) -> float:
        """The percentage of the limit that was used until most cards had come."""
        calls, seconds = LIMITS[self.name]
        return 100 * self.calls / (calls / seconds * (self.busy - self.began))

    def looked_at(self, count: int) -> None:
        """Note when most, and all, of so many cards are there."""
        now, there = time.perf_counter(), len(set(self.keys))
        if not self.busy and there >= MOST * count:
            self.busy, self.calls = now, len(self.server.calls)
        if not self.ended and there >= count:
            self.ended = now


@dataclass
class Shop:
    """A store, the trackers, and the delivery between them."""

    store: Storage
    places: Sequence[Place]
    deliver: Deliver = field(init=False)

    def __post_init__(self) -> None:
        """Wire as the product does."""
        trackers = {place.name: place.tracker for place in self.places}
        carry = CarryCard(trackers, self.store.leads, self.store.cards, self.store.outbox, _card, utc_now)
        gates = Gates({(TRACKER, name): Gate(utc_now) for name in trackers})
        spread = random.Random(1)

        async def nobody(events: Sequence[Event]) -> None:
            """There are no wake-ups."""

        self.deliver = Deliver(
            self.store.outbox,
            {},
            utc_now,
            lambda: spread.uniform(0.8, 1.2),
            _uncounted,
            nobody,
            {"card": carry},
            gates,
        )

    async def comes(self, number: int) -> Sequence[Dispatch]:
        """A lead is qualified: its turn is committed, and these entries with it."""
        base = conversation(f"lead{number}")
        known = lead(base, "qualified", slots={"need": "coffee"}, contact=Contact("Ann", f"+7916{number:07d}"))
        entries = [look(place.name, base.id, "1", utc_now()) for place in self.places]
        await self.store.conversations.commit(turn(base, utc_now(), lead=known, dispatches=entries))
        return entries


def _uncounted(outcome: str, channel: str) -> None:
    """Nobody reads the metrics."""


def _card(row: LeadRow, tracker: str) -> Card:
    contact = row.lead.contact
    lines = (("Need", "coffee"), ("Contact", contact.phone if contact else ""), ("Tracker", tracker))
    return Card(key_of(row.id), "Ann — coffee", lines, labels=("hot",))


def _last_line(card: Mapping[str, Any]) -> str:
    return str(card.get("desc") or card.get("markdown_description")).splitlines()[-1]


_KEPT: Final = {"trello": "cards", "clickup": "tasks", "shortcut": "stories"}


def _connected(name: str, url: str, budget: Budget) -> Tracker:
    calls = LIMITS[name][0]
    if name == "trello":
        own = {"key": SecretStr(trello_fake.KEY), "token": SecretStr(trello_fake.TOKEN)}
        return trello.connect(trello.Settings(**own, list="Leads", calls=calls, api_url=url), budget, utc_now)
    if name == "clickup":
        token = SecretStr(clickup_fake.TOKEN)
        known = clickup.Settings(token=token, list=clickup_fake.LIST, key_field="Lead key", calls=calls, api_url=url)
        return clickup.connect(known, budget, utc_now)
    token = SecretStr(shortcut_fake.TOKEN)
    story = shortcut.Settings(token=token, workflow_state="New", calls=calls, api_url=url)
    return shortcut.connect(story, budget, utc_now)


@asynccontextmanager
async def _shop(bench: Bench) -> AsyncIterator[Shop]:
    url = f"sqlite+aiosqlite:///{bench.folder('trackers')}/assistant.db"
    servers: Mapping[str, TrackerServer] = {
        "trello": trello_fake.TrelloServer(),
        "clickup": clickup_fake.ClickUpServer(),
        "shortcut": shortcut_fake.ShortcutServer(),
    }
    async with AsyncExitStack() as stack:
        store = await open_storage(url, worker=worker_name(), clock=utc_now)
        stack.push_async_callback(store.close)
        places: list[Place] = []
        for name, server in servers.items():
            server.calls_allowed, server.seconds = LIMITS[name]
            await stack.enter_async_context(server)
            tracker = _connected(name, server.url, store.budget)
            stack.push_async_callback(tracker.close)
            places.append(Place(name, server, tracker, _KEPT[name]))
        shop = Shop(store, places)
        stack.push_async_callback(shop.deliver.close)
        yield shop


def run(bench: Bench) -> Sequence[Run]:
    """All leads wait when the trackers are switched on; then hot ones come, one by one, and nothing fails any more."""
    return asyncio.run(_measured(bench))


async def _measured(bench: Bench) -> Sequence[Run]:
    count = bench.size(LEADS, 60)
    async with _shop(bench) as shop:
        dice = random.Random(7)
        for place in shop.places:
            place.server.dice = lambda: dice.choice(FAULTS) if dice.random() < FAULTY else None
        wanted = set()
        for number in range(count):
            entries = await shop.comes(number)
            wanted.add(key_of(entries[0].conversation))
            for entry in entries:
                await shop.store.outbox.release(entry.key)
        await _all_arrive(shop, count)
        for place in shop.places:
            place.server.dice = lambda: None
        waits = [await _hot(shop, count + number) for number in range(bench.size(HOT, 3))]
        return [_told(place, wanted, count, max(waits)) for place in shop.places]


async def _all_arrive(shop: Shop, count: int) -> None:
    """Deliver as the schedule does, until each place has its cards or it took too long."""
    began = time.perf_counter()
    for place in shop.places:
        place.began = began
    looking = asyncio.create_task(_look_often(shop.deliver))
    try:
        while time.perf_counter() - began < LONGEST and not all(place.ended for place in shop.places):
            for place in shop.places:
                place.looked_at(count)
            await asyncio.sleep(0.1)
    finally:
        looking.cancel()
    for place in shop.places:
        place.looked_at(0)


async def _look_often(deliver: Deliver) -> None:
    while True:
        await deliver.due()
        await asyncio.sleep(2)


async def _hot(shop: Shop, number: int) -> float:
    """Seconds from a lead's turn to its cards, everywhere."""
    began = time.perf_counter()
    entries = await shop.comes(number)
    await shop.deliver.now(entries)
    key = key_of(entries[0].conversation)
    while not all(key in place.keys for place in shop.places):
        await asyncio.sleep(0.002)
        if time.perf_counter() - began > LONGEST / 60:
            break
    return time.perf_counter() - began


def _told(place: Place, wanted: set[str], count: int, slowest: float) -> Run:
    keys = [key for key in place.keys if key in wanted]
    return {
        "config": place.name,
        "leads": count,
        "duplicates": len(keys) - len(set(keys)),
        "lost": len(wanted - set(keys)),
        "calls": place.calls,
        "refused_by_limit": place.server.refused,
        "seconds": round(place.ended - place.began, 2),
        "seconds_until_most": round(place.busy - place.began, 2),
        "limit_used_percent": round(place.used, 1),
        "hot_seconds": round(slowest, 3),
    }


def report(runs: Sequence[Run]) -> Report:
    """Every tracker beside its limit."""
    used = [one["limit_used_percent"] for one in runs]
    verdicts = (
        none_of("cards made twice", sum(one["duplicates"] for one in runs)),
        none_of("leads lost", sum(one["lost"] for one in runs)),
        at_least("of the rate limit used, in the worst tracker", 95, min(used), " %"),
        at_most("seconds from a hot lead's turn to its last card", 1, max(one["hot_seconds"] for one in runs), " s"),
    )
    head = ("tracker", "leads", "calls", "seconds", "of the limit", "refused by it")
    rows = tuple(
        (
            str(one["config"]),
            str(one["leads"]),
            str(one["calls"]),
            f"{one['seconds']:.0f}",
            f"{one['limit_used_percent']:.1f} %",
            str(one["refused_by_limit"]),
        )
        for one in runs
    )
    note = "One call in twenty fails: reset before or after the write, 503 before it, 502 or a page of HTML after it."
    return Report(verdicts, (Table(head, rows),), (note,))


BENCHMARK = Benchmark(
    "trackers",
    "Trackers",
    "Leads that wait, into Trello, ClickUp and Shortcut on loopback at once, each with a rate limit that slides. "
    "How much of it is used is measured until 95 % of the cards have come: the rest had doubtful writes, and is waited "
    "for.",
    run,
    report,
)
