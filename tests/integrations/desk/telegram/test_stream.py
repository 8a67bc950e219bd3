"""One stream of updates for prospects and desk: stored in one batch, then confirmed; each event where it belongs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from pydantic import SecretStr

from flows.desk import Button, Post, Spot
from flows.errors import StorageDown
from flows.events import Event, Pressed, Said, Written
from flows.model import File
from flows.ports.desk_reads import Respond
from integrations.channels.telegram.adapter import Settings, Telegram
from integrations.channels.telegram.adapter import connect as connect_channel
from integrations.desk.telegram.adapter import Settings as DeskSettings
from integrations.desk.telegram.adapter import TelegramDesk, connect
from tests.contracts.desk_telegram import NOW
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_forum import Colleague

CARD = Post(title="Anna", text="CRM", controls=(Button("won", "Won", "c1"), Button("take_over", "Take over", "c1")))


async def no_files(file: File) -> bytes:
    raise AssertionError(file)


@dataclass
class Shelf:
    """Keeps each batch, unless it is told to fail first."""

    batches: list[list[Event]] = field(default_factory=list)
    failures: int = 0

    async def __call__(self, events: Sequence[Event]) -> None:
        if events and self.failures:
            self.failures -= 1
            raise StorageDown("locked")
        if events:
            self.batches.append(list(events))

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch]


@dataclass
class Questions:
    """The port `Reads`: writes down what it is asked, and answers."""

    asked: list[tuple[str, ...]] = field(default_factory=list)

    async def command(self, name: str, arguments: str, member: str, spot: Spot, respond: Respond) -> None:
        self.asked.append(("command", name, arguments, member, spot.thread))
        if name == "broken":
            raise ValueError(name)
        await respond(Post(f"/{name}: nothing yet"))

    async def home(self, member: str) -> None:
        raise AssertionError(member)

    async def why(self, member: str, spot: Spot, message: str) -> None:
        self.asked.append(("why", member, spot.thread, message))

    def shows(self, action: str) -> bool:
        return action == "won"

    async def form(self, pressed: Pressed, trigger: str, respond: Respond) -> None:
        self.asked.append(("form", pressed.action, pressed.value, pressed.by))


@dataclass
class Stream:
    """A channel and a desk with one bot, and a colleague."""

    server: TelegramServer
    channel: Telegram
    desk: TelegramDesk
    olga: Colleague
    reads: Questions
    shelf: Shelf = field(default_factory=Shelf)


@asynccontextmanager
async def stream() -> AsyncIterator[Stream]:
    async with TelegramServer() as server:
        chat = server.forum()
        settings = Settings(token=SecretStr(server.token), api_url=server.url, webhook_secret=SecretStr("s"))
        channel = connect_channel(settings, pauses=(0.01,))
        desk = connect(DeskSettings(desk_chat=str(chat.id)), channel.api, no_files)
        channel.share(desk.events)
        reads = Questions()
        desk.listen(reads)
        try:
            yield Stream(server, channel, desk, Colleague(server, chat, server.user(7).id), reads)
        finally:
            await desk.close()
            await channel.close()


@asynccontextmanager
async def running(stream: Stream) -> AsyncIterator[None]:
    """Poll until all is confirmed."""
    task = asyncio.create_task(stream.channel.run(stream.shelf, lambda: NOW, {}))
    try:
        yield
        await stream.server.until(lambda: stream.server.updates.pending == 0)
        await stream.desk.close()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_each_event_is_read_by_whose_it_is() -> None:
    async with stream() as house:
        spot, _ = await house.desk.open(CARD, "open")
        house.server.user(1).says("good day")
        house.olga.says(int(spot.thread), "I am here")
        house.olga.says(0, "who is for lunch?")
        house.olga.says(int(spot.thread), "@shop_bot, are you there?")
        house.olga.presses(int(spot.thread), "Take over")
        async with running(house):
            pass
    said, *acts = house.shelf.events
    assert isinstance(said, Said)
    assert [type(act) for act in acts] == [Written, Written, Pressed]
    assert len({event.id for event in house.shelf.events}) == 4


async def test_nothing_is_confirmed_before_it_is_stored() -> None:
    async with stream() as house:
        spot, _ = await house.desk.open(CARD, "open")
        house.shelf.failures = 2
        house.olga.says(int(spot.thread), "keep me")
        house.olga.presses(int(spot.thread), "Take over")
        async with running(house):
            pass
    assert [type(event) for event in house.shelf.events] == [Written, Pressed]
    assert len(house.shelf.batches) == 1


async def test_a_webhook_is_divided_alike() -> None:
    async with stream() as house:
        spot, _ = await house.desk.open(CARD, "open")
        update = house.olga.says(int(spot.thread), "hi")
        body = orjson.dumps(update)
        headers = {"X-Telegram-Bot-Api-Secret-Token": "s"}
        (event,) = house.channel.webhook_events(headers, body, lambda: NOW)
        assert isinstance(event, Written)


async def test_questions_are_answered_beside_it_to_who_asked_alone() -> None:
    async with stream() as house:
        spot, card = await house.desk.open(CARD, "open")
        house.olga.says(int(spot.thread), "/stats week")
        house.olga.says(0, "/leads")
        house.olga.replies(int(card), "/why")
        house.olga.presses(int(spot.thread), "Won")
        house.olga.says(int(spot.thread), "/broken")
        async with running(house):
            pass
        olga = str(house.olga.id)
        assert house.reads.asked == [
            ("command", "stats", "week", olga, spot.thread),
            ("command", "leads", "", olga, ""),
            ("why", olga, spot.thread, card),
            ("form", "won", "c1", olga),
            ("command", "broken", "", olga, spot.thread),
        ]
        told = [(message.text, message.receiver) for message in house.server.messages.values()][1:]
        assert sorted(told) == [("/leads: nothing yet", house.olga.id), ("/stats: nothing yet", house.olga.id)]
    assert house.shelf.events == []


async def test_before_anybody_answers_questions_nothing_is_lost() -> None:
    async with stream() as house:
        spot, _ = await house.desk.open(CARD, "open")
        chat = Colleague(house.server, house.olga.chat, 8, "Pavel")
        lone = connect(DeskSettings(desk_chat=str(house.olga.chat.id)), house.channel.api, no_files)
        assert lone.events(chat.says(int(spot.thread), "/stats"), NOW) == []
        assert len(lone.events(chat.presses(int(spot.thread), "Take over"), NOW) or ()) == 1
        await lone.close()
