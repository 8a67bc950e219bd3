"""Answers to one person, which nobody else sees and which may be lost."""

from collections.abc import Awaitable, Mapping
from http import HTTPStatus
from typing import Final

import aiohttp
import structlog

from flows.desk import Post, Spot
from flows.errors import AssistantError, Retry
from flows.model import Json
from flows.ports.desk_reads import Respond
from integrations.desk.slack.blocks import message
from integrations.desk.slack.calls import POST, Calls
from integrations.desk.slack.events import Commanded, Press
from integrations.desk.slack.files import Files, Upload, name_of
from integrations.desk.slack.people import People

HINT_SECONDS: Final = 5.0
_PRIVATE: Final = ("D", "U", "W")  # how the ids of private channels and of people begin

log = structlog.get_logger(__name__)


class Answering:
    """Ephemeral messages where there is a channel for them; files, which Slack cannot show so, as private messages."""

    def __init__(self, calls: Calls, files: Files, people: People) -> None:
        self._calls = calls
        self._files = files
        self._people = people

    async def hint(self, method: str, params: Mapping[str, Json]) -> None:
        """Make a call that may fail."""
        await _quietly(method, self._calls.call(method, params, urgent=True, seconds=HINT_SECONDS))

    async def tell(self, spot: Spot, member: str, post: Post) -> None:
        """Show a post to one person in a thread. Never raises."""
        await _quietly("tell", self._tell(spot, member, post))

    def respond(self, found: Press | Commanded) -> Respond:
        """What answers a press or a command: at the address that came with it, else as `tell` does."""
        if isinstance(found, Press):
            address = found.event.address
            spot, member = Spot(address.channel, address.chat, address.thread), found.event.by
        else:
            spot, member = found.spot, found.member

        async def answer(post: Post) -> None:
            # In a thread an answer by address would stand outside of it.
            if found.response_url and not spot.thread and self._files.is_slacks(found.response_url):
                await _quietly("respond", self._respond(found.response_url, member, post))
            else:
                await self.tell(spot, member, post)

        return answer

    async def _tell(self, spot: Spot, member: str, post: Post) -> None:
        if not spot.channel or spot.channel.startswith(_PRIVATE):
            channel = await self._people.private(member)
            await self._calls.call(POST, {"channel": channel, **message(post).params}, urgent=True)
        else:
            params: dict[str, Json] = {"channel": spot.channel, "user": member, "thread_ts": spot.thread or None}
            await self._calls.call("chat.postEphemeral", {**params, **message(post).params}, urgent=True)
        await self._send_files(member, post)

    async def _respond(self, url: str, member: str, post: Post) -> None:
        shown = message(post)
        body = {"response_type": "ephemeral", "replace_original": False, "text": shown.text, "blocks": [*shown.blocks]}
        limit = aiohttp.ClientTimeout(total=HINT_SECONDS)
        try:
            async with self._calls.session.post(url, json=body, timeout=limit, allow_redirects=False) as answer:
                if answer.status != HTTPStatus.OK:
                    raise Retry(reason=f"an answer ended with HTTP {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(reason=f"an answer did not arrive: {type(error).__name__}") from None
        await self._send_files(member, post)

    async def _send_files(self, member: str, post: Post) -> None:
        uploads = [Upload(name_of(file), post.contents[file.ref]) for file in post.files if file.ref in post.contents]
        if uploads:
            await self._files.share(uploads, await self._people.private(member), "")


async def _quietly(what: str, work: Awaitable[object]) -> None:
    try:
        await work
    except AssistantError as error:
        log.info("slack hint lost", what=what, problem=str(error))
