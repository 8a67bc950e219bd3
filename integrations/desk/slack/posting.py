"""Puts posts into Slack once: what may be there already is looked for before it is posted again."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

import structlog

from flows.desk import Post
from flows.errors import Refused, Retry
from flows.model import File, Json
from flows.ports.desk import Contents
from flows.ports.turns import Clock
from integrations.desk.slack.blocks import Message, message, messages
from integrations.desk.slack.calls import POST, Calls
from integrations.desk.slack.faults import Unclear
from integrations.desk.slack.files import Files, Upload, name_of

EVENT_TYPE: Final = "sales_desk_post"
REMEMBERED: Final = 10_000
LOOK_BACK: Final = timedelta(days=2)
PAGE: Final = 200
PAGES: Final = 5
K = TypeVar("K")
V = TypeVar("V")
_REFUSED_BLOCKS: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})

log = structlog.get_logger(__name__)


@dataclass
class _Try:
    """What is known of a post: its messages by number, whether its files are there, whether that may be too little."""

    parts: dict[int, str] = field(default_factory=dict)
    shared: bool = False
    unclear: bool = False


class Posting:
    """Every post has a key, of which a digest goes into the message's metadata: it names nobody.

    A thread is looked at when this process posts into it for the first time, for an earlier one may have died between
    posting and writing that down; the channel, before every new thread; and both after an end that nobody knows.
    """

    def __init__(
        self,
        calls: Calls,
        files: Files,
        contents: Contents | None,
        clock: Clock,
        is_ours: Callable[[Mapping[str, Json]], bool],
    ) -> None:
        self._calls = calls
        self._is_ours = is_ours
        self._files = files
        self._contents = contents
        self._clock = clock
        self._tries: OrderedDict[tuple[str, str], _Try] = OrderedDict()
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def open(self, channel: str, post: Post, key: str) -> str:
        """Begin a thread with one message; its id is the thread's. Raises as `Calls.call` does."""
        done = self._try(channel, key)
        if not done.parts or done.unclear:
            await self._look(channel, "", post, key, done)
        found = bool(done.parts)
        uploads = await self._uploads(post, done)
        await self._fill(channel, "", (message(post),), key, done, urgent=post.urgent)
        root = done.parts[0]
        if not found:
            _remember(self._seen, (channel, root), None)
        await self._share(uploads, channel, root, done)
        return root

    async def post(self, channel: str, thread: str, post: Post, key: str) -> str:
        """Post into a thread, or into a channel without one; the id of the first message. Raises as `Calls.call`."""
        done = self._try(channel, key)
        if done.unclear or (not done.parts and (channel, thread) not in self._seen):
            await self._look(channel, thread, post, key, done)
        uploads = await self._uploads(post, done)
        await self._fill(channel, thread, messages(post), key, done, urgent=post.urgent)
        _remember(self._seen, (channel, thread), None)
        await self._share(uploads, channel, thread, done)
        return done.parts[0]

    def _try(self, channel: str, key: str) -> _Try:
        return _remember(self._tries, (channel, key), self._tries.get((channel, key)) or _Try())

    # ------------------------------------------------------------ what is there already
    async def _look(self, channel: str, thread: str, post: Post, key: str, done: _Try) -> None:
        """Find the messages and files of a key. Raises `Refused` (gone) where there is no such thread."""
        method = "conversations.replies" if thread else "conversations.history"
        params: dict[str, Json] = {
            "channel": channel,
            "ts": thread or None,
            "limit": PAGE,
            "include_all_metadata": True,
            "oldest": f"{(self._clock() - LOOK_BACK).timestamp():.6f}",
        }
        found: list[dict[str, Json]] = []
        for _ in range(PAGES):
            reply = await self._calls.call(method, params, urgent=True)
            listed = reply.get("messages")
            found += [entry for entry in (listed if isinstance(listed, list) else []) if isinstance(entry, dict)]
            more = reply.get("response_metadata")
            params["cursor"] = more.get("next_cursor") if isinstance(more, dict) else None
            if not params["cursor"]:
                break
        for entry in found:
            number = _number(entry, _digest(key))
            if number is not None:
                done.parts.setdefault(number, str(entry.get("ts")))
        names = {name_of(file) for file in post.files}
        since = done.parts.get(0)
        if since is not None and any(self._is_ours(entry) and _shows(entry, names, since) for entry in found):
            done.shared = True
        done.unclear = False

    # ------------------------------------------------------------ what is missing
    async def _fill(
        self, channel: str, thread: str, made: Sequence[Message], key: str, done: _Try, *, urgent: bool
    ) -> None:
        for number, part in enumerate(made):
            if number in done.parts:
                continue
            params: dict[str, Json] = {
                "channel": channel,
                "thread_ts": thread or None,
                "unfurl_links": False,
                "unfurl_media": False,
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": _digest(key), "part": number}},
            }
            try:
                done.parts[number] = await self._send(params, part, urgent=urgent)
            except Unclear:
                done.unclear = True
                raise

    async def _send(self, params: dict[str, Json], part: Message, *, urgent: bool) -> str:
        try:
            reply = await self._calls.call(POST, {**params, **part.params}, urgent=urgent)
        except Refused as error:
            if error.detail not in _REFUSED_BLOCKS or any(block["type"] == "actions" for block in part.blocks):
                raise
            log.warning("slack refused blocks", error=error.detail)
            plain = {name: value for name, value in part.params.items() if name != "blocks"}
            reply = await self._calls.call(POST, {**params, **plain}, urgent=urgent)
        posted = str(reply.get("ts") or "")
        sent = reply.get("message")
        if params.get("thread_ts") and isinstance(sent, dict) and not sent.get("thread_ts"):
            # Where the thread is gone, nothing of it may stand alone in the channel.
            await self._calls.call("chat.delete", {"channel": params["channel"], "ts": posted}, urgent=True)
            raise Refused(reason="the thread is not there any more", state="gone")
        return posted

    async def _uploads(self, post: Post, done: _Try) -> list[Upload]:
        """The bytes of a post's files, read before anything is posted; one that cannot be had is left out."""
        uploads: list[Upload] = []
        for file in () if done.shared else post.files:
            try:
                uploads.append(Upload(name_of(file), await self._content(post, file)))
            except Refused as error:
                log.warning("file left out", kind=file.kind, state=error.state)
        return uploads

    async def _content(self, post: Post, file: File) -> bytes:
        made = post.contents.get(file.ref)
        if made is not None:
            return made
        if self._contents is None:
            raise Refused(reason="nobody has the bytes of this file", state="gone")
        return await self._contents(file)

    async def _share(self, uploads: Sequence[Upload], channel: str, thread: str, done: _Try) -> None:
        if done.shared or not uploads:
            return
        try:
            await self._files.share(uploads, channel, thread)
        except Retry as error:
            done.unclear = done.unclear or isinstance(error, Unclear)
            raise
        done.shared = True


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _number(entry: dict[str, Json], digest: str) -> int | None:
    """Which part of the post of that key a message is; None for others."""
    metadata = entry.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict) or payload.get("key") != digest:
        return None
    number = payload.get("part")
    return number if isinstance(number, int) else 0


def _shows(entry: Mapping[str, Json], names: set[str], since: str) -> bool:
    """Whether a message that came after another one carries files of these names."""
    listed = entry.get("files")
    shown = {str(file.get("title")) for file in (listed if isinstance(listed, list) else []) if isinstance(file, dict)}
    return bool(names & shown) and _moment(str(entry.get("ts"))) > _moment(since)


def _moment(ts: str) -> tuple[int, ...]:
    return tuple(int(part) for part in ts.split(".") if part.isdecimal())


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> V:
    """Keep a bounded memory of what would at worst cost another look if it were lost."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
    return value
