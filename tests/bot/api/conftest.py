"""The application over fakes, and a client that speaks to it without a network."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx
import pytest

from bot.api.app import create_app
from bot.api.deps import Deps
from bot.telemetry import Metrics
from flows.errors import AssistantError, Refused
from flows.model import BOT, Address, Command, Conversation, Line, Own
from flows.ports import Delivery
from handlers.export import Export
from handlers.handover import HandBack, OwnedBy, Ran, SpeakAsRep, TakeOver
from handlers.report import Stats, Transcript
from integrations.sheets import FileSheets
from knowledge.masking import mask_contacts
from tests.fakes.rows import NOW, FakeConversations, FakeDeliveries, FakeLeads, FakeReports, lead_row

TOKEN = "admin-token-0123456789"
SECRET = "webhook-secret"


@dataclass
class World:
    """The fakes behind the application, and the application's address."""

    deps: Deps
    client: httpx.AsyncClient
    leads: FakeLeads
    reports: FakeReports
    chats: FakeConversations
    deliveries: FakeDeliveries
    updates: list[bytes]
    trouble: dict[str, AssistantError | Exception]
    commands: list[Command] = field(default_factory=list)


async def _turn(
    chats: FakeConversations, done: list[Command], conversation: str, commands: Sequence[Command], owner: str
) -> Ran | OwnedBy | None:
    found = chats.kept.get(conversation)
    if found is None:
        return None
    if found.owner != owner:
        return OwnedBy(found.owner)
    for command in commands:
        done.append(command)
        if isinstance(command, Own):
            found = replace(found, owner=command.owner)
    chats.kept[conversation] = found
    return Ran(found)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """An installation with one lead, one conversation that the bot owns, and two deliveries."""
    leads = FakeLeads({"l1": lead_row("l1"), "l2": lead_row("l2"), "l3": lead_row("l3")})
    reports = FakeReports([Line("e1", "c1", "prospect", NOW, "пишите на anna@example.com")], {"people": 1})
    chats = FakeConversations({"c1": Conversation("c1", Address("telegram", "1", "7"), "ru")})
    deliveries = FakeDeliveries(
        [
            Delivery("d1", "message", "c1", "failed", NOW, 3, "blocked"),
            Delivery("d2", "message", "c1", "open", NOW, 0, ""),
        ]
    )
    updates: list[bytes] = []
    trouble: dict[str, AssistantError | Exception] = {}
    done: list[Command] = []

    async def webhook(headers: Mapping[str, str], body: bytes) -> None:
        if headers.get("x-telegram-bot-api-secret-token") != SECRET:
            raise Refused("the webhook's secret is missing or wrong", "forbidden")
        if error := trouble.get("webhook"):
            raise error
        updates.append(body)

    async def ready() -> None:
        if error := trouble.get("database"):
            raise error

    async def turns(
        conversation: str, commands: Sequence[Command], *, expect_owner: str, by: str, now: datetime
    ) -> Ran | OwnedBy | None:
        return await _turn(chats, done, conversation, commands, expect_owner)

    deps = Deps(
        clock=lambda: NOW,
        metrics=Metrics(),
        leads=leads,
        reports=reports,
        deliveries=deliveries,
        stats=Stats(reports),
        transcript=Transcript(chats, reports, mask_contacts),
        export=Export(leads, FileSheets(), lambda row: row, ["need"]),
        take_over=TakeOver(turns),
        hand_back=HandBack(turns),
        speak=SpeakAsRep(turns),
        admin_token=TOKEN,
        telegram_webhook=webhook,
        ready={"database": ready},
    )
    async with client_of(deps) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        yield World(deps, client, leads, reports, chats, deliveries, updates, trouble, done)


def client_of(deps: Deps) -> httpx.AsyncClient:
    """A client of a fresh application."""
    transport = httpx.ASGITransport(create_app(deps), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://assistant.test")


def owner_of(world: World) -> str:
    """Who owns the one conversation."""
    return world.chats.kept["c1"].owner if world.chats.kept else BOT
