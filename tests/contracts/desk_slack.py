"""The house of the Slack desk: the strict fake, and the adapter listening to it over signed HTTP."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html import unescape
from typing import Any, Literal

from pydantic import SecretStr

from flows.desk import Post, Spot
from flows.errors import Refused
from flows.events import Event, Pressed
from flows.model import File
from flows.ports.desk_reads import Respond
from integrations.clock import clock_in
from integrations.desk.slack.adapter import Settings, Slack, connect
from tests.contracts.desk_house import Seen
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.fakes.slack_reading import called, files, labels, readable
from tests.fakes.slack_rules import buttons
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import CHANNEL, Upload

PACE = 500.0
UNLIMITED = 1_000_000.0
MARKS: Mapping[str, Literal["delivered", "failed"]] = {"white_check_mark": "delivered", "warning": "failed"}


class Silent:
    """Nobody asks here."""

    async def command(self, name: str, arguments: str, member: str, spot: Spot, respond: Respond) -> None:
        await respond(Post(arguments))

    async def home(self, member: str) -> None: ...

    async def why(self, member: str, spot: Spot, message: str) -> None: ...

    def shows(self, action: str) -> bool:
        return False

    async def form(self, pressed: Pressed, trigger: str, respond: Respond) -> None: ...


class SlackHouse:
    """See `DeskHouse`."""

    finds = True
    colleague = "U0OLGA"
    stranger = "U0NOBODY"

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        self.contents: dict[str, bytes] = {}
        self.heard: list[Event] = []
        settings = Settings(
            bot_token=SecretStr(BOT_TOKEN),
            channel=CHANNEL,
            signing_secret=SecretStr(SIGNING_SECRET),
            api_url=server.api_url,
        )
        self.desk: Slack = connect(settings, clock_in("UTC"), self._content, pauses=(0.01,), pace=PACE)
        self.staff = Staff(server, self._deliver, retries=())
        server.state.join(self.colleague, "Olga")

    # ------------------------------------------------------------ what is seen
    def thread(self, spot: Spot) -> Sequence[Seen]:
        if spot.thread not in self.server.state.channels[spot.channel].messages:
            return []
        return self._seen(self.server.state.thread(spot.thread, spot.channel))

    def threads(self) -> int:
        return len(self.server.state.roots())

    def letters(self, member: str) -> Sequence[Seen]:
        channel = self.server.state.channels.get(f"D{member}")
        return self._seen([*channel.messages.values()]) if channel else []

    def whispers(self, member: str) -> Sequence[str]:
        own = [readable(one) for one in self.server.state.whispers if one["user"] == member]
        return [*own, *(seen.text for seen in self.letters(member))]

    def mark(self, spot: Spot, message: str) -> Literal["", "delivered", "failed"]:
        marks = self.server.state.reactions.get((spot.channel, message), [])
        return MARKS[marks[-1]] if marks else ""

    # ------------------------------------------------------------ what staff do
    async def writes(self, spot: Spot, text: str, content: bytes = b"") -> Sequence[Event]:
        sent = {"offer.pdf": content} if content else {}
        await self.staff.writes(self.colleague, spot.thread, typed(text), files=sent)
        return self._news()

    async def edits(self, spot: Spot, message: str, text: str) -> Sequence[Event]:
        await self.staff.edits(message, typed(text))
        return self._news()

    async def takes_back(self, spot: Spot, message: str) -> Sequence[Event]:
        await self.staff.deletes(message)
        return self._news()

    async def presses(self, spot: Spot, label: str) -> Sequence[Event]:
        for message in reversed(self.server.state.thread(spot.thread)):
            for element in buttons(message["blocks"]):
                option = next((one for one in element.get("options", []) if one["text"]["text"] == label), None)
                if option or element.get("text", {}).get("text") == label:
                    value = option["value"] if option else ""
                    await self.staff.presses(self.colleague, message["ts"], element["action_id"], option=value)
                    return self._news()
        raise AssertionError(f"no button {label!r}")

    async def fills_in(self, spot: Spot, fields: Mapping[str, str]) -> Sequence[Event]:
        await self.staff.submits(self.colleague, fields)
        return self._news()

    def trigger(self) -> str:
        return self.staff.trigger()

    def large_file(self) -> File:
        size = 20 * 1024 * 1024 + 1
        self.server.state.files["FLARGE"] = Upload("FLARGE", "large", size, self.colleague, bytes(size))
        return File("document", "FLARGE")

    # ------------------------------------------------------------ what breaks
    def lose(self, times: int = 1) -> None:
        self.server.fail("chat.postMessage", status=502, done=True, times=times)

    def flood(self, seconds: int) -> None:
        self.server.fail("chat.postMessage", status=429, after=seconds)

    def delete_thread(self, spot: Spot) -> None:
        messages = self.server.state.channels[spot.channel].messages
        for message in self.server.state.thread(spot.thread, spot.channel):
            del messages[message["ts"]]

    def archive(self) -> None:
        self.server.state.channels[CHANNEL].archived = True

    def deny(self) -> None:
        self.server.state.scopes.discard("chat:write")

    # ------------------------------------------------------------ how it works
    async def hear(self, events: Sequence[Event]) -> None:
        self.heard += events

    def _news(self) -> Sequence[Event]:
        heard, self.heard = self.heard, []
        return heard

    async def _deliver(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        answer = await self.desk.request(headers, body)
        return answer.status, answer.body

    async def _content(self, file: File) -> bytes:
        if file.ref not in self.contents:
            raise Refused("there is no such file", "gone")
        return self.contents[file.ref]

    def _seen(self, messages: Sequence[Mapping[str, Any]]) -> Sequence[Seen]:
        return [
            Seen(one["ts"], readable(one), labels(one), files(self.server.state, one), called(one)) for one in messages
        ]


@asynccontextmanager
async def slack_house() -> AsyncIterator[SlackHouse]:
    """A channel before the adapter, and one colleague in it."""
    async with SlackServer(UNLIMITED) as server:
        house = SlackHouse(server)
        try:
            await house.desk.run(house.hear, Silent())
            yield house
        finally:
            await house.desk.close()


def typed(text: str) -> str:
    """What Slack tells of a text that somebody typed."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    words = (f"<{word}>" if unescape(word).startswith("https://") else word for word in escaped.split(" "))
    return " ".join(words)
