"""What Telegram refuses of the desk, told as the port tells it; pure."""

from typing import Final

from flows.errors import AssistantError, Misconfigured, Refused

SETTING: Final = "TELEGRAM_DESK_CHAT"
CLOSED: Final = "topic_closed"
TOPICS: Final = "Switch Topics on in the settings of the group"
RIGHTS: Final = "Make the bot an administrator of the group who may manage topics"
_GONE: Final = (
    "message thread not found",
    "topic_deleted",
    "topic_id_invalid",
    "message to edit not found",
    "message to delete not found",
    "message to be replied not found",
    "message_id_invalid",
    "wrong file_id",
)
_SILENCED: Final = (
    "chat_write_forbidden",
    "chat_restricted",
    "bot was kicked",
    "bot is not a member",
    "chat was deleted",
)
_DENIED: Final = ("not enough rights", "have no rights", "admin_required", "need administrator rights")
_NOBODY: Final = (
    "chat not found",
    "user not found",
    "member not found",
    "participant_id_invalid",
    "user_id_invalid",
    "peer_id_invalid",
    "can't initiate conversation",
    "bot was blocked",
    "user is deactivated",
)


def of_group(error: Refused) -> AssistantError:
    """A refusal in the group of the desk."""
    words = error.reason.lower()
    if _any(_GONE, words):
        return Refused(error.reason, "gone")
    if _any(_SILENCED, words):
        return Refused(error.reason, "archived")
    if "not a forum" in words:
        return Misconfigured(SETTING, "the group has no topics", TOPICS)
    if _any(_DENIED, words):
        return Misconfigured(SETTING, "the bot lacks a right in the group", RIGHTS)
    if error.state == "migrated":
        return Misconfigured(SETTING, "the group has another id now", f"Set it to {error.detail}")
    if "chat not found" in words:
        remedy = "Add the bot to the group, and give the id of the group: it begins with -100"
        return Misconfigured(SETTING, "the bot is in no group of this id", remedy)
    return error


def of_person(error: Refused) -> AssistantError:
    """A refusal about one person: most often they have never started the bot."""
    return Refused(error.reason, "not_found") if _any(_NOBODY, error.reason.lower()) else error


def _any(parts: tuple[str, ...], words: str) -> bool:
    return any(part in words for part in parts)
