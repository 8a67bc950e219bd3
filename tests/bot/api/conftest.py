"""The application over fakes, and a client that speaks to it without a network."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

import httpx
import pytest

from bot.api.app import create_app
from bot.api.deps import Deps
from bot.telemetry import Metrics
from flows.commands import Command, Own
from flows.errors import Refused
from flows.model import BOT, Address, Conversation
from flows.outbound import Line
from flows.ports.reading import Delivery
from handlers.export import Export
from handlers.handover import Act, HandBack, OwnedBy, Ran, SpeakAsRep, TakeOver
from handlers.report import Stats, Transcript
from integrations.sheets import FileSheets
from knowledge.masking import mask_contacts
from tests.fakes.rows import NOW, FakeConversations, FakeDeliveries, FakeLeads, FakeReports, lead_row

TOKEN = "admin-token-0123456789"
SECRET = "webhook-secret"


@dataclass
class World:
    """An installation with three leads, one conversation that the bot owns, and two deliveries."""

    leads: FakeLeads = field(default_factory=lambda: FakeLeads({name: lead_row(name) for name in ("l1", "l2", "l3")}))
    reports: FakeReports = field(
        default_factory=lambda: FakeReports(
            [Line("e1", "c1", "prospect", NOW, "пишите на anna@example.com")], {"people": 1}
        )
    )
    chats: FakeConversations = field(
        default_factory=lambda: FakeConversations({"c1": Conversation("c1", Address("telegram", "1", "7"), "ru")})
    )
    deliveries: FakeDeliveries = field(
        default_factory=lambda: FakeDeliveries(
            [
                Delivery("d1", "message", "c1", "failed", NOW, 3, "blocked"),
                Delivery("d2", "message", "c1", "open", NOW, 0, ""),
            ]
        )
    )
    updates: list[bytes] = field(default_factory=list)
    trouble: dict[str, Exception] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    client: httpx.AsyncClient = field(init=False)

    async def webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Keep an update that carries the secret."""
        if headers.get("x-telegram-bot-api-secret-token") != SECRET:
            raise Refused("the webhook's secret is missing or wrong", "forbidden")
        if error := self.trouble.get("webhook"):
            raise error
        self.updates.append(body)

    async def ready(self) -> None:
        """Say whether the database is up."""
        if error := self.trouble.get("database"):
            raise error

    async def turns(self, act: Act) -> Ran | OwnedBy | None:
        """Change the owner, if it is the expected one."""
        found = self.chats.kept.get(act.conversation)
        if found is None:
            return None
        if found.owner != act.expect_owner:
            return OwnedBy(found.owner)
        for command in act.commands:
            self.commands.append(command)
            if isinstance(command, Own):
                found = replace(found, owner=command.owner)
        self.chats.kept[act.conversation] = found
        return Ran(found)

    @property
    def deps(self) -> Deps:
        """What the application is given."""
        return Deps(
            clock=lambda: NOW,
            metrics=Metrics(),
            leads=self.leads,
            reports=self.reports,
            deliveries=self.deliveries,
            stats=Stats(self.reports),
            transcript=Transcript(self.chats, self.reports, mask_contacts),
            export=Export(self.leads, FileSheets(), lambda row: row, ["need"]),
            take_over=TakeOver(self.turns),
            hand_back=HandBack(self.turns),
            speak=SpeakAsRep(self.turns),
            admin_token=TOKEN,
            telegram_webhook=self.webhook,
            ready={"database": self.ready},
        )


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A fresh installation, and a client that is signed in."""
    made = World()
    async with client_of(made.deps) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        made.client = client
        yield made


def client_of(deps: Deps) -> httpx.AsyncClient:
    """A client of a fresh application."""
    transport = httpx.ASGITransport(create_app(deps), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://assistant.test")


def owner_of(world: World) -> str:
    """Who owns the one conversation."""
    return world.chats.kept["c1"].owner if world.chats.kept else BOT
