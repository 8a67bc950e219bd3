"""What the Bot API accepts: the checks of the real server, with its own words of refusal."""

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_BYTES = 64
TOAST_LIMIT = 200
TAGS = frozenset(
    "a b strong i em u ins s strike del span tg-spoiler tg-emoji tg-time code pre blockquote".split()  # noqa: SIM905
)
ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot);")
TAG = re.compile(r"<(/?)([^\s<>/]*)((?:\s[^<>]*)?)>")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
JSON_FIELDS = frozenset(
    {
        "reply_markup",
        "entities",
        "allowed_updates",
        "commands",
        "scope",
        "link_preview_options",
        "reply_parameters",
        "ephemeral_message_parameters",
        "reaction",
    }
)


@dataclass
class ApiError(Exception):
    """A refusal as the server words it."""

    code: int
    description: str
    parameters: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.description}"


def bad_request(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def decoded(name: str, value: Any) -> Any:
    """A form field as JSON would have carried it."""
    if name in JSON_FIELDS and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
    return value


def plain_html(source: str) -> str:
    """The text that a reader sees of an HTML message; refuses what the real parser refuses."""
    seen: list[str] = []
    open_tags: list[str] = []
    position = 0
    while (start := source.find("<", position)) >= 0:
        seen.append(unescaped(source[position:start]))
        offset = len(source[:start].encode())
        found = TAG.match(source, start)
        if found is None:
            raise bad_request(f"can't parse entities: Unclosed start tag at byte offset {offset}")
        closing, name, attributes = found[1], found[2].lower(), found[3]
        if closing:
            close_tag(open_tags, name, offset)
        else:
            open_tag(open_tags, name, attributes, offset)
        position = found.end()
    if open_tags:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    return "".join([*seen, unescaped(source[position:])])


def open_tag(open_tags: list[str], name: str, attributes: str, offset: int) -> None:
    allowed = name in TAGS and (name != "span" or 'class="tg-spoiler"' in attributes)
    if not allowed:
        raise bad_request(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
    if name == "blockquote" and "blockquote" in open_tags:
        raise bad_request("can't parse entities: Nested blockquote entities are not allowed")
    open_tags.append(name)


def close_tag(open_tags: list[str], name: str, offset: int) -> None:
    if not open_tags:
        raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    expected = open_tags.pop()
    if name not in {expected, ""}:
        raise bad_request(
            f"can't parse entities: Unmatched end tag at byte offset {offset}, "
            f'expected "</{expected}>", found "</{name}>"'
        )


def unescaped(text: str) -> str:
    """Decode the few entities that Telegram knows; others stay as they are."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text)


def visible(params: Mapping[str, Any], key: str) -> str:
    """The text or caption of a call after entity parsing."""
    source = params.get(key) or ""
    if not isinstance(source, str):
        raise bad_request(f"{key} must be a string")
    mode = params.get("parse_mode")
    if mode is None or mode == "":
        return source.strip()
    if str(mode).lower() != "html":
        raise bad_request("unsupported parse_mode")
    return plain_html(source).strip()


def message_text(params: Mapping[str, Any]) -> str:
    """The text of a message: 1 to 4096 UTF-16 units."""
    text = visible(params, "text")
    if not text:
        raise bad_request("message text is empty" if not params.get("text") else "text must be non-empty")
    if utf16(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text


def caption(params: Mapping[str, Any]) -> str:
    """The caption of a file: at most 1024 UTF-16 units."""
    text = visible(params, "caption")
    if utf16(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return text


def check_markup(markup: Any, *, private: bool) -> None:
    """Refuse a `reply_markup` that is none of the four forms, or has a wrong button."""
    if markup is None:
        return
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    forms: dict[str, Callable[[Any], None]] = {
        "inline_keyboard": lambda rows: check_rows(rows, check_inline_button),
        "keyboard": lambda rows: check_rows(rows, lambda button: check_key(button, private=private)),
        "remove_keyboard": lambda value: None,
        "force_reply": lambda value: None,
    }
    present = [name for name in forms if name in markup]
    if len(present) != 1:
        raise bad_request("can't parse reply keyboard markup JSON object")
    forms[present[0]](markup[present[0]])


def check_rows(rows: Any, check: Callable[[Any], None]) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for row in rows:
        if len(row) > 8:
            raise bad_request("can't parse inline keyboard: too many buttons in a row")
        for button in row:
            check(button)


def check_inline_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Text is empty")
    actions = [name for name in ("callback_data", "url", "web_app", "copy_text", "login_url") if name in button]
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?://[^\s/]+\.[^\s]+|tg://\S+)", str(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def check_key(button: Any, *, private: bool) -> None:
    label = button if isinstance(button, str) else button.get("text") if isinstance(button, dict) else None
    if not isinstance(label, str) or not label.strip():
        raise bad_request("can't parse keyboard button: Text is empty")
    if isinstance(button, dict) and button.get("request_contact") and not private:
        raise bad_request("phone number can be requested in private chats only")


def check_commands(commands: Any) -> None:
    """Refuse command lists that the server would."""
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("can't parse commands JSON object")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
