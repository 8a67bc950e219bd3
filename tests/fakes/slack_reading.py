"""What people read in a message of the strict Slack, and whom it calls, whichever of its texts says so."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from tests.fakes.slack_rules import buttons, texts
from tests.fakes.slack_state import State

_ENTITY = re.compile(r"<([^<>]*)>")
_CALLS = re.compile(r"<(?:@|!subteam\^)([A-Z0-9]+)[^<>]*>|<!(channel|here|everyone)[^<>]*>")
_LOOSE = re.compile(r"(?<![\w@])@(channel|here|everyone)\b")


def readable(message: Mapping[str, Any]) -> str:
    """All that can be read, without the controls; links as their labels and addresses."""
    blocks = [block for block in message.get("blocks") or [] if block["type"] != "actions"]
    shown = [*texts(blocks)] if blocks else [message.get("text", "")]
    return " ".join(unescape(_ENTITY.sub(_label, text)) for text in shown)


def labels(message: Mapping[str, Any]) -> tuple[str, ...]:
    """What the buttons say, and the options of menus."""
    found: list[str] = []
    for element in buttons(message.get("blocks")):
        options = element.get("options")
        found += [one["text"]["text"] for one in options] if options else [element["text"]["text"]]
    return tuple(found)


def files(state: State, message: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The bytes of a message's files."""
    return tuple(state.files[file["id"]].content for file in message.get("files", ()))


def called(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of those whom a message calls, "everybody" for all."""
    found: dict[str, None] = {}
    linked = message.get("link_names") is True or message.get("parse") == "full"
    for text in (message.get("text", ""), *texts(message.get("blocks") or [])):
        for one in _CALLS.finditer(text):
            found[one.group(1) or "everybody"] = None
        if linked and _LOOSE.search(text):
            found["everybody"] = None
    for node in _loose(message.get("blocks") or []):
        if _LOOSE.search(node):
            found["everybody"] = None
    return tuple(found)


def _loose(node: Any) -> list[str]:
    """Texts in which Slack looks for names by itself."""
    if isinstance(node, list):
        return [text for part in node for text in _loose(part)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if node.get("type") == "mrkdwn" and node.get("verbatim") is not True else []
    return [*own, *(text for part in node.values() for text in _loose(part))]


def _label(found: re.Match[str]) -> str:
    target, _, label = found.group(1).partition("|")
    return f"{label} ({target})" if label else target
