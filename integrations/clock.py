"""The only clock: everything else is told the time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware, in UTC: the system's `Clock`."""
    return datetime.now(UTC)
