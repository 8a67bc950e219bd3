"""The trackers under test: each adapter beside its service on loopback, and how a person moves a card there."""

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pydantic import SecretStr

from flows.ports.tracker import Tracker
from integrations.clock import utc_now
from integrations.trackers import shortcut, trello, webhook
from integrations.trackers.clickup import adapter as clickup
from tests.fakes.trackers import clickup as clickup_fake
from tests.fakes.trackers import shortcut as shortcut_fake
from tests.fakes.trackers import trello as trello_fake
from tests.fakes.trackers import webhook as webhook_fake
from tests.fakes.trackers.server import TrackerServer

HOOK = "https://shop.example/trackers/hook?x=1"


class Free:
    """A limit that is never reached."""

    async def take(self, name: str, limit: int, seconds: float, now: datetime) -> float:
        """Always at once."""
        return 0.0


class Reached(Protocol):
    """Where a client calls."""

    @property
    def url(self) -> str:
        """The base, with its prefix."""
        ...


class Service(Protocol):
    """What the fakes share beside `TrackerServer`."""

    def move(self, card: str, to: str) -> dict[str, Any]:
        """A person moves a card; the webhook's body."""
        ...

    def delete(self, card: str) -> dict[str, Any]:
        """A person deletes a card; the webhook's body."""
        ...

    def signed(self, body: dict[str, Any], url: str) -> tuple[dict[str, str], bytes]:
        """A webhook's headers and bytes."""
        ...


@dataclass(frozen=True)
class Kind:
    """One tracker: its fake, how its adapter is connected, and what is to be seen in the fake."""

    server: Callable[[], TrackerServer]
    connect: Callable[[Reached], Tracker]
    cards: Callable[[Any], Mapping[Any, Mapping[str, Any]]]
    text: str  # the field that holds a card's words
    creation: str  # the call that makes one
    columns: tuple[str, str, str]  # where new cards are, one to be in work, and the last


def _trello(server: Reached, **more: Any) -> Tracker:
    known = {"key": trello_fake.KEY, "token": trello_fake.TOKEN, "secret": trello_fake.SECRET, "list": "Sales/Leads"}
    return trello.connect(trello.Settings(**{**known, "api_url": server.url, **more}), Free(), utc_now)


def _clickup(server: Reached, **more: Any) -> Tracker:
    known = {"token": clickup_fake.TOKEN, "list": "Sales/Leads", "webhook_secret": SecretStr("clickup-secret")}
    return clickup.connect(clickup.Settings(**{**known, "api_url": server.url, **more}), Free(), utc_now)


def _clickup_with_field(server: Reached) -> Tracker:
    return _clickup(server, key_field="Lead key")


def _shortcut(server: Reached, **more: Any) -> Tracker:
    known = {"token": shortcut_fake.TOKEN, "workflow_state": "New", "webhook_secret": SecretStr("shortcut-secret")}
    return shortcut.connect(shortcut.Settings(**{**known, "api_url": server.url, **more}), Free(), utc_now)


def _webhook(server: Reached) -> Tracker:
    secret = SecretStr(webhook_fake.SECRET)
    return webhook.connect(webhook.Settings(url=server.url, secret=secret), Free(), utc_now)


KINDS: Mapping[str, Kind] = {
    "trello": Kind(
        trello_fake.TrelloServer,
        _trello,
        lambda server: server.cards,
        "desc",
        "POST /cards",
        ("Leads", "В работе", "Won"),
    ),
    "clickup": Kind(
        clickup_fake.ClickUpServer,
        _clickup,
        lambda server: server.tasks,
        "markdown_description",
        f"POST /list/{clickup_fake.LIST}/task",
        ("to do", "в работе", "complete"),
    ),
    "clickup-field": Kind(
        clickup_fake.ClickUpServer,
        _clickup_with_field,
        lambda server: server.tasks,
        "markdown_description",
        f"POST /list/{clickup_fake.LIST}/task",
        ("to do", "в работе", "complete"),
    ),
    "shortcut": Kind(
        shortcut_fake.ShortcutServer,
        _shortcut,
        lambda server: server.stories,
        "description",
        "POST /stories",
        ("New", "В работе", "Done"),
    ),
    "webhook": Kind(
        webhook_fake.WebhookServer,
        _webhook,
        lambda server: server.cards,
        "text",
        "PUT /cards",
        ("New", "В работе", "Won"),
    ),
}


@dataclass
class TrackerHouse:
    """A tracker and its service."""

    kind: Kind
    server: Any
    tracker: Tracker
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def cards(self) -> Mapping[Any, Mapping[str, Any]]:
        """What the service keeps."""
        return self.kind.cards(self.server)

    def text(self) -> str:
        """The words of the only card."""
        (card,) = self.cards.values()
        return str(card[self.kind.text])


@asynccontextmanager
async def tracker_house(name: str) -> AsyncIterator[TrackerHouse]:
    """The service is up while the block runs."""
    kind = KINDS[name]
    async with kind.server() as server:
        tracker = kind.connect(server)
        try:
            yield TrackerHouse(kind, server, tracker)
        finally:
            await tracker.close()
