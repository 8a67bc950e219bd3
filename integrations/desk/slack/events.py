"""What Slack tells as our events and as questions to be answered at once; pure, and safe on whatever it may hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from flows.desk import Spot, spot_address
from flows.events import Pressed, Written
from flows.model import Address, File, Json
from integrations.desk.slack.controls import action_of, filled, pressed_value
from integrations.desk.slack.files import file_of

DESK: Final = "slack"
_WRITTEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_WONDERING: Final = frozenset({"question", "grey_question"})
_ENTITY: Final = re.compile(r"<([^<>]*)>")
_EMOJI_DEPTH: Final = 6
_SIGNS: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

Fields: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Me:
    """Who we are: the workspace, the bot's user and bot ids, and the channel of the console."""

    team: str
    user: str
    bot: str
    channel: str

    def wrote(self, message: Fields) -> bool:
        """Whether a message is our own."""
        return _text(message, "user") == self.user or (bool(self.bot) and _text(message, "bot_id") == self.bot)


@dataclass(frozen=True, slots=True)
class Commanded:
    """Somebody called a command; it is answered at `response_url`."""

    name: str
    arguments: str
    member: str
    spot: Spot
    response_url: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened the Home tab."""

    member: str


@dataclass(frozen=True, slots=True)
class Wondered:
    """Somebody put a question mark on a message of ours."""

    member: str
    spot: Spot
    message: str


@dataclass(frozen=True, slots=True)
class Press:
    """A press, which is an event or only shows something; `response_url` is empty where there is no message."""

    event: Pressed
    trigger: str
    response_url: str


Incoming: TypeAlias = Written | Press | Commanded | Opened | Wondered


def incoming(body: Json, me: Me, now: datetime) -> Iterator[Incoming]:
    """What is in one request: nothing where it is not ours to deal with, never an exception.

    Only threads of the console's channel are listened to. Mentions come as messages too, so `app_mention` is no news.
    """
    fields = _fields(body)
    match _text(fields, "type"):
        case "event_callback":
            found = _event(fields, me, now)
        case "block_actions":
            yield from _presses(fields, me, now)
            return
        case "view_submission":
            found = _submission(fields, me, now)
        case "":
            found = _command(fields) if "command" in fields else None
        case _:
            found = None
    if found is not None:
        yield found


def unescaped(text: str, emoji: dict[str, str] | None = None) -> str:
    """Slack's text as it was typed: links, names and signs; `emoji` gives the characters of `:names:`."""
    plain = _ENTITY.sub(_entity, text)
    for name, character in (emoji or {}).items():
        plain = plain.replace(name, character)
    for sign, character in _SIGNS:
        plain = plain.replace(sign, character)
    return plain


# ------------------------------------------------------------------ events
def _event(envelope: Fields, me: Me, now: datetime) -> Incoming | None:
    event, number = _fields(envelope.get("event")), _text(envelope, "event_id")
    match _text(event, "type"):
        case "message" if number and _text(event, "channel") == me.channel:
            return _message(number, event, me, now)
        case "reaction_added":
            return _reaction(event, me)
        case "app_home_opened" if _text(event, "tab") == "home" and _text(event, "user"):
            return Opened(_text(event, "user"))
        case _:
            return None


def _message(number: str, event: Fields, me: Me, now: datetime) -> Written | None:
    match _text(event, "subtype"):
        case "message_changed":
            return _changed(number, event, me, now)
        case "message_deleted":
            return _deleted(number, event, me, now)
        case subtype if subtype in _WRITTEN and _is_a_persons(event, me):
            return Written(
                number, _address(event, me), now, _text(event, "user"), _text(event, "ts"), "new", *_said(event)
            )
        case _:
            return None


def _changed(number: str, event: Fields, me: Me, now: datetime) -> Written | None:
    """Other words, or other files; a preview that Slack has added is no change."""
    message, before = _fields(event.get("message")), _fields(event.get("previous_message"))
    if _text(message, "subtype") not in _WRITTEN or not _is_a_persons(message, me):
        return None
    text, files = _said(message)
    if before and (text, files) == _said(before):
        return None
    return Written(
        number, _address(message, me), now, _text(message, "user"), _text(message, "ts"), "edited", text, files
    )


def _deleted(number: str, event: Fields, me: Me, now: datetime) -> Written | None:
    before = _fields(event.get("previous_message"))
    message = _text(event, "deleted_ts") or _text(before, "ts")
    if not message or not _is_a_persons(before, me):
        return None
    return Written(number, _address(before, me), now, _text(before, "user"), message, "deleted")


def _written(number: str, message: Fields, me: Me, now: datetime, kind: Literal["new", "edited"]) -> Written:
    text, files = _said(message)
    return Written(number, _address(message, me), now, _text(message, "user"), _text(message, "ts"), kind, text, files)


def _is_a_persons(message: Fields, me: Me) -> bool:
    """Whether a person wrote it into a thread: we hear ourselves and other programs too."""
    if me.wrote(message) or _text(message, "bot_id") or message.get("bot_profile"):
        return False
    return bool(_text(message, "user") and _text(message, "ts") and _text(message, "thread_ts"))


def _said(message: Fields) -> tuple[str, tuple[File, ...]]:
    emoji = dict(_emoji(message.get("blocks"), _EMOJI_DEPTH))
    listed = message.get("files")
    files = (file_of(entry) for entry in (listed if isinstance(listed, list) else []))
    return unescaped(_text(message, "text"), emoji), tuple(file for file in files if file is not None)


def _reaction(event: Fields, me: Me) -> Wondered | None:
    item, member = _fields(event.get("item")), _text(event, "user")
    if _text(event, "reaction") not in _WONDERING or _text(item, "type") != "message" or member in {"", me.user}:
        return None
    if _text(event, "item_user") not in {"", me.user} or _text(item, "channel") != me.channel:
        return None
    return Wondered(member, Spot(DESK, _text(item, "channel")), _text(item, "ts"))


# ------------------------------------------------------------------ presses, forms, commands
def _presses(payload: Fields, me: Me, now: datetime) -> Iterator[Press]:
    member, trigger = _text(_fields(payload.get("user")), "id"), _text(payload, "trigger_id")
    container, message = _fields(payload.get("container")), _fields(payload.get("message"))
    shown = _text(container, "message_ts") or _text(message, "ts")
    spot = _pressed_spot(payload, container, message, member)
    listed = payload.get("actions")
    for entry in listed if isinstance(listed, list) else []:
        action = _fields(entry)
        action_id = _text(action, "action_id")
        if not member or not action_id or _text(action, "url"):
            continue
        where = f"{spot.channel}:{shown or _text(container, 'view_id')}"
        yield Press(
            Pressed(
                id=f"press:{where}:{_text(action, 'action_ts') or trigger}:{member}:{action_id}",
                address=spot_address(spot, me.team),
                at=now,
                by=member,
                action=action_of(action_id),
                value=pressed_value(action),
                message=shown,
            ),
            trigger,
            _text(payload, "response_url"),
        )


def _pressed_spot(payload: Fields, container: Fields, message: Fields, member: str) -> Spot:
    """The thread of a pressed button; a card is its own thread, and a person's own page is named by the person."""
    channel = _text(_fields(payload.get("channel")), "id") or _text(container, "channel_id")
    thread = _text(container, "thread_ts") or _text(message, "thread_ts")
    private = not channel or channel.startswith("D")
    if not thread and not private and container.get("is_ephemeral") is not True:
        thread = _text(container, "message_ts") or _text(message, "ts")
    return Spot(DESK, channel or member, thread)


def _submission(payload: Fields, me: Me, now: datetime) -> Press | None:
    view, member = _fields(payload.get("view")), _text(_fields(payload.get("user")), "id")
    action, number = _text(view, "callback_id"), _text(view, "id") or _text(payload, "trigger_id")
    if not member or not action or not number:
        return None
    form = filled(view, DESK)
    spot = form.spot if form.spot.channel else Spot(DESK, member)
    event = Pressed(f"form:{number}", spot_address(spot, me.team), now, member, action, form.value, "", form.fields)
    return Press(event, "", "")


def _command(fields: Fields) -> Commanded | None:
    name, member = _text(fields, "command").removeprefix("/"), _text(fields, "user_id")
    if not name or not member:
        return None
    spot = Spot(DESK, _text(fields, "channel_id"))
    return Commanded(name, unescaped(_text(fields, "text")).strip(), member, spot, _text(fields, "response_url"))


# ------------------------------------------------------------------ small parts
def _address(message: Fields, me: Me) -> Address:
    return spot_address(Spot(DESK, me.channel, _text(message, "thread_ts")), me.team)


def _entity(found: re.Match[str]) -> str:
    """A link as its label and address, a name as it is shown."""
    target, _, label = found.group(1).partition("|")
    if target.startswith("@"):
        return f"@{label.removeprefix('@') or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        kind = target[1:].split("^")[0]
        return label or ("" if kind in {"date", "subteam"} else f"@{kind}")
    shown = target.removeprefix("mailto:").removeprefix("tel:")
    bare = shown.split("://")[-1].rstrip("/")
    return shown if not label or label.rstrip("/") in {bare, shown.rstrip("/")} else f"{label} ({shown})"


def _emoji(blocks: Json, depth: int) -> Iterator[tuple[str, str]]:
    """The characters of the emoji in rich text, by the names under which they stand in the plain text."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from _emoji(block, depth)
    elif isinstance(blocks, dict) and depth:
        if blocks.get("type") == "emoji" and (character := _character(_text(blocks, "unicode"))):
            tone = blocks.get("skin_tone")
            toned = f":skin-tone-{tone}:" if isinstance(tone, int) else ""
            yield f":{_text(blocks, 'name')}:{toned}", character
        yield from _emoji(blocks.get("elements"), depth - 1)


def _character(codes: str) -> str:
    try:
        return "".join(chr(int(code, 16)) for code in codes.split("-")) if codes else ""
    except (ValueError, OverflowError):
        return ""


def _fields(value: Json) -> Fields:
    return value if isinstance(value, dict) else {}


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
