"""A forum of the fake Telegram: topics, rights, members, and what may be written where and how often."""

import html
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_rules import TAG, ApiError, bad_request, unescaped, utf16

TITLE_LIMIT = 128
PER_MINUTE = 20
MINUTE = 60.0
REACTIONS = frozenset(
    "❤👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)
CALL = re.compile(r'<a href="tg://user\?id=(\d+)">')
NAME = re.compile(r"(?<!\w)@(?:[A-Za-z]\w{3,31}|all|channel|here|everyone)\b")
SILENT = re.compile(r"<(a|code|pre)\b[^>]*>.*?</\1>", re.DOTALL)


@dataclass
class Topic:
    """A topic; one that was deleted is not kept."""

    id: int
    name: str
    closed: bool = False


@dataclass
class Forum:
    """What a supergroup with topics has beside its messages."""

    topics: dict[int, Topic] = field(default_factory=dict)
    status: str = "administrator"
    rights: set[str] = field(default_factory=lambda: {"can_manage_topics", "can_delete_messages"})
    members: dict[int, dict[str, Any]] = field(default_factory=dict)
    said: set[int] = field(default_factory=set)
    reactions: dict[int, str] = field(default_factory=dict)
    whispers: bool = True  # False is a server that does not know messages for one person
    per_minute: int = PER_MINUTE
    sent: deque[float] = field(default_factory=deque)

    def may(self, right: str) -> bool:
        """Whether the bot has a right."""
        return self.status == "administrator" and right in self.rights

    def topic(self, thread: object) -> Topic:
        """A topic of that id; there is no other way to say that it was deleted."""
        found = self.topics.get(int(str(thread or 0)))
        if found is None:
            raise bad_request("message thread not found")
        return found

    def admit(self, params: Mapping[str, Any]) -> None:
        """Refuse a message that is one too many, or for a topic that is closed or gone."""
        if self.status in {"left", "kicked"}:
            raise ApiError(403, "Forbidden: bot was kicked from the supergroup chat")
        if self.status == "restricted":
            raise bad_request("not enough rights to send text messages to the chat")
        if params.get("message_thread_id") is not None and self.topic(params["message_thread_id"]).closed:
            raise bad_request("TOPIC_CLOSED")
        receiver = params.get("ephemeral_message_parameters")
        if receiver is not None and self.whispers and int(receiver["receiver_user_id"]) not in self.members:
            raise bad_request("USER_NOT_PARTICIPANT")
        self.count()

    def count(self) -> None:
        """Count what a group gets in a minute."""
        now = time.monotonic()
        while self.sent and self.sent[0] <= now - MINUTE:
            self.sent.popleft()
        if len(self.sent) >= self.per_minute:
            wait = int(self.sent[0] + MINUTE - now) + 1
            raise ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        self.sent.append(now)


def called(params: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Whom a message calls: by a link, by an @name in its words; in code and in links nothing is read."""
    source = str(params.get(key) or "")
    if str(params.get("parse_mode") or "").lower() != "html":
        return tuple(NAME.findall(source))
    words = unescaped(TAG.sub("", SILENT.sub(" ", source)))
    return (*CALL.findall(source), *NAME.findall(words))


def blocks(params: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The blocks of a message as entities; offsets and lengths in UTF-16 units."""
    source = str(params.get(key) or "")
    if str(params.get("parse_mode") or "").lower() != "html":
        return []
    found = []
    for block in re.finditer(r"<pre>(.*?)</pre>", source, re.DOTALL):
        before = html.unescape(TAG.sub("", source[: block.start()]))
        length = utf16(html.unescape(block[1]))
        found.append({"type": "pre", "offset": utf16(before.lstrip()), "length": length})
    return found
