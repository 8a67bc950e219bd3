"""What `run` runs: the product with its HTTP server, its Telegram intake and its ticks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from bot.api.app import create_app
from bot.api.deps import Deps, Webhook
from bot.desks import Desks, Sharing, connect
from bot.exporting import export_of
from bot.schedule import Tick
from bot.serve import Service
from bot.settings import Settings
from bot.trackers import webhook_url
from bot.tuning import Collector
from bot.wiring import Product, product
from flows.errors import Retry
from flows.events import Event
from flows.ports.tracker import Tracker
from flows.ports.turns import Channel, Clock, Receiver
from handlers.desk.contents import ChannelFiles
from handlers.report import Stats, Transcript
from integrations.channels.console import CHANNEL as CONSOLE
from integrations.channels.console import Console
from integrations.clock import clock_in
from integrations.storage.migrate import current
from knowledge.masking import mask_contacts
from locales.catalog import Catalog

COMMANDS = ("contact", "human", "back", "me", "language", "help", "restart", "stop")
"""What Telegram offers beside the input; described by the texts `commands.<name>`."""
_TELEGRAM = "telegram"

Commands = Mapping[str, Sequence[tuple[str, str]]]


class Telegram(Channel, Sharing, Protocol):
    """What is used of the Telegram channel; it is imported only where a token is set, as that takes seconds."""

    ready: bool

    async def run(self, receive: Receiver, clock: Clock, commands: Commands) -> None:
        """Introduce the bot, and poll until cancelled."""
        ...

    def webhook_events(self, headers: Mapping[str, str], body: bytes, clock: Clock) -> list[Event]:
        """The events in a webhook's request. Raises `Refused`."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What a product is connected to beside its database and its trackers."""

    telegram: Telegram | None = None
    console: Console | None = None
    desks: Desks = field(default_factory=Desks)


@asynccontextmanager
async def running(settings: Settings, console: Console | None = None) -> AsyncIterator[Service]:
    """The product with everything that is configured. Raises `Misconfigured`, `BrokenContent` and `StorageDown`."""
    channels: dict[tuple[str, str], Channel] = {}
    if console:
        channels[CONSOLE, console.address.bot] = console
    telegram = _telegram(settings, channels)
    desks = connect(settings, ChannelFiles(channels), clock_in(settings.timezone), telegram)
    try:
        async with product(settings, channels, desks=desks.by_name) as made:
            yield service_of(made, Outside(telegram, console, desks))
    finally:
        await desks.close()
        if telegram:
            await telegram.close()


def _telegram(settings: Settings, channels: dict[tuple[str, str], Channel]) -> Telegram | None:
    """The channel, put among the others; None where no token is set."""
    if not settings.telegram_token.get_secret_value():
        return None
    from integrations.channels.telegram import adapter
    from integrations.channels.telegram.api import prewarm

    prewarm()
    telegram = adapter.connect(settings.part(adapter.Settings, _TELEGRAM, webhook_secret=settings.webhook_secret))
    channels[_TELEGRAM, telegram.bot.id] = telegram
    return telegram


def service_of(made: Product, outside: Outside) -> Service:
    """The outside of a product: HTTP, what hears prospects and staff, the ticks, and a chat in the terminal."""
    intakes: dict[str, Callable[[], Awaitable[None]]] = {}
    if telegram := outside.telegram:
        commands = commands_of(made.content.catalog, made.settings.default_locale)
        intakes[_TELEGRAM] = lambda: telegram.run(made.receive, made.clock, commands)
    for name, hear in outside.desks.intakes.items():
        intakes[f"desk {name}"] = partial(hear, made.receive, made.staffed.reads(outside.desks.by_name[name]))
    ticks = (
        Tick("recover", 2.0, made.recover, at_once=True),
        Tick("privacy", 600.0, made.forget),
        Tick("figures", 300.0, made.storage.reports.tally),
        Tick("garbage", 15.0, Collector(lambda: made.lanes.busy)),
        *made.ticks,
    )
    attached: dict[str, Callable[[], Awaitable[None]]] = {}
    if console := outside.console:
        attached[CONSOLE] = lambda: console.run(made.receive, made.settled, greet=True)
    return Service(create_app(deps_of(made, outside)), intakes, ticks, made.drain, attached)


def deps_of(made: Product, outside: Outside) -> Deps:
    """What the HTTP server is given of a product."""
    store, telegram = made.storage, outside.telegram

    async def webhook(headers: Mapping[str, str], body: bytes) -> None:
        if telegram:
            await made.receive(telegram.webhook_events(headers, body, made.clock))

    async def stored() -> None:
        await store.database.read(current)

    async def connected() -> None:
        if telegram and not telegram.ready:
            raise Retry(reason="Telegram has not answered yet")

    return Deps(
        clock=made.clock,
        metrics=made.metrics,
        leads=store.leads,
        reports=store.reports,
        deliveries=store.deliveries,
        stats=Stats(store.reports),
        transcript=Transcript(store.conversations, store.reports, mask_contacts),
        export=export_of(made.content, store.leads),
        take_over=made.take_over,
        hand_back=made.hand_back,
        speak=made.speak,
        admin_token=made.settings.admin_token.get_secret_value(),
        telegram_webhook=webhook if telegram else None,
        trackers={name: _moves(made, tracker) for name, tracker in made.trackers.items()},
        slack_events=outside.desks.slack_events,
        ready={"database": stored} | ({_TELEGRAM: connected} if telegram else {}) | outside.desks.ready,
    )


def _moves(made: Product, tracker: Tracker) -> Webhook:
    """A tracker's webhook: what it tells is stored before it is said yes to."""

    async def webhook(headers: Mapping[str, str], body: bytes) -> None:
        moves = tracker.read(headers, body, webhook_url(made.settings, tracker.name))
        await made.receive([replace(moved, at=made.clock()) for moved in moves])

    return webhook


def commands_of(catalog: Catalog, default: str) -> dict[str, list[tuple[str, str]]]:
    """The commands with their descriptions by language, the default language also for everybody else ("")."""
    found = {
        locale: [
            (name, catalog.text(locale, key, {})) for name in COMMANDS if catalog.has(locale, key := f"commands.{name}")
        ]
        for locale in catalog.locales
    }
    return {locale: listed for locale, listed in {"": found.get(default, []), **found}.items() if listed}
