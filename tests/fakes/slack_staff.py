"""Staff in the strict Slack: they write, press and ask, and Slack tells the product, as often as it takes."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.fakes.slack import SIGNING_SECRET, Deliver, SlackServer
from tests.fakes.slack_rules import buttons
from tests.fakes.slack_state import APP, BOT_USER, CHANNEL, TEAM, Hook, Upload

ACK_SECONDS = 3.0
RETRIES = (0.0, 60.0, 300.0)


@dataclass
class Sent:
    """A request of Slack's: how long each try took to be acknowledged, in seconds; None where it was not."""

    kind: str
    body: dict[str, Any]
    tries: list[float | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        """Whether the last try was."""
        return bool(self.tries) and self.tries[-1] is not None


class Staff:
    """People of the workspace; over HTTP where `deliver` is given, else through a socket of the product's."""

    def __init__(self, server: SlackServer, deliver: Deliver | None = None, retries: Sequence[float] = RETRIES) -> None:
        self.server = server
        self.state = server.state
        self._deliver = deliver
        self._retries = retries
        self._turn = 0
        self.patience = ACK_SECONDS

    # ------------------------------------------------------------ what people do
    async def writes(
        self, user: str, thread: str, text: str, *, channel: str = CHANNEL, files: Mapping[str, bytes] | None = None,
        mime: str = "application/octet-stream", blocks: Sequence[Any] = (), voice: bool = False,
    ) -> tuple[str, Sent]:  # fmt: skip
        """Write into a thread, or with an empty one into the channel; the message's id. Slack escapes `text`: do it."""
        message: dict[str, Any] = {"type": "message", "user": user, "ts": self.state.stamp(), "text": text,
                                   "client_msg_id": self.state.number("client"), "blocks": [*blocks]}  # fmt: skip
        if thread:
            message |= {"thread_ts": thread, "parent_user_id": BOT_USER}
        if files:
            shown = [self._file(user, name, content, mime, voice=voice) for name, content in files.items()]
            message |= {"subtype": "file_share", "files": self.state.shown(iter(shown)), "upload": True}
        self.state.channels[channel].messages[message["ts"]] = message
        event = {**message, "channel": channel, "event_ts": message["ts"], "channel_type": "channel"}
        return message["ts"], await self.tells(event)

    async def edits(self, ts: str, text: str, channel: str = CHANNEL) -> Sent:
        """Change the text of a message."""
        message = self.state.channels[channel].messages[ts]
        before = dict(message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self.state.stamp()}}
        return await self.tells({"type": "message", "subtype": "message_changed", "channel": channel, "hidden": True,
                                 "message": message, "previous_message": before, "ts": self.state.stamp()})  # fmt: skip

    async def deletes(self, ts: str, channel: str = CHANNEL) -> Sent:
        """Delete a message, anybody's."""
        before = self.state.channels[channel].messages.pop(ts)
        return await self.tells({"type": "message", "subtype": "message_deleted", "channel": channel, "hidden": True,
                                 "deleted_ts": ts, "previous_message": before, "ts": self.state.stamp()})  # fmt: skip

    async def wonders(self, user: str, ts: str, name: str = "question") -> Sent:
        """Put a question mark on a message."""
        author = self.state.channels[CHANNEL].messages[ts]["user"]
        item = {"type": "message", "channel": CHANNEL, "ts": ts}
        return await self.tells({"type": "reaction_added", "user": user, "item": item, "reaction": name,
                                 "item_user": author, "event_ts": self.state.stamp()})  # fmt: skip

    async def opens_home(self, user: str) -> Sent:
        """Open the Home tab."""
        return await self.tells({"type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": "home",
                                 "event_ts": self.state.stamp()})  # fmt: skip

    async def presses(self, user: str, ts: str, action: str, *, option: str = "", channel: str = CHANNEL) -> Sent:
        """Press a button of a message, or choose an option of a menu."""
        message = self.state.channels[channel].messages[ts]
        element = next(one for one in buttons(message["blocks"]) if one["action_id"] == action)
        pressed = {"action_id": action, "block_id": "b1", "type": element["type"], "action_ts": self.state.stamp()}
        if element["type"] == "static_select":
            pressed["selected_option"] = next(one for one in element["options"] if one["value"] == option)
        else:
            pressed |= {key: element[key] for key in ("value", "text", "style", "url") if key in element}
        container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False}
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        return await self._asks(
            "block_actions", user, container=container, channel={"id": channel, "name": "desk"}, message=message,
            actions=[pressed], response_url=self.hook(), state={"values": {}},
        )  # fmt: skip

    async def submits(self, user: str, fields: Mapping[str, str]) -> Sent:
        """Fill in the newest form."""
        view = self.state.views[-1]
        values = {block["block_id"]: {"value": _filled(block["element"], fields.get(block["block_id"], ""))}
                  for block in view["blocks"]}  # fmt: skip
        return await self._asks("view_submission", user, view={**view, "state": {"values": values}}, response_urls=[])

    async def commands(self, user: str, command: str, text: str = "") -> tuple[Sent, Hook]:
        """Call a slash command in the console's channel; what it is answered stands in the hook."""
        url = self.hook()
        body = {"token": "", "team_id": TEAM, "team_domain": "test", "channel_id": CHANNEL, "channel_name": "desk",
                "user_id": user, "user_name": "x", "command": command, "text": text, "api_app_id": APP,
                "is_enterprise_install": "false", "response_url": url, "trigger_id": self.trigger()}  # fmt: skip
        return await self._send("slash_commands", body), self.state.hooks[url.rpartition("/")[2]]

    async def tells(self, event: Mapping[str, Any], event_id: str = "") -> Sent:
        """Slack tells of an event, whatever it is."""
        body = {"token": "", "team_id": TEAM, "api_app_id": APP, "event": {**event}, "type": "event_callback",
                "event_id": event_id or self.state.number("Ev"), "event_time": int(time.time()),
                "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}]}  # fmt: skip
        return await self._send("events_api", body)

    async def echoes(self) -> list[Sent]:
        """Slack tells the app of everything that the app itself did."""
        told, self.state.events = self.state.events, []
        return [await self.tells(event) for event in told]

    # ------------------------------------------------------------ how Slack delivers
    async def send(self, kind: str, body: dict[str, Any], retry: int = 0, reason: str = "") -> tuple[float | None, int]:
        """One try: seconds until it was acknowledged, or None, and the status."""
        began = time.monotonic()
        if self._deliver:
            status = await self._over_http(kind, body, retry, reason)
        else:
            status = await self._over_socket(kind, body, retry, reason)
        return (time.monotonic() - began if 200 <= status < 300 else None), status

    def hook(self) -> str:
        """A new address for answers."""
        name = self.state.number("hook")
        self.state.hooks[name] = Hook()
        return f"{self.server.url}/hooks/{name}"

    def trigger(self) -> str:
        """A new trigger, good once for three seconds."""
        name = self.state.number("trigger")
        self.state.triggers[name] = time.monotonic()
        return name

    async def _asks(self, kind: str, user: str, **more: Any) -> Sent:
        body = {"type": kind, "user": {"id": user, "username": "x", "team_id": TEAM}, "team": {"id": TEAM},
                "api_app_id": APP, "token": "", "trigger_id": self.trigger(), **more}  # fmt: skip
        return await self._send("interactive", body)

    async def _send(self, kind: str, body: dict[str, Any]) -> Sent:
        """Events are tried again until they are acknowledged; nothing else is."""
        sent = Sent(kind, body)
        seconds, status = await self.send(kind, body)
        sent.tries.append(seconds)
        sent.statuses.append(status)
        for number, pause in enumerate(self._retries if kind == "events_api" else (), start=1):
            if sent.acknowledged:
                break
            await asyncio.sleep(pause / self.server.pace)
            seconds, status = await self.send(kind, body, number, "http_error")
            sent.tries.append(seconds)
            sent.statuses.append(status)
        return sent

    async def _over_http(self, kind: str, body: dict[str, Any], retry: int, reason: str) -> int:
        assert self._deliver
        if kind == "events_api":
            raw, media = json.dumps(body).encode(), "application/json"
        else:
            form = {"payload": json.dumps(body)} if kind == "interactive" else body
            raw, media = urlencode(form).encode(), "application/x-www-form-urlencoded"
        headers = {**signed(raw), "Content-Type": media}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        try:
            status, _ = await asyncio.wait_for(self._deliver(headers, raw), self.patience)
        except TimeoutError:
            return 599
        return status

    async def _over_socket(self, kind: str, body: dict[str, Any], retry: int, reason: str) -> int:
        if not self.state.sockets:
            return 599
        self._turn += 1
        socket = self.state.sockets[self._turn % len(self.state.sockets)]
        envelope = self.state.number("envelope")
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        socket.waiting[envelope] = waiting
        frame = {
            "type": kind,
            "envelope_id": envelope,
            "payload": body,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            frame |= {"retry_attempt": retry, "retry_reason": reason}
        try:
            await socket.link.send_json(frame)
            await asyncio.wait_for(waiting, self.patience)
        except (TimeoutError, ConnectionError):
            socket.waiting.pop(envelope, None)
            return 599
        return 200

    def _file(self, user: str, name: str, content: bytes, mime: str, *, voice: bool) -> str:
        file = Upload(self.state.number("F"), name, len(content), user, content, mime, "slack_audio" if voice else "")
        self.state.files[file.id] = file
        return file.id


def signed(body: bytes, secret: str = SIGNING_SECRET, stamp: float | None = None) -> dict[str, str]:
    """The headers by which Slack is known."""
    at = str(int(time.time() if stamp is None else stamp))
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


def _filled(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    match element["type"]:
        case "static_select":
            option = next((one for one in element["options"] if one["value"] == value), None)
            return {"type": "static_select", "selected_option": option}
        case "users_select":
            return {"type": "users_select", "selected_user": value or None}
        case kind:
            return {"type": kind, "value": value or None}
