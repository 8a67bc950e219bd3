"""The date, period or deadline that a message names, Russian and English, told from a given now."""

import re
from datetime import date, datetime, timedelta

from knowledge.understanding import date_named, date_numeric, date_relative
from knowledge.understanding.date_rule import first
from knowledge.understanding.date_words import CUES
from knowledge.understanding.numerals import respell
from knowledge.understanding.periods import Period, When
from knowledge.understanding.text import Found, Reading, read

DIGITS = re.compile(r"\d[./-]{1,2} ?\d|(?<!\d)20\d\d(?!\d)|\d(?:st|nd|rd|th|-?го|-?е)(?!\w)")
_BEFORE = re.compile(r"(?:до|before|until|till|раньше)(?: the)? ?$")
_BY = re.compile(r"(?:к|ко|by)(?: the)? ?$")
_INSIDE = re.compile(r"^(?:(?P<before>до|before|until|till)|(?P<by>к|ко|by)) ")


def find_date(text: str | Reading, now: datetime, *, month_first: bool = False) -> Found[When] | None:
    """Find the date that a message names. `month_first` reads 7/6 as the sixth of July.

    A day without a year is the next such day, today included. "By" a period is its first day, "before" it the last
    day ahead of it; "by the end of" it is its last day, with the days until then as the period. Asap is today.
    """
    reading = read(text)
    if not may_hold_date(reading):
        return None
    spelled = respell(reading.lower)
    found = scan_date(spelled.text, now, month_first=month_first)
    if found is None:
        return None
    start, end = spelled.source(found[1], found[2])
    return reading.found(found[0], start, min(end, len(reading.text)))


def may_hold_date(reading: Reading) -> bool:
    """Tell cheaply whether a date may be there: a word of the calendar, or digits like 15.12."""
    return any(word[:4] in CUES for word in reading.words) or DIGITS.search(reading.lower) is not None


def scan_date(lower: str, now: datetime, *, month_first: bool = False) -> tuple[When, int, int] | None:
    """Find a date in text that is lower-cased and has its numbers in digits."""
    slashed = date_numeric.SLASHED_AMERICAN if month_first else date_numeric.SLASHED
    found = first((*slashed, *date_numeric.DATES, *date_named.DATES, *date_numeric.YEARS), lower, now.date())
    found = found or first(date_relative.DATES, lower, now)
    if found is None:
        return None
    when, match = found
    return _deadline(lower, match, when, now.date()), match.start(), match.end()


def _deadline(lower: str, match: re.Match[str], when: When, today: date) -> When:
    """Turn a period that something is due by or before into a day, and the end of one into what is left until it."""
    period = when.period
    if period is None or period.start is None:
        return when
    ahead = lower[max(0, match.start() - 12) : match.start()]
    inside = _INSIDE.match(match.group())
    before = bool(_BEFORE.search(ahead) or (inside and inside["before"]))
    by = bool(_BY.search(ahead) or (inside and inside["by"]))
    if when.date is not None:
        return When(when.date, Period(today, when.date)) if (before or by) and when.date >= today else when
    if before:
        return When(period.start - timedelta(1), None)
    return When(period.start, None) if by else when


__all__ = ["Period", "When", "find_date", "may_hold_date", "scan_date"]
