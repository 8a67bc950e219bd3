"""What Telegram tells as our events; pure, and safe on whatever an update may hold."""

from dataclasses import dataclass
from datetime import datetime

from flows.events import Event, Reachable, Said, SaidKind
from flows.model import Address, Contact, File, Json, Profile
from integrations.telegram_updates import SERVICE, Fields, fields_of, file_of, number_of, text_of

CHANNEL = "telegram"
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
GONE = frozenset({"kicked", "left"})


@dataclass(frozen=True, slots=True)
class Bot:
    """Who the bot is: its id, and its @name without the sign."""

    id: str
    username: str = ""


def events_of(update: Json, bot: Bot, now: datetime) -> list[Event]:
    """The events of one raw update: none for kinds that are not ours to answer, never an exception.

    `now` is when they arrived: bursts are counted from it, and Telegram's own dates are whole seconds. Business
    messages and channel posts are left to their owners.
    """
    fields = fields_of(update)
    number = fields.get("update_id")
    if not isinstance(number, int):
        return []
    event: Event | None = None
    if "message" in fields:
        event = _message(str(number), fields_of(fields["message"]), bot, now)
    elif "edited_message" in fields:
        event = _edited(str(number), fields_of(fields["edited_message"]), bot, now)
    elif "callback_query" in fields:
        event = _pressed(str(number), fields_of(fields["callback_query"]), bot, now)
    elif "my_chat_member" in fields:
        event = _membership(str(number), fields_of(fields["my_chat_member"]), bot, now)
    return [] if event is None else [event]


# ------------------------------------------------------------------ the kinds of updates
def _message(number: str, message: Fields, bot: Bot, now: datetime) -> Said | None:
    address, sender = _address(message, bot), fields_of(message.get("from"))
    if address is None or sender.get("is_bot") is True or not SERVICE.isdisjoint(message):
        return None
    private = _is_private(message)
    text = text_of(message, "text") or text_of(message, "caption")
    if not private and not _is_addressed(message, text, bot):
        return None
    kind, contact, files = _content(message, sender)
    return Said(
        id=number,
        address=address,
        at=now,
        kind=kind,
        text=_command(text, bot) if private or text.startswith("/") else text,
        contact=contact,
        files=files,
        profile=_profile(sender),
        message=number_of(message, "message_id"),
        group=text_of(message, "media_group_id"),
        private=private,
    )


def _edited(number: str, message: Fields, bot: Bot, now: datetime) -> Said | None:
    """An edited text or caption; a live location moves all the time and says nothing."""
    text = text_of(message, "text") or text_of(message, "caption")
    address, sender = _address(message, bot), fields_of(message.get("from"))
    if address is None or not text or not _is_private(message):
        return None
    return Said(
        id=number,
        address=address,
        at=now,
        kind="edited",
        text=_command(text, bot),
        files=_content(message, sender)[2],
        profile=_profile(sender),
        message=number_of(message, "message_id"),
    )


def _pressed(number: str, query: Fields, bot: Bot, now: datetime) -> Said | None:
    sender, message = fields_of(query.get("from")), fields_of(query.get("message"))
    person = number_of(sender, "id")
    address = _address(message, bot) or (Address(CHANNEL, bot.id, person) if person else None)
    if address is None:
        return None
    return Said(
        id=number,
        address=address,
        at=now,
        kind="choice",
        choice=text_of(query, "data"),
        profile=_profile(sender),
        message=number_of(message, "message_id"),
        callback=text_of(query, "id"),
        private=_is_private(message) if message else True,
    )


def _membership(number: str, change: Fields, bot: Bot, now: datetime) -> Event | None:
    """Blocked or let in again; in a group: added, which is answered with an explanation."""
    address = _address(change, bot)
    before = text_of(fields_of(change.get("old_chat_member")), "status")
    after = text_of(fields_of(change.get("new_chat_member")), "status")
    if address is None or not after or (before in GONE) == (after in GONE):
        return None
    if _is_private(change):
        return Reachable(number, address, now, reachable=after not in GONE)
    if after in GONE or text_of(fields_of(change.get("chat")), "type") == "channel":
        return None
    profile = _profile(fields_of(change.get("from")))
    return Said(id=number, address=address, at=now, kind="other", profile=profile, private=False)


# ------------------------------------------------------------------ what a message holds
def _content(message: Fields, sender: Fields) -> tuple[SaidKind, Contact | None, tuple[File, ...]]:
    if "contact" in message:
        return _contact(fields_of(message["contact"]), sender)
    if "location" in message:
        place = fields_of(message["location"])
        ref = f"{place.get('latitude')},{place.get('longitude')}"
        return "location", None, (File("location", ref, name=text_of(fields_of(message.get("venue")), "title")),)
    if "sticker" in message:
        sticker = fields_of(message["sticker"])
        return "sticker", None, (File("sticker", text_of(sticker, "file_id"), name=text_of(sticker, "emoji")),)
    file = file_of(message)
    if file is not None:
        return "file", None, (file,)
    return ("text" if text_of(message, "text") else "other"), None, ()


def _contact(card: Fields, sender: Fields) -> tuple[SaidKind, Contact | None, tuple[File, ...]]:
    """Only one's own card is a contact: another person's is not kept, not even for a moment."""
    phone = text_of(card, "phone_number").strip()
    if not phone or card.get("user_id") is None or card.get("user_id") != sender.get("id"):
        return "foreign_contact", None, ()
    name = f"{text_of(card, 'first_name')} {text_of(card, 'last_name')}".strip()
    international = phone if phone.startswith("+") else f"+{phone}"
    telegram = text_of(sender, "username")
    return "contact", Contact(name=name, phone=international, telegram=telegram, verified=True), ()


def _command(text: str, bot: Bot) -> str:
    """A command without the bot's name: `/start@shop_bot ad` is `/start ad`."""
    if not text.startswith("/") or not bot.username:
        return text
    name, space, rest = text.partition(" ")
    command, _, addressee = name.partition("@")
    return f"{command}{space}{rest}" if addressee.lower() == bot.username.lower() else text


def _is_addressed(message: Fields, text: str, bot: Bot) -> bool:
    """Whether a message in a group is meant for the bot: its command, its name, or a reply to it."""
    replied = fields_of(fields_of(message.get("reply_to_message")).get("from"))
    if number_of(replied, "id") == bot.id:
        return True
    if bot.username and f"@{bot.username}".lower() in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]


# ------------------------------------------------------------------ who and where
def _is_private(holder: Fields) -> bool:
    return text_of(fields_of(holder.get("chat")), "type") == "private"


def _address(holder: Fields, bot: Bot) -> Address | None:
    chat = fields_of(holder.get("chat"))
    number = number_of(chat, "id")
    if not number or text_of(chat, "type") == "channel":
        return None
    thread = number_of(holder, "message_thread_id") if holder.get("is_topic_message") is True else ""
    return Address(CHANNEL, bot.id, number, thread)


def _profile(sender: Fields) -> Profile:
    name = f"{text_of(sender, 'first_name')} {text_of(sender, 'last_name')}".strip()
    return Profile(number_of(sender, "id"), name, text_of(sender, "username"), text_of(sender, "language_code"))
