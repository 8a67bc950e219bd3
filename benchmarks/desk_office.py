"""A real `assistant run` whose desk has chats already, between the strict Slack and Telegram of the tests."""

import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from flows.decisions import Turn
from flows.desk import Spot
from flows.model import BOT, Address, Conversation, Profile
from flows.ports.desk import Thread
from flows.ports.people import Person
from flows.ports.turns import Commit
from integrations.storage.connect import Storage, open_storage
from integrations.storage.leases import worker_name
from tests.assistant import Assistant
from tests.fakes import slack_methods
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Deliver, SlackServer
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import CHANNEL, State
from tests.fakes.telegram import TOKEN, TelegramServer
from tests.fakes.telegram_user import User

REP: Final = "U0ANNA"
_OWNER: Final = Person("anna", "anna@example.com", "rep", "Anna", slack=REP)
_READY: Final = 30.0


class WatchedState(State):
    """A workspace that notes when each message of the product's appeared, by the wall clock."""

    def __init__(self) -> None:
        super().__init__()
        self.appeared: dict[str, float] = {}

    def told(self, event: dict[str, Any]) -> None:
        """See `State.told`."""
        super().told(event)
        self.appeared.setdefault(event.get("ts", ""), time.time())


class WatchedSlack(SlackServer):
    """The strict Slack with its real limits, watched."""

    def __init__(self) -> None:
        super().__init__()
        self.state: WatchedState = WatchedState()


class WatchedTelegram(TelegramServer):
    """The strict Telegram; `arrived` has the moment at which each text came, by the chat's number."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: dict[int, list[tuple[float, str]]] = {}

    async def perform(self, name: str, params: dict[str, Any], files: dict[str, bytes] | None = None) -> object:
        """See `TelegramServer.perform`."""
        if name == "sendMessage":
            heard = self.arrived.setdefault(int(params["chat_id"]), [])
            heard.append((time.perf_counter(), str(params["text"])))
        return await super().perform(name, params, files)


@dataclass(frozen=True)
class Chat:
    """A prospect's chat with its thread at the desk."""

    conversation: str
    user: User
    root: str
    taken: bool


@dataclass(frozen=True)
class Office:
    """Everything that takes part; `staff` speak over the transport that was asked for."""

    slack: WatchedSlack
    telegram: WatchedTelegram
    staff: Staff
    chats: tuple[Chat, ...]
    database: Path

    def lines(self) -> list[tuple[str, str, float, str]]:
        """Lines of prospects and bot: conversation, writer, when it was stored (UNIX seconds), the post that shows it.

        The post's id is empty where there is none.
        """
        query = """
            SELECT m.conversation, m.by, m.at, coalesce(min(c.message), '') FROM messages m
            LEFT JOIN copies c ON c.line = m.id AND c.origin = 'ours' WHERE m.by IN ('prospect', 'bot') GROUP BY m.id
        """
        with closing(sqlite3.connect(self.database)) as connection:
            found = connection.execute(query).fetchall()
        return [(conversation, by, at / 1e6, message) for conversation, by, at, message in found]


@asynccontextmanager
async def opened(folder: Path, count: int, taken: int, *, socket: bool) -> AsyncIterator[Office]:
    """The product over SQLite with `count` chats, the first `taken` of them in the hands of one rep."""
    async with WatchedSlack() as slack, WatchedTelegram() as telegram:
        database = folder / "data" / "assistant.db"
        database.parent.mkdir(parents=True)
        chats = await _seeded(database, slack, telegram, count, taken)
        mode = {"SLACK_APP_TOKEN": APP_TOKEN} if socket else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
        environment = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_CHANNEL": CHANNEL,
            "SLACK_API_URL": slack.api_url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
        }
        async with Assistant(folder, None, **environment, **mode) as assistant, _deliver(assistant) as deliver:
            await slack.until(
                lambda: bool(slack.named("auth.test")) and (not socket or bool(slack.state.sockets)), _READY
            )
            staff = Staff(slack, None if socket else deliver, retries=())
            yield Office(slack, telegram, staff, chats, database)


async def _seeded(
    database: Path, slack: SlackServer, telegram: TelegramServer, count: int, taken: int
) -> tuple[Chat, ...]:
    """Chats that have a thread already, so that a measurement does not begin with a minute of opening them."""
    url, name = f"sqlite+aiosqlite:///{database}", worker_name("bench")
    storage = await open_storage(url, worker=name, clock=lambda: datetime.now(UTC))
    owner = await storage.staff.add(_OWNER, datetime.now(UTC))
    chats = []
    for number in range(count):
        user = telegram.user(number + 1)
        given = {"channel": CHANNEL, "text": f"Prospect {number}"}
        root = str(slack_methods.chat_postMessage(slack.state, given)["ts"])
        chat = Chat(f"c{number:04d}", user, root, number < taken)
        await _kept(storage, chat, owner.id if chat.taken else BOT)
        chats.append(chat)
    await storage.close()
    return tuple(chats)


async def _kept(storage: Storage, chat: Chat, owner: str) -> None:
    now = datetime.now(UTC)
    address = Address("telegram", TOKEN.partition(":")[0], str(chat.user.id))
    profile = Profile(id=str(chat.user.id), name=chat.user.name, language=chat.user.language)
    conversation = Conversation(
        chat.conversation, address, "ru", 1, owner=owner, spoke=chat.taken, watched=True, profile=profile,
        taken_at=now.isoformat() if chat.taken else "", started_at=now.isoformat(), updated_at=now.isoformat(),
    )  # fmt: skip
    await storage.conversations.commit(Commit(Turn(conversation, (), None), 0, now))
    await storage.threads.keep(Thread(chat.conversation, Spot("slack", CHANNEL, chat.root), chat.root), now)


@asynccontextmanager
async def _deliver(assistant: Assistant) -> AsyncIterator[Deliver]:
    """Slack's way to the product."""
    async with aiohttp.ClientSession() as session:

        async def deliver(headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            async with session.post(f"{assistant.url}/slack/events", data=body, headers=headers) as answer:
                return answer.status, await answer.read()

        yield deliver
