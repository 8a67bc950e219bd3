"""What the HTTP server is given: ports to read, and use cases to call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.telemetry import Metrics
from flows.ports.reading import Deliveries, Leads, Reports
from flows.ports.turns import Clock
from handlers.export import Export
from handlers.handover import HandBack, SpeakAsRep, TakeOver
from handlers.report import Stats, Transcript


class Webhook(Protocol):
    """Takes one call of a service as it came."""

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> None:
        """Return once it is stored. Raises `Refused` (states forbidden, too_large, invalid) and `StorageDown`."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything that the routes need; `ready` are the needed parts by name, each raising while it is not up."""

    clock: Clock
    metrics: Metrics
    leads: Leads
    reports: Reports
    deliveries: Deliveries
    stats: Stats
    transcript: Transcript
    export: Export
    take_over: TakeOver
    hand_back: HandBack
    speak: SpeakAsRep
    admin_token: str = ""
    telegram_webhook: Webhook | None = None
    trackers: Mapping[str, Webhook] = field(default_factory=dict)
    ready: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
