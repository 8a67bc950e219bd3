"""Telegram's errors as ours: what may work later, what never will, and what is set up wrong."""

from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

from flows.errors import AssistantError, Misconfigured, Refused, Retry

# The server's words, in lower case, and the state that they mean; the first that is found counts.
STATES = (
    ("bot was blocked", "blocked"),
    ("user is deactivated", "deactivated"),
    ("chat not found", "not_found"),
    ("user not found", "not_found"),
    ("peer_id_invalid", "not_found"),
    ("chat_id is empty", "not_found"),
    ("can't initiate conversation", "not_found"),
    ("bot was kicked", "kicked"),
    ("bot is not a member", "kicked"),
    ("not enough rights", "forbidden"),
    ("have no rights", "forbidden"),
    ("can't parse entities", "unparsable"),
    ("message is not modified", "unchanged"),
    ("query is too old", "late"),
    ("message to edit not found", "gone"),
    ("message to delete not found", "gone"),
    ("message can't be edited", "unchangeable"),
    ("message can't be deleted", "unchangeable"),
    ("too long", "too_large"),
    ("too big", "too_large"),
)


def translated(error: AiogramError) -> AssistantError:
    """Our error for one of aiogram's. Nothing that Telegram quoted of a message is in it."""
    match error:
        case TelegramRetryAfter():
            return Retry("Telegram asks to slow down", float(error.retry_after))
        case TelegramMigrateToChat():
            return Refused("the group has become another chat", "migrated", str(error.migrate_to_chat_id))
        case TelegramUnauthorizedError() | TelegramNotFound():
            return Misconfigured(
                "TELEGRAM_TOKEN",
                "Telegram does not know this token",
                "Copy it from @BotFather again; with a server of your own, check TELEGRAM_API_URL too",
            )
        case TelegramEntityTooLarge():
            return Refused("the file is too large for Telegram", "too_large")
        case TelegramForbiddenError():
            return Refused(error.message, _state(error.message, "forbidden"))
        case TelegramBadRequest():
            return Refused(error.message, _state(error.message, "invalid"))
        case _:
            return Retry(_passing(error))


def _passing(error: AiogramError) -> str:
    """What is wrong for now."""
    match error:
        case TelegramConflictError():
            return "another program reads this bot's updates, or a webhook is set"
        case TelegramNetworkError():
            return f"Telegram was not reached: {error.message}"
        case TelegramAPIError():
            return f"Telegram's server failed: {error.message}"
        case _:
            # A reply that cannot be read is not quoted: it may hold somebody's words.
            return "Telegram's server answered something that is not its protocol"


def _state(description: str, otherwise: str) -> str:
    words = description.lower()
    return next((state for part, state in STATES if part in words), otherwise)
