"""The house of the Telegram desk: a forum of the strict fake, and the channel's calls before it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Literal

from flows.desk import Spot
from flows.errors import Refused
from flows.events import Event
from flows.model import File
from integrations.channels.telegram.api import BotApi
from integrations.desk.telegram.adapter import Settings, connect
from integrations.desk.telegram.words import Words
from tests.contracts.desk_house import Seen
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_faults import Fault, flood
from tests.fakes.telegram_forum import Colleague
from tests.fakes.telegram_methods import Message
from tests.fakes.telegram_user import Content

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
MARKS: Mapping[str, Literal["delivered", "failed"]] = {"👍": "delivered", "👎": "failed"}
HEADING = " ▾"
CANCEL = "✖"


class TelegramHouse:
    """See `DeskHouse`."""

    finds = False

    def __init__(self, server: TelegramServer, api: BotApi) -> None:
        self.server = server
        self.chat = server.forum()
        self.contents: dict[str, bytes] = {}
        olga = server.user(7, name="Olga")
        self.olga = Colleague(server, self.chat, olga.id)
        self.colleague, self.stranger = str(olga.id), "999"
        self.api = api
        self.desk = connect(Settings(desk_chat=str(self.chat.id)), api, self.content, Words())

    # ------------------------------------------------------------ what is seen
    def thread(self, spot: Spot) -> Sequence[Seen]:
        return [_seen(message) for message in self.olga.sees(int(spot.thread))]

    def threads(self) -> int:
        assert self.chat.forum is not None
        return len(self.chat.forum.topics)

    def letters(self, member: str) -> Sequence[Seen]:
        messages = self.server.messages.values()
        return [_seen(message) for message in messages if message.chat == int(member) and not message.deleted]

    def whispers(self, member: str) -> Sequence[str]:
        own = [message.text for message in self.server.messages.values() if message.receiver == int(member)]
        return [*own, *(seen.text for seen in self.letters(member))]

    def mark(self, spot: Spot, message: str) -> Literal["", "delivered", "failed"]:
        assert self.chat.forum is not None
        shown = self.chat.forum.reactions.get(int(message), "")
        return MARKS[shown] if shown else ""

    # ------------------------------------------------------------ what staff do
    async def writes(self, spot: Spot, text: str, content: bytes = b"") -> Sequence[Event]:
        told = {"caption": text, **self.olga.document(content)} if content else {"text": text}
        return await self.hears(self.olga.sends(int(spot.thread), told))

    async def edits(self, spot: Spot, message: str, text: str) -> Sequence[Event]:
        return await self.hears(self.olga.edits(int(message), text))

    async def takes_back(self, spot: Spot, message: str) -> Sequence[Event]:
        return await self.hears(self.olga.replies(int(message), "/undo"))

    async def presses(self, spot: Spot, label: str) -> Sequence[Event]:
        first = await self.hears(self.olga.presses(int(spot.thread), label))
        return first or await self.hears(self.olga.presses(int(spot.thread), label))

    async def fills_in(self, spot: Spot, fields: Mapping[str, str]) -> Sequence[Event]:
        asked = self.olga.sees(int(spot.thread))[-1]
        for value in fields.values():
            for row in (asked.markup or {}).get("inline_keyboard", []):
                for button in row:
                    if f"={value}|" in button["callback_data"]:
                        return await self.hears(self.olga.presses_data(asked, button["callback_data"]))
        return await self.hears(self.olga.replies(asked.id, "\n".join(fields.values())))

    def trigger(self) -> str:
        return "1"

    def large_file(self) -> File:
        (path,) = {"documents/large"}
        self.server.stored_files[path] = bytes(20 * 1024 * 1024 + 1)
        return File("document", f"file-{path}")

    async def hears(self, update: Content) -> Sequence[Event]:
        """What the desk makes of an update, its hints done."""
        events = self.desk.events(update, NOW)
        await self.desk.close()
        assert events is not None
        return events

    # ------------------------------------------------------------ what breaks
    def lose(self, times: int = 1) -> None:
        self.server.fail(Fault("lost"), "sendMessage", times=times)

    def flood(self, seconds: int) -> None:
        self.server.fail(flood(seconds), chat=self.chat.id)

    def delete_thread(self, spot: Spot) -> None:
        assert self.chat.forum is not None
        for message in self.olga.sees(int(spot.thread)):
            message.deleted = True
        del self.chat.forum.topics[int(spot.thread)]

    def archive(self) -> None:
        assert self.chat.forum is not None
        self.chat.forum.status = "kicked"

    def deny(self) -> None:
        assert self.chat.forum is not None
        self.chat.forum.rights.discard("can_manage_topics")

    async def content(self, file: File) -> bytes:
        if file.ref not in self.contents:
            raise Refused("there is no such file", "gone")
        return self.contents[file.ref]


@asynccontextmanager
async def telegram_house() -> AsyncIterator[TelegramHouse]:
    """A forum before the adapter, and one colleague in it."""
    async with TelegramServer() as server:
        api = BotApi(server.token, server.url)
        house = TelegramHouse(server, api)
        try:
            yield house
        finally:
            await house.desk.close()
            await api.close()


def _seen(message: Message) -> Seen:
    labels = tuple(label for label in message.labels if not label.endswith(HEADING))
    files = (message.content,) if message.content else ()
    return Seen(str(message.id), message.text, labels, files, message.called)
