"""Slack's errors as ours: what may work later, what never will, and what is set up wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flows.errors import AssistantError, Misconfigured, Refused, Retry
from flows.model import Json

RATE_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})
_WAIT: Final = 30.0  # seconds, where Slack asks to slow down and does not say for how long

# Slack's words and the state that they mean.
_STATES: Final = {
    "message_not_found": "gone",
    "thread_not_found": "gone",
    "cannot_reply_to_message": "gone",
    "restricted_action_thread_locked": "gone",
    "thread_locked": "gone",
    "file_not_found": "gone",
    "file_deleted": "gone",
    "is_archived": "archived",
    "channel_not_found": "archived",
    "not_in_channel": "archived",
    "is_inactive": "archived",
    "channel_is_limited_access": "archived",
    "posting_to_channel_denied": "archived",
    "restricted_action": "archived",
    "restricted_action_read_only_channel": "archived",
    "restricted_action_thread_only_channel": "archived",
    "restricted_action_non_threadable_channel": "archived",
    "user_not_found": "not_found",
    "user_disabled": "not_found",
    "user_not_visible": "not_found",
    "users_not_found": "not_found",
    "cant_update_message": "forbidden",
    "cant_delete_message": "forbidden",
    "edit_window_closed": "forbidden",
    "msg_too_long": "too_large",
    "msg_blocks_too_long": "too_large",
    "view_too_large": "too_large",
    "metadata_too_large": "too_large",
    "file_upload_size_restricted": "too_large",
    "expired_trigger_id": "late",
    "exchanged_trigger_id": "late",
    "invalid_trigger_id": "late",
}
_REASONS: Final = {
    "is_archived": "the channel is archived: unarchive it, or set SLACK_CHANNEL to another one",
    "channel_not_found": "the app does not see the channel: invite it there, and check SLACK_CHANNEL",
    "not_in_channel": "the app is not in the channel: invite it there",
}
_TOKEN: Final = frozenset(
    {
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
        "no_permission", "access_denied", "org_login_required", "ekm_access_denied", "team_access_not_granted",
        "app_access_restricted", "accesslimited", "invalid_token",
    }
)  # fmt: skip
_PASSING: Final = frozenset(
    {
        "service_unavailable", "request_timeout", "team_added_to_org", "message_limit_exceeded", "update_failed",
        "external_channel_migrating", "messaging_processing_failed", "streaming_state_conflict", "file_update_failed",
        "fetch_members_failed",
    }
)  # fmt: skip
# Slack says of these that a part of what was asked may have been done.
_UNCLEAR: Final = frozenset({"internal_error", "fatal_error"})
_SCOPE_REMEDY: Final = "Add it under “OAuth & Permissions” (deploy/slack/manifest.yaml has them all) and install again"


@dataclass
class Unclear(Retry):
    """Nobody knows whether it was done: look before it is done again."""


def slow_down(after: str | None) -> Retry:
    """Slack asks to wait; `after` is its header Retry-After."""
    seconds = float(after) if after is not None and after.isdecimal() else _WAIT
    return Retry(reason="Slack asks to slow down", after=max(seconds, 1.0))


def translated(method: str, reply: Mapping[str, Json], setting: str = "SLACK_BOT_TOKEN") -> AssistantError:
    """Our error for a reply that is not ok; `setting` is where the token came from. It quotes no message."""
    error = str(reply.get("error") or "unknown_error")
    if error == "missing_scope":
        needed = str(reply.get("needed") or "?")
        return Misconfigured(setting, f"{method} needs the scope {needed}", _SCOPE_REMEDY)
    if error in _TOKEN:
        remedy = "Copy the token from the app's page again; where the app was removed, install it again"
        return Misconfigured(setting, f"Slack does not take this token ({error})", remedy)
    if error in {"not_enabled", "messages_tab_disabled"}:
        remedy = "Switch the Home and the Messages tab on under “App Home”, or use deploy/slack/manifest.yaml"
        return Misconfigured(setting, f"the app's tab is switched off ({error})", remedy)
    if error in RATE_LIMITED:
        return slow_down(None)
    if error in _UNCLEAR:
        return Unclear(reason=f"{method}: {error}")
    if error in _PASSING:
        return Retry(reason=f"{method}: {error}")
    reason = f"{method}: {_REASONS.get(error, error)}"
    return Refused(reason=reason, state=_STATES.get(error, "invalid"), detail=error)
