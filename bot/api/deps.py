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


class SlackAnswer(Protocol):
    """What Slack's request is answered."""

    @property
    def status(self) -> int:
        """200 once it is stored."""
        ...

    @property
    def body(self) -> bytes:
        """Empty but for what Slack asks for."""
        ...

    @property
    def media_type(self) -> str:
        """Of the body."""
        ...


class SlackEvents(Protocol):
    """Takes one request of Slack's as it came."""

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> SlackAnswer:
        """Answer 401 to whoever is not Slack, 503 while nothing can be stored."""
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
    slack_events: SlackEvents | None = None
    trackers: Mapping[str, Webhook] = field(default_factory=dict)
    ready: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
