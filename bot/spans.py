"""Spans of time as operators write them: `7d`, `2026-11-22`, an ISO time."""

import re
from datetime import date, datetime, time, timedelta

_DAYS = re.compile(r"(\d{1,4})d")


class NoTimeError(ValueError):
    """A text that names no moment."""


def beginning(text: str, now: datetime) -> datetime | None:
    """When a span begins: so many days ago, or at that moment; what names no zone is in the zone of `now`.

    None for an empty text. Raises `NoTimeError`.
    """
    text = text.strip()
    if not text:
        return None
    if days := _DAYS.fullmatch(text):
        return now - timedelta(days=int(days[1]))
    try:
        if len(text) == len("2026-11-22"):
            return datetime.combine(date.fromisoformat(text), time(), now.tzinfo)
        # An unescaped plus of a time zone arrives as a space in a URL.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError as error:
        raise NoTimeError(text) from error
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
