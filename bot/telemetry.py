"""What the process tells of itself: log events without secrets or contacts, and Prometheus metrics."""

import logging
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Literal, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from structlog.typing import Processor
from typing_extensions import override

from bot.redaction import Redactor

_QUIET = ("httpx", "httpcore", "aiogram", "aiohttp", "uvicorn", "uvicorn.error", "apscheduler", "sqlalchemy", "alembic")
_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


def set_up_logging(
    style: Literal["", "pretty", "json"],
    secrets: Sequence[str],
    stream: TextIO | None = None,
    level: int = logging.INFO,
) -> None:
    """Send structlog's and the standard library's events to `stream` (stderr), redacted.

    An empty `style` is pretty on a terminal, else JSON. The libraries speak from WARNING on.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(style, Redactor(secrets), on_terminal=stream.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _formatter(style: str, redact: Processor, *, on_terminal: bool) -> logging.Formatter:
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style == "pretty" or (not style and on_terminal):
        renderer = structlog.dev.ConsoleRenderer(colors=on_terminal)
    # Exceptions become text before the redaction, so that a traceback is redacted too; locals are never shown.
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
    )


class Metrics:
    """The process's own figures, each with its unit in its name; one object is passed to whoever counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._turns = _OfTurns()
        registry.register(self._turns)
        self.delivery_failures = Counter(
            "assistant_delivery_failures", "Deliveries that failed", ["channel", "outcome"], registry=registry
        )
        self.lanes = Gauge("assistant_lanes", "Chats whose turn is running or waits for more words", registry=registry)
        self.http_requests = Counter("assistant_http_requests", "Requests answered", ["status"], registry=registry)

    def arrived(self, channel: str) -> None:
        """Count an event that became durable."""
        self._turns.events[channel] += 1

    def turned(self, channel: str, seconds: float) -> None:
        """Count a turn whose first event arrived so long before its reply had left."""
        self._turns.turns[channel] += 1
        self._turns.seconds += seconds
        self._turns.within[bisect_left(_SECONDS, seconds)] += 1

    def left(self, outcome: str, channel: str) -> None:
        """Count a delivery: sent, retried or failed."""
        if outcome == "sent":
            self._turns.replies[channel] += 1
        else:
            self.delivery_failures.labels(channel, outcome).inc()

    def text(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)


class _OfTurns(Collector):
    """What every turn counts, as plain numbers of the loop's thread: Prometheus' own take a lock for each."""

    def __init__(self) -> None:
        self.events: defaultdict[str, int] = defaultdict(int)
        self.turns: defaultdict[str, int] = defaultdict(int)
        self.replies: defaultdict[str, int] = defaultdict(int)
        self.seconds = 0.0
        self.within = [0] * (len(_SECONDS) + 1)  # turns by the bucket of their time, the last one without an end

    @override
    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        yield _by_channel("assistant_events", "Events stored in the inbox", self.events)
        yield _by_channel("assistant_turns", "Turns committed", self.turns)
        yield _by_channel("assistant_replies", "Messages delivered", self.replies)
        ends = (*map(str, _SECONDS), "+Inf")
        buckets = list(zip(ends, accumulate(self.within), strict=True))
        about = "From an event's arrival to its reply"
        yield HistogramMetricFamily("assistant_reply_seconds", about, buckets, self.seconds)


def _by_channel(name: str, about: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, about, labels=["channel"])
    for channel, count in dict(counts).items():  # a copy: it is read in another thread than it is counted in
        family.add_metric([channel], count)
    return family
