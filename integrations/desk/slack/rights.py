"""What the app must be allowed and told, as deploy/slack/manifest.yaml asks for it."""

from typing import Final

SCOPES: Final = frozenset(
    {
        "channels:history", "channels:read", "chat:write", "commands", "files:read", "files:write", "groups:history",
        "groups:read", "im:history", "im:write", "reactions:read", "reactions:write", "users:read", "users:read.email",
    }
)  # fmt: skip
WELCOME: Final = frozenset({"usergroups:read"})
"""Without it staff are not known by their user groups."""
EVENTS: Final = frozenset({"app_home_opened", "message.channels", "message.groups", "reaction_added"})
COMMANDS: Final = ("stats", "export", "leads", "lead", "away")
PATH: Final = "/slack/events"
