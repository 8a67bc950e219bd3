"""What Telegram tells as our events; pure, and safe on whatever an update may hold."""

from dataclasses import dataclass
from datetime import datetime

from flows.events import Event, Reachable, Said, SaidKind
from flows.model import Address, Contact, File, Json, Profile

CHANNEL = "telegram"
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
# In a private chat only these are left unanswered: nobody typed them.
SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "successful_payment", "refunded_payment",
        "connected_website", "write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added",
        "chat_background_set", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "video_chat_scheduled",
        "video_chat_started", "video_chat_ended", "video_chat_participants_invited", "giveaway_created",
        "giveaway_completed", "direct_message_price_changed", "paid_message_price_changed",
    }
)  # fmt: skip
FILES = ("document", "voice", "video", "video_note", "audio")
GONE = frozenset({"kicked", "left"})

Fields = dict[str, Json]


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
    fields = _fields(update)
    number = fields.get("update_id")
    if not isinstance(number, int):
        return []
    event: Event | None = None
    if "message" in fields:
        event = _message(str(number), _fields(fields["message"]), bot, now)
    elif "edited_message" in fields:
        event = _edited(str(number), _fields(fields["edited_message"]), bot, now)
    elif "callback_query" in fields:
        event = _pressed(str(number), _fields(fields["callback_query"]), bot, now)
    elif "my_chat_member" in fields:
        event = _membership(str(number), _fields(fields["my_chat_member"]), bot, now)
    return [] if event is None else [event]


# ------------------------------------------------------------------ the kinds of updates
def _message(number: str, message: Fields, bot: Bot, now: datetime) -> Said | None:
    address, sender = _address(message, bot), _fields(message.get("from"))
    if address is None or sender.get("is_bot") is True or not SERVICE.isdisjoint(message):
        return None
    private = _is_private(message)
    text = _text(message, "text") or _text(message, "caption")
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
        message=_number(message, "message_id"),
        group=_text(message, "media_group_id"),
        private=private,
    )


def _edited(number: str, message: Fields, bot: Bot, now: datetime) -> Said | None:
    """An edited text or caption; a live location moves all the time and says nothing."""
    text = _text(message, "text") or _text(message, "caption")
    address, sender = _address(message, bot), _fields(message.get("from"))
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
        message=_number(message, "message_id"),
    )


def _pressed(number: str, query: Fields, bot: Bot, now: datetime) -> Said | None:
    sender, message = _fields(query.get("from")), _fields(query.get("message"))
    person = _number(sender, "id")
    address = _address(message, bot) or (Address(CHANNEL, bot.id, person) if person else None)
    if address is None:
        return None
    return Said(
        id=number,
        address=address,
        at=now,
        kind="choice",
        choice=_text(query, "data"),
        profile=_profile(sender),
        message=_number(message, "message_id"),
        callback=_text(query, "id"),
        private=_is_private(message) if message else True,
    )


def _membership(number: str, change: Fields, bot: Bot, now: datetime) -> Event | None:
    """Blocked or let in again; in a group: added, which is answered with an explanation."""
    address = _address(change, bot)
    before = _text(_fields(change.get("old_chat_member")), "status")
    after = _text(_fields(change.get("new_chat_member")), "status")
    if address is None or not after or (before in GONE) == (after in GONE):
        return None
    if _is_private(change):
        return Reachable(number, address, now, reachable=after not in GONE)
    if after in GONE or _text(_fields(change.get("chat")), "type") == "channel":
        return None
    profile = _profile(_fields(change.get("from")))
    return Said(id=number, address=address, at=now, kind="other", profile=profile, private=False)


# ------------------------------------------------------------------ what a message holds
def _content(message: Fields, sender: Fields) -> tuple[SaidKind, Contact | None, tuple[File, ...]]:
    if "contact" in message:
        return _contact(_fields(message["contact"]), sender)
    if "location" in message:
        place = _fields(message["location"])
        ref = f"{place.get('latitude')},{place.get('longitude')}"
        return "location", None, (File("location", ref, name=_text(_fields(message.get("venue")), "title")),)
    if "sticker" in message:
        sticker = _fields(message["sticker"])
        return "sticker", None, (File("sticker", _text(sticker, "file_id"), name=_text(sticker, "emoji")),)
    file = _file(message)
    if file is not None:
        return "file", None, (file,)
    return ("text" if _text(message, "text") else "other"), None, ()


def _contact(card: Fields, sender: Fields) -> tuple[SaidKind, Contact | None, tuple[File, ...]]:
    """Only one's own card is a contact: another person's is not kept, not even for a moment."""
    phone = _text(card, "phone_number").strip()
    if not phone or card.get("user_id") is None or card.get("user_id") != sender.get("id"):
        return "foreign_contact", None, ()
    name = f"{_text(card, 'first_name')} {_text(card, 'last_name')}".strip()
    international = phone if phone.startswith("+") else f"+{phone}"
    telegram = _text(sender, "username")
    return "contact", Contact(name=name, phone=international, telegram=telegram, verified=True), ()


def _file(message: Fields) -> File | None:
    photo = message.get("photo")
    if isinstance(photo, list) and photo:
        largest = max((_fields(size) for size in photo), key=lambda size: _size(size, "width") * _size(size, "height"))
        return File("photo", _text(largest, "file_id"), size=_size(largest, "file_size"))
    # An animation is also sent as a document, for old clients.
    for key in ("animation", *FILES):
        if key in message:
            found = _fields(message[key])
            name, mime = _text(found, "file_name"), _text(found, "mime_type")
            ref, size = _text(found, "file_id"), _size(found, "file_size")
            match key:
                case "document" | "voice" | "audio":
                    return File(key, ref, name, mime, size)
                case _:
                    return File("video", ref, name, mime, size)
    return None


def _command(text: str, bot: Bot) -> str:
    """A command without the bot's name: `/start@shop_bot ad` is `/start ad`."""
    if not text.startswith("/") or not bot.username:
        return text
    name, space, rest = text.partition(" ")
    command, _, addressee = name.partition("@")
    return f"{command}{space}{rest}" if addressee.lower() == bot.username.lower() else text


def _is_addressed(message: Fields, text: str, bot: Bot) -> bool:
    """Whether a message in a group is meant for the bot: its command, its name, or a reply to it."""
    replied = _fields(_fields(message.get("reply_to_message")).get("from"))
    if _number(replied, "id") == bot.id:
        return True
    if bot.username and f"@{bot.username}".lower() in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]


# ------------------------------------------------------------------ reading without trust
def _fields(value: Json) -> Fields:
    return value if isinstance(value, dict) else {}


def _text(fields: Fields, key: str) -> str:
    """A text without the one character that databases refuse."""
    value = fields.get(key)
    return value.replace("\0", "") if isinstance(value, str) else ""


def _size(fields: Fields, key: str) -> int:
    value = fields.get(key)
    return value if isinstance(value, int) else 0


def _number(fields: Fields, key: str) -> str:
    """A numeric id as text, empty when there is none."""
    value = fields.get(key)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _is_private(holder: Fields) -> bool:
    return _text(_fields(holder.get("chat")), "type") == "private"


def _address(holder: Fields, bot: Bot) -> Address | None:
    chat = _fields(holder.get("chat"))
    number = _number(chat, "id")
    if not number or _text(chat, "type") == "channel":
        return None
    thread = _number(holder, "message_thread_id") if holder.get("is_topic_message") is True else ""
    return Address(CHANNEL, bot.id, number, thread)


def _profile(sender: Fields) -> Profile:
    name = f"{_text(sender, 'first_name')} {_text(sender, 'last_name')}".strip()
    return Profile(_number(sender, "id"), name, _text(sender, "username"), _text(sender, "language_code"))
