"""What Telegram tells of the desk, read as what staff did; pure, and safe on whatever an update may hold."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from flows.desk import Spot, spot_address
from flows.events import Pressed, Written
from flows.model import File, Json
from integrations.desk.telegram.forms import filled, kept
from integrations.desk.telegram.keyboards import OURS, Press, press_of
from integrations.telegram_updates import SERVICE, Fields, fields_of, file_of, number_of, size_of, text_of

UNDO: Final = "undo"
WHY: Final = "why"
_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """Which desk it is: the adapter's name, the bot's id, and the chat of the forum."""

    desk: str
    bot: str
    chat: str

    @property
    def here(self) -> str:
        """What values that name a message of this desk begin with."""
        return f"{self.desk}:{self.chat}:"


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody typed a command at the desk: `name` without the slash, `text` what stood behind it.

    `about` is the bot's message that it replied to.
    """

    spot: Spot
    by: str
    name: str
    text: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The message of a form."""

    chat: str
    message: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A press that is to be answered.

    `event` is what it means, None where it means nothing. One that is to be `confirmed` counts the second time; `asked`
    is the form's message, which has had its answer.
    """

    callback: str
    event: Pressed | None
    confirmed: bool = False
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A form that was answered by a reply to the message `asked`."""

    event: Pressed
    asked: Asked


Heard: TypeAlias = Written | Answer | Touched | Command


def heard(update: Json, place: Place, now: datetime) -> tuple[bool, Heard | None]:
    """Whether an update is the desk's, and what it says: nothing where nobody is spoken to.

    The desk's are all of its chat, and presses and replies of its buttons and forms in private chats. What is written
    outside of topics, and by other bots, is nobody's.
    """
    fields = fields_of(update)
    number = number_of(fields, "update_id")
    if "callback_query" in fields:
        return _touched(number, fields_of(fields["callback_query"]), place, now)
    for kind in ("message", "edited_message"):
        if kind in fields:
            message = fields_of(fields[kind])
            return _said(number, message, place, now, edited=kind == "edited_message")
    change = fields_of(fields.get("my_chat_member"))
    return _chat(change) == place.chat, None


# ------------------------------------------------------------------ presses
def _touched(number: str, query: Fields, place: Place, now: datetime) -> tuple[bool, Heard | None]:
    data, message = text_of(query, "data"), fields_of(query.get("message"))
    if not data.startswith(OURS) and _chat(message) != place.chat:
        return False, None
    press = press_of(data, place.here)
    callback, by = text_of(query, "id"), number_of(fields_of(query.get("from")), "id")
    shown = number_of(message, "message_id")
    if press is None or not by:
        return True, Touched(callback, None)
    own = press.kind in {"press", "confirm"}
    asked = None if own else Asked(_chat(message), shown)
    if press.kind == "cancel":
        return True, Touched(callback, None, asked=asked)
    fields = dict(press.fields) if press.kind == "fill" else {}
    if press.kind == "keep":
        fields = dict.fromkeys(press.names, kept(message))
    event = Pressed(
        number,
        spot_address(_spot(message, place), place.bot),
        now,
        by,
        press.action,
        press.value,
        shown if own else "",
        fields,
    )
    return True, Touched(callback, event, confirmed=press.kind == "confirm", asked=asked)


# ------------------------------------------------------------------ words
def _said(number: str, message: Fields, place: Place, now: datetime, *, edited: bool) -> tuple[bool, Heard | None]:
    form = _form(message, place)
    if form is not None and not edited:
        return True, _answer(number, message, form, place, now)
    if _chat(message) != place.chat:
        return False, None
    sender = fields_of(message.get("from"))
    by, spot = number_of(sender, "id"), _spot(message, place)
    if not by or not _is_person(message, sender) or not SERVICE.isdisjoint(message):
        return True, None
    text = _plain(message)
    if (command := _COMMAND.match(text)) and not edited:
        return True, _command(number, message, command, spot, place, now)
    file = _file(message)
    if not spot.thread or not (text or file):
        return True, None
    kind: Literal["new", "edited"] = "edited" if edited else "new"
    shown, files = number_of(message, "message_id"), (file,) if file is not None else ()
    return True, Written(number, spot_address(spot, place.bot), now, by, shown, kind, text, files)


def _command(
    number: str, message: Fields, found: re.Match[str], spot: Spot, place: Place, now: datetime
) -> Heard | None:
    """A command; `/undo` as a reply takes the message back, since Telegram tells no bot of what is deleted."""
    by, text = number_of(fields_of(message.get("from")), "id"), text_of(message, "text")
    name = found[1].lower()
    replied = fields_of(message.get("reply_to_message"))
    author, target = number_of(fields_of(replied.get("from")), "id"), number_of(replied, "message_id")
    if name != UNDO:
        return Command(spot, by, name, text[found.end() :].strip(), target if author == place.bot else "")
    if author != by or not target or not spot.thread:
        return None
    return Written(number, spot_address(spot, place.bot), now, by, target, "deleted")


def _form(message: Fields, place: Place) -> Press | None:
    """The form that a message answers: a reply to the bot's own message with a form's button."""
    replied = fields_of(message.get("reply_to_message"))
    if number_of(fields_of(replied.get("from")), "id") != place.bot:
        return None
    rows = fields_of(replied.get("reply_markup")).get("inline_keyboard")
    for row in rows if isinstance(rows, list) else ():
        for button in row if isinstance(row, list) else ():
            press = press_of(text_of(fields_of(button), "callback_data"), place.here)
            if press is not None and press.kind == "cancel" and press.names:
                return press
    return None


def _answer(number: str, message: Fields, form: Press, place: Place, now: datetime) -> Heard | None:
    by, text = number_of(fields_of(message.get("from")), "id"), _plain(message)
    if not by or not text:
        return None
    address = spot_address(_spot(message, place), place.bot)
    event = Pressed(number, address, now, by, form.action, form.value, "", filled(form.names, text))
    asked = number_of(fields_of(message.get("reply_to_message")), "message_id")
    return Answer(event, Asked(_chat(message), asked))


# ------------------------------------------------------------------ what a message holds
def _chat(holder: Fields) -> str:
    return number_of(fields_of(holder.get("chat")), "id")


def _spot(message: Fields, place: Place) -> Spot:
    thread = number_of(message, "message_thread_id") if message.get("is_topic_message") is True else ""
    return Spot(place.desk, _chat(message), thread)


def _is_person(message: Fields, sender: Fields) -> bool:
    """A person, or the group itself, as which its administrators may write unnamed; no bot, no linked channel."""
    chat = number_of(fields_of(message.get("sender_chat")), "id")
    return chat == _chat(message) if chat else sender.get("is_bot") is not True


def _file(message: Fields) -> File | None:
    """The file of a message; a sticker and a place are files too."""
    if "sticker" in message:
        sticker = fields_of(message["sticker"])
        return File("sticker", text_of(sticker, "file_id"), name=text_of(sticker, "emoji"))
    if "location" in message:
        place = fields_of(message["location"])
        return File("location", f"{place.get('latitude')},{place.get('longitude')}")
    return file_of(message)


def _plain(message: Fields) -> str:
    """The words of a message; a link behind words stands in brackets, a contact's card is its name and number."""
    for key, entities in (("text", "entities"), ("caption", "caption_entities")):
        if text := text_of(message, key):
            return _linked(text, message.get(entities))
    card = fields_of(message.get("contact"))
    parts = (text_of(card, "first_name"), text_of(card, "last_name"), text_of(card, "phone_number"))
    return " ".join(part for part in parts if part)


def _linked(text: str, entities: Json) -> str:
    """The text with the addresses of its links; offsets are in UTF-16 units."""
    links = [fields_of(entity) for entity in entities] if isinstance(entities, list) else []
    links = [link for link in links if text_of(link, "type") == "text_link" and text_of(link, "url")]
    units = text.encode("utf-16-le", "surrogatepass")
    for link in sorted(links, key=lambda link: size_of(link, "offset"), reverse=True):
        end = (size_of(link, "offset") + size_of(link, "length")) * 2
        units = units[:end] + f" ({text_of(link, 'url')})".encode("utf-16-le", "surrogatepass") + units[end:]
    return units.decode("utf-16-le", "replace")
