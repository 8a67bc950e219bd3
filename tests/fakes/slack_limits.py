"""How often Slack's methods may be called, and which right each needs."""

import time
from collections import defaultdict, deque

TIERS = {"T1": 1, "T2": 20, "T3": 50, "T4": 100}
METHODS = {
    "apps.connections.open": "T3",
    "chat.update": "T3",
    "chat.delete": "T3",
    "chat.postEphemeral": "T4",
    "conversations.history": "T3",
    "conversations.replies": "T3",
    "conversations.info": "T3",
    "conversations.open": "T3",
    "files.getUploadURLExternal": "T4",
    "files.completeUploadExternal": "T4",
    "files.info": "T4",
    "reactions.add": "T3",
    "usergroups.list": "T2",
    "users.info": "T4",
    "views.open": "T4",
    "views.publish": "T4",
}
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.info": "channels:read",
    "conversations.open": "im:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "usergroups.list": "usergroups:read",
    "users.info": "users:read",
}
# Slack reads JSON in all methods but these.
FORMS_ONLY = {
    "conversations.history", "conversations.replies", "files.getUploadURLExternal", "usergroups.list", "users.info",
}  # fmt: skip
_TEXTS = {"text", "blocks", "parse", "link_names", "metadata"}
_PAGES = {"cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest"}
ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "auth.test": (set(), set()),
    "apps.connections.open": (set(), set()),
    "chat.postMessage": ({"channel"}, {*_TEXTS, "thread_ts", "unfurl_links", "unfurl_media"}),
    "chat.postEphemeral": ({"channel", "user"}, {*_TEXTS, "thread_ts"}),
    "chat.update": ({"channel", "ts"}, {*_TEXTS, "file_ids"}),
    "chat.delete": ({"channel", "ts"}, set()),
    "conversations.history": ({"channel"}, _PAGES),
    "conversations.replies": ({"channel", "ts"}, _PAGES),
    "conversations.info": ({"channel"}, {"include_locale", "include_num_members"}),
    "conversations.open": (set(), {"users", "channel", "return_im", "prevent_creation"}),
    "files.getUploadURLExternal": ({"filename", "length"}, {"alt_txt", "snippet_type"}),
    "files.completeUploadExternal": ({"files"}, {"channel_id", "channels", "thread_ts", "initial_comment", "blocks"}),
    "files.info": ({"file"}, {"count", "cursor", "limit", "page"}),
    "reactions.add": ({"channel", "name", "timestamp"}, set()),
    "usergroups.list": (set(), {"include_users", "include_count", "include_disabled", "team_id"}),
    "users.info": ({"user"}, {"include_locale"}),
    "views.open": ({"view"}, {"trigger_id", "interactivity_pointer"}),
    "views.publish": ({"user_id", "view"}, {"hash", "interactivity_pointer"}),
}
"""By method: the arguments that it needs, and those that it may have; others are refused."""
POST_SECONDS = 1.0


class Limits:
    """Windows of a minute, and of a second for posts into one channel; `pace` makes both that much shorter."""

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, method: str, channel: str) -> float:
        """Count a call; seconds until it may come again when that was one too many, else 0."""
        now = time.monotonic()
        if method == "chat.postMessage":
            # A hair less than a second, so that a timer that rings early is not punished.
            return self._count(f"{method} {channel}", now, 1, POST_SECONDS * 0.95)
        tier = METHODS.get(method)
        return self._count(method, now, TIERS[tier], 60.0) if tier else 0.0

    def _count(self, key: str, now: float, allowed: int, seconds: float) -> float:
        window = seconds / self._pace
        calls = self._calls[key]
        while calls and now - calls[0] >= window:
            calls.popleft()
        if len(calls) >= allowed:
            return window - (now - calls[0])
        calls.append(now)
        return 0.0
