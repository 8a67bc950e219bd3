"""The only clock: everything else is told the time."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Now, aware, in UTC: the system's `Clock`."""
    return datetime.now(UTC)


def clock_in(zone: str) -> Callable[[], datetime]:
    """The same clock telling the wall time of a zone, so that "today" is the company's today."""
    local = ZoneInfo(zone)

    def now() -> datetime:
        return datetime.now(local)

    return now
