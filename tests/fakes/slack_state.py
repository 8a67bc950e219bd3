"""What a workspace holds: people, channels, messages, files, views, and who is connected."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.slack_rules import Refusal

TEAM, BOT_USER, BOT, APP, CHANNEL = "T0TEAM", "U0BOT", "B0BOT", "A0APP", "C0DESK"
ALL_SCOPES = frozenset(
    {
        "chat:write", "commands", "app_mentions:read", "channels:history", "groups:history", "im:history",
        "channels:read", "groups:read", "im:write", "users:read", "users:read.email", "usergroups:read", "files:write",
        "files:read", "reactions:read", "reactions:write",
    }
)  # fmt: skip


@dataclass
class Fault:
    """What the next calls of a method come to."""

    method: str
    error: str
    status: int
    after: int
    lost: bool
    done: bool
    times: int


@dataclass
class Channel:
    """A channel, public or private."""

    id: str
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Upload:
    """A file, on its way or here."""

    id: str
    name: str
    length: int
    user: str
    content: bytes = b""
    mime: str = "application/octet-stream"
    subtype: str = ""
    title: str = ""
    shown: bool = False
    moved_to: str = ""


@dataclass
class Hook:
    """An address for answers."""

    answers: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Socket:
    """An open connection and what was not acknowledged on it."""

    link: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class State:
    """Everything; plain attributes for tests to read and to break."""

    def __init__(self) -> None:
        self.url = ""
        self.scopes = set(ALL_SCOPES)
        self.revoked: set[str] = set()
        self.home_enabled = True
        self.orphans = False  # whether a post into a thread that is gone lands in the channel
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: list[dict[str, Any]] = []
        self.channels = {CHANNEL: Channel(CHANNEL, {BOT_USER})}
        self.files: dict[str, Upload] = {}
        self.hooks: dict[str, Hook] = {}
        self.triggers: dict[str, float] = {}
        self.used_triggers: set[str] = set()
        self.views: list[dict[str, Any]] = []
        self.homes: dict[str, dict[str, Any]] = {}
        self.whispers: list[dict[str, Any]] = []
        self.reactions: dict[tuple[str, str], list[str]] = {}
        self.tickets: set[str] = set()
        self.sockets: list[Socket] = []
        self.opened = 0
        self.events: list[dict[str, Any]] = []  # of what we did ourselves: they come back to us
        self._numbers = itertools.count(1)
        self.join("U0ANNA", "Anna", "anna@example.com")
        self.join("U0BORIS", "Boris", "boris@example.com", locale="en-US")

    def join(self, user: str, name: str, email: str = "", locale: str = "ru-RU") -> None:
        """Somebody is in the workspace and in the console's channel."""
        profile = {"display_name": name, "real_name": name, "email": email}
        self.users[user] = {"id": user, "team_id": TEAM, "name": name.lower(), "deleted": False, "is_bot": False,
                            "locale": locale, "profile": profile}  # fmt: skip
        self.channels[CHANNEL].members.add(user)

    def number(self, prefix: str) -> str:
        """An id that was never given before."""
        return f"{prefix}{next(self._numbers):08d}"

    def stamp(self) -> str:
        """A message's id: the time, with six digits that make it unique."""
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def channel(self, channel: object) -> Channel:
        """A channel that the app may read."""
        found = self.channels.get(str(channel))
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def writable(self, channel: object) -> Channel:
        """A channel that the app may write into."""
        found = self.channel(channel)
        if found.archived:
            raise Refusal("is_archived")
        if BOT_USER not in found.members:
            raise Refusal("not_in_channel")
        return found

    def message(self, channel: Channel, ts: object) -> dict[str, Any]:
        """A message that is there."""
        found = channel.messages.get(str(ts))
        if found is None:
            raise Refusal("message_not_found")
        return found

    def thread(self, ts: str, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """A root and its replies, oldest first."""
        return [one for one in self.channels[channel].messages.values() if ts in {one["ts"], one.get("thread_ts")}]

    def roots(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """The messages that begin threads, or could."""
        return [one for one in self.channels[channel].messages.values() if one.get("thread_ts", one["ts"]) == one["ts"]]

    def told(self, event: dict[str, Any]) -> None:
        """Remember an event of our own doing."""
        self.events.append(event)

    def shown(self, ids: Iterator[str]) -> list[dict[str, Any]]:
        """Files as messages show them."""
        return [self.file(self.files[one]) for one in ids]

    def file(self, file: Upload) -> dict[str, Any]:
        """A file as Slack describes it."""
        url = f"{self.url}/files/{file.id}/{file.name}"
        return {"id": file.id, "name": file.name, "title": file.title or file.name, "mimetype": file.mime,
                "subtype": file.subtype, "size": len(file.content), "user": file.user, "mode": "hosted",
                "url_private": url, "url_private_download": url}  # fmt: skip
