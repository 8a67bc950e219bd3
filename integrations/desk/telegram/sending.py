"""Sends what the desk has to say to the group: in its pace, in parts, and not again what has already arrived."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import structlog

from flows.desk import Post, Spot
from flows.errors import AssistantError, Refused, Retry
from flows.model import File, Json
from flows.ports.desk import Contents
from integrations.desk.telegram import render
from integrations.desk.telegram.api import BotCalls
from integrations.desk.telegram.faults import CLOSED, of_group, of_person
from integrations.desk.telegram.intake import Place
from integrations.desk.telegram.keyboards import keyboard
from integrations.desk.telegram.pace import Pace
from integrations.telegram_html import fits

REMEMBERED: Final = 10_000
UPLOAD_LIMIT: Final = 50 * 1024 * 1024
PHOTO_LIMIT: Final = 10 * 1024 * 1024
_WHOLE: Final = "whole-text"

K = TypeVar("K")
V = TypeVar("V")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A post as calls, in order; the id of the first is the post's. `contents` are the bytes of files made here."""

    calls: tuple[render.Call, ...]
    contents: Mapping[str, bytes]


def parcel(post: Post, names: Mapping[str, str], here: str, *, card: bool = False) -> Parcel:
    """A post as calls: its words first, with the buttons on the first of them, then its files.

    A `card` is one message, so that it can be changed in place. Raises `Refused` for a post without anything to see.
    """
    words = render.single(post, names) if card else render.worded(post, names)
    files, contents, parts = list(post.files), dict(post.contents), list(words.parts)
    if words.whole:
        files.append(File("document", _WHOLE, "message.txt", "text/plain"))
        contents[_WHOLE] = words.whole.encode("utf-8", "replace")
    keys = keyboard(post.controls, here)
    if len(files) == 1 and len(parts) == 1 and not card and _captions(files[0], parts[0].plain):
        calls = [render.file_call(files[0], parts.pop())]
    else:
        calls = [render.text_call(part) for part in parts]
        calls += [render.file_call(file) for file in files]
    if not calls:
        raise Refused(reason="a post without anything to see", state="invalid")
    if keys is not None:
        calls[0].params["reply_markup"] = keys
    return Parcel(tuple(calls), contents)


class Sending:
    """The messages of one bot in one group. What is `urgent` may have the last of what Telegram allows."""

    def __init__(self, api: BotCalls, place: Place, contents: Contents) -> None:
        self._api = api
        self._chat = place.chat
        self._own = f"{place.desk}:{place.bot}:"
        self._contents = contents
        self._pace = Pace()
        self._sent: OrderedDict[tuple[Spot, str], tuple[str, ...]] = OrderedDict()

    async def post(self, spot: Spot, made: Parcel, key: str, *, urgent: bool) -> str:
        """Send what of a post has not arrived; the id of its first message.

        A key that was used at that place sends nothing; an empty one is not remembered.
        """
        sent = list(self._sent.get((spot, key), ()))
        for call in made.calls[len(sent) :]:
            self.spend(spot, urgent=urgent or bool(sent))
            sent.append(str(await self._deliver(spot, call, made.contents)))
            if key:
                remember(self._sent, (spot, key), tuple(sent))
        return sent[0]

    def spend(self, spot: Spot, *, urgent: bool) -> None:
        """Count a message in the group. Raises `Retry` where it would be one too many."""
        if spot.channel != self._chat:
            return
        now = asyncio.get_running_loop().time()
        if wait := self._pace.wait(now, urgent=urgent):
            raise Retry(reason="the group gets as many messages as Telegram allows", after=wait)
        self._pace.count(now)

    async def call(self, spot: Spot, name: str, params: Mapping[str, Json]) -> Json:
        """A call about the group, or about one person where the spot is a private chat."""
        return await self._opened(spot, lambda: self._api.call(name, {**target(spot), **params}))

    async def edited(self, spot: Spot, call: render.Call) -> None:
        """Make a call that changes a message; one that changes nothing is no error."""
        try:
            await self._formatted(spot, call)
        except Refused as error:
            if error.state != "unchanged":
                raise

    async def _opened(self, spot: Spot, make: Callable[[], Awaitable[V]]) -> V:
        """Make a call; a topic that somebody closed is opened for it. Raises as the port tells."""
        try:
            return await make()
        except Retry as error:
            if error.after is not None and spot.channel == self._chat:
                self._pace.hold(asyncio.get_running_loop().time() + error.after)
            raise
        except Refused as error:
            if not spot.thread or CLOSED not in error.reason.lower():
                raise self._told(spot, error) from error
        try:
            await self._api.call("reopenForumTopic", target(spot))
            return await make()
        except Refused as error:
            raise self._told(spot, error) from error

    def _told(self, spot: Spot, error: Refused) -> AssistantError:
        return of_group(error) if spot.channel == self._chat else of_person(error)

    async def _formatted(self, spot: Spot, call: render.Call) -> Json:
        try:
            return await self.call(spot, call.name, call.params)
        except Refused as error:
            if error.state != "unparsable" or not call.text:
                raise
            log.warning("desk formatting refused", method=call.name)
            return await self.call(spot, call.name, call.unformatted().params)

    async def _deliver(self, spot: Spot, call: render.Call, contents: Mapping[str, bytes]) -> int:
        if call.file is None:
            return _id(await self._formatted(spot, call))
        if call.file.ref.startswith(self._own) and (sent := await self._again(spot, call, call.file)):
            return sent
        content = await self._content(call.file, contents)
        if content is not None and len(content) <= UPLOAD_LIMIT:
            try:
                return await self._upload(spot, call, call.file, content)
            except Refused as error:
                if error.state not in {"too_large", "invalid"}:
                    raise
                log.warning("desk file refused", problem=error.state)
        # Whatever is wrong with a file, the words that came with it are shown.
        return _id(await self._formatted(spot, render.instead(call, call.file)))

    async def _again(self, spot: Spot, call: render.Call, file: File) -> int:
        """Send what this bot got from a prospect by its id; 0 where Telegram does not take it so."""
        ref = file.ref.removeprefix(self._own)
        params = {key: ref if value == file.ref else value for key, value in call.params.items()}
        try:
            return _id(await self._formatted(spot, replace(call, params=params, file=None)))
        except Refused as error:
            if error.state != "invalid":
                raise
            return 0

    async def _content(self, file: File, contents: Mapping[str, bytes]) -> bytes | None:
        """The bytes of a file, None where they cannot be had."""
        if (made := contents.get(file.ref)) is not None:
            return made
        try:
            return await self._contents(file)
        except Refused as error:
            log.warning("desk file not to be had", problem=error.state)
            return None

    async def _upload(self, spot: Spot, call: render.Call, file: File, content: bytes) -> int:
        fit = render.as_document(call, file) if len(content) > PHOTO_LIMIT and call.name == "sendPhoto" else call
        params, name = {**target(spot), **fit.params}, file.name or file.kind
        return await self._opened(spot, lambda: self._api.upload(fit.name, params, file.ref, content, name))


def target(spot: Spot) -> dict[str, Json]:
    """The parameters that say where. Raises `Refused` for a place that is none of Telegram's."""
    try:
        to: dict[str, Json] = {"chat_id": int(spot.channel)}
        if spot.thread:
            to["message_thread_id"] = int(spot.thread)
    except ValueError:
        raise Refused(reason="not a place in Telegram", state="gone") from None
    return to


def remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep a bounded memory of what would at worst cost a repeat if it were lost."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)


def _captions(file: File, text: str) -> bool:
    return file.kind not in {"location", "sticker"} and fits(text, render.CAPTION_LIMIT)


def _id(result: Json) -> int:
    found = result.get("message_id") if isinstance(result, dict) else None
    return found if isinstance(found, int) else 0
