"""Spans of time as operators write them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.spans import NoTimeError, beginning

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        ("  ", None),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=MOSCOW)),
        ("2026-11-01T10:00", datetime(2026, 11, 1, 10, tzinfo=MOSCOW)),
        ("2026-11-01T10:00:00Z", datetime(2026, 11, 1, 13, tzinfo=MOSCOW)),
        ("2026-11-01T10:00:00 03:00", datetime(2026, 11, 1, 10, tzinfo=MOSCOW)),
    ],
)
def test_they_begin_at_a_moment(text: str, moment: datetime | None) -> None:
    assert beginning(text, NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "7", "d7", "-7d", "2026-13-01", "2026-11-31", "T", "7days", "\x00"])
def test_others_are_none(text: str) -> None:
    with pytest.raises(NoTimeError):
        beginning(text, NOW)
