"""How an update of Telegram is read: without trust in anything that it may hold; pure."""

from flows.model import File, Json

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
"""What nobody typed: the messages by which Telegram tells of changes in a chat."""
FILES = ("document", "voice", "video", "video_note", "audio")

Fields = dict[str, Json]


def fields_of(value: Json) -> Fields:
    """An object, empty where there is none."""
    return value if isinstance(value, dict) else {}


def text_of(fields: Fields, key: str) -> str:
    """A text without the one character that databases refuse."""
    value = fields.get(key)
    return value.replace("\0", "") if isinstance(value, str) else ""


def size_of(fields: Fields, key: str) -> int:
    """A whole number, 0 where there is none."""
    value = fields.get(key)
    return value if isinstance(value, int) else 0


def number_of(fields: Fields, key: str) -> str:
    """A numeric id as text, empty when there is none."""
    value = fields.get(key)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def file_of(message: Fields) -> File | None:
    """The one file that a message holds; of a photo the largest."""
    photo = message.get("photo")
    if isinstance(photo, list) and photo:
        largest = max(
            (fields_of(size) for size in photo), key=lambda size: size_of(size, "width") * size_of(size, "height")
        )
        return File("photo", text_of(largest, "file_id"), size=size_of(largest, "file_size"))
    # An animation is also sent as a document, for old clients.
    for key in ("animation", *FILES):
        if key in message:
            found = fields_of(message[key])
            name, mime = text_of(found, "file_name"), text_of(found, "mime_type")
            ref, size = text_of(found, "file_id"), size_of(found, "file_size")
            match key:
                case "document" | "voice" | "audio":
                    return File(key, ref, name, mime, size)
                case _:
                    return File("video", ref, name, mime, size)
    return None
