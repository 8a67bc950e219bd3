"""The trackers of an installation: connected from the settings, with what their webhooks are signed by."""

from collections.abc import Mapping
from typing import cast

from bot.settings import Settings
from flows.model import Json
from flows.ports.tracker import Budget, Hooks, Tracker
from flows.ports.turns import Clock
from integrations.discovery import adapter


async def connected(settings: Settings, budget: Budget, hooks: Hooks, clock: Clock) -> dict[str, Tracker]:
    """Those that `TRACKERS` names, in its order; nothing is called yet. Raises `Misconfigured`."""
    return {name: connect(name, settings, budget, await hooks.of(name), clock) for name in settings.trackers}


def connect(name: str, settings: Settings, budget: Budget, kept: Mapping[str, Json], clock: Clock) -> Tracker:
    """One tracker. `kept` is what its registration left: a secret that the settings do not give."""
    found = adapter("trackers", name)
    own = settings.part(found.settings, name)
    if "webhook_secret" in found.settings.model_fields and not own.model_dump()["webhook_secret"].get_secret_value():
        secret = str(kept.get("secret") or secret_of(settings, name))
        own = settings.part(found.settings, name, webhook_secret=secret)
    return cast("Tracker", found.connect(own, budget, clock))


def secret_of(settings: Settings, name: str) -> str:
    """The secret that we tell a tracker to sign with, where it does not tell us one."""
    return settings.derived(f"{name} webhook")


def webhook_url(settings: Settings, name: str) -> str:
    """Where a tracker is to tell of moves; it signs this very text."""
    return f"{settings.public_url}/trackers/{name}/webhook"
