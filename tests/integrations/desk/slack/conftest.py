"""A desk before a strict Slack, everything it hears, and staff who speak to it over each transport."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from flows.desk import Button, Post, Spot
from flows.errors import StorageDown
from flows.events import Event, Pressed
from flows.model import File
from flows.ports.desk_reads import Respond
from integrations.clock import clock_in
from integrations.desk.slack.adapter import Settings, Slack, connect
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import CHANNEL

PACE = 500.0
UNLIMITED = 1_000_000.0
"""Of the server, for tests that are not about limits: a busy machine must not decide them."""

CARD = Post("needs 200 chairs", "Anna", controls=(Button("take_over", "Take over", "c1"),))
FILE = Post("the dialogue", files=(File("document", "d1", "dialogue.txt"),), contents={"d1": b"line\n" * 10})


@dataclass
class Ear:
    """A recording Receiver, and recording Reads: what was heard and asked, and answers to give."""

    heard: list[Event] = field(default_factory=list)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    down: int = 0  # how many times nothing can be stored
    answer: Post = field(default_factory=lambda: Post("here you are"))
    showing: frozenset[str] = frozenset({"ask_won"})
    presses: list[tuple[Pressed, str]] = field(default_factory=list)

    async def __call__(self, events: Sequence[Event]) -> None:
        """Keep each event once, as the inbox does."""
        if self.down:
            self.down -= 1
            raise StorageDown(reason="the database is locked")
        known = {event.id for event in self.heard}
        self.heard += [event for event in events if event.id not in known]

    async def command(self, name: str, arguments: str, member: str, spot: Spot, respond: Respond) -> None:
        self.asked.append(("command", name, arguments, member, spot.channel))
        await respond(self.answer)

    async def home(self, member: str) -> None:
        self.asked.append(("home", member))

    async def why(self, member: str, spot: Spot, message: str) -> None:
        self.asked.append(("why", member, spot.channel, message))

    def shows(self, action: str) -> bool:
        return action in self.showing

    async def form(self, pressed: Pressed, trigger: str, respond: Respond) -> None:
        self.presses.append((pressed, trigger))
        await respond(self.answer)


def made(server: SlackServer, *, socket: bool = False, pace: float = PACE, contents: bytes = b"") -> Slack:
    """A desk for that server."""

    async def content(file: File) -> bytes:
        return contents

    settings = Settings(
        bot_token=SecretStr(BOT_TOKEN),
        channel=CHANNEL,
        app_token=SecretStr(APP_TOKEN if socket else ""),
        signing_secret=SecretStr(SIGNING_SECRET),
        api_url=server.api_url,
    )
    return connect(settings, clock_in("UTC"), content if contents else None, pauses=(0.01, 0.05), pace=pace)


@asynccontextmanager
async def listening(server: SlackServer, ear: Ear, *, socket: bool) -> AsyncIterator[tuple[Slack, Staff]]:
    """A desk that hears, over sockets or signed requests, and staff who are heard."""
    desk = made(server, socket=socket)

    async def deliver(headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        answer = await desk.request(headers, body)
        return answer.status, answer.body

    async with running(desk, ear):
        await server.until(lambda: desk.ready)
        yield desk, Staff(server, None if socket else deliver, retries=(0.0, 0.01, 0.02))


@asynccontextmanager
async def running(desk: Slack, ear: Ear) -> AsyncIterator[None]:
    """Run a desk, and end it."""
    task = asyncio.create_task(desk.run(ear, ear))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.close()


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(UNLIMITED) as server:
        yield server


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def desk(slack: SlackServer) -> AsyncIterator[Slack]:
    """A desk that knows who it is, and hears nothing."""
    desk = made(slack)
    await desk.introduce()
    yield desk
    await desk.close()


async def opened(desk: Slack) -> Spot:
    return (await desk.open(CARD, "open"))[0]


def replies(slack: SlackServer, spot: Spot) -> Sequence[dict[str, Any]]:
    return slack.state.thread(spot.thread, spot.channel)[1:]
