"""Calendar arithmetic for dates in words: weeks, months, quarters, seasons and their parts."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK, _QUARTER, _YEAR = 7, 3, 12
_FRIDAY = 4
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; an open side is None."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class When:
    """A day, a period, or a deadline: then `date` is the last day and `period` what leads up to it."""

    date: date | None
    period: Period | None


def day(year: int, month: int, number: int) -> date | None:
    """Give a day of the calendar, None when there is no such day or it lies outside 1900-2200."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR or not 1 <= month <= _YEAR:
        return None
    if not 1 <= number <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, number)


def coming(today: date, month: int, number: int) -> date | None:
    """Give the next day with this number and month, today included."""
    this_year = day(today.year, month, number)
    if this_year is not None and this_year >= today:
        return this_year
    return day(today.year + 1, month, number)


def month(year: int, number: int) -> Period | None:
    """Give a month; numbers beyond 1-12 carry over into the years around."""
    year, place = year + (number - 1) // _YEAR, (number - 1) % _YEAR + 1
    first = day(year, place, 1)
    return Period(first, date(year, place, calendar.monthrange(year, place)[1])) if first else None


def week(today: date, shift: int) -> Period | None:
    """Give the week, Monday to Sunday, `shift` weeks from today's."""
    monday = later(today, days=_WEEK * shift - today.weekday())
    return Period(monday, monday + timedelta(_WEEK - 1)) if monday else None


def weekend(today: date, shift: int) -> Period | None:
    """Give Saturday and Sunday of the week `shift` weeks from today's."""
    whole = week(today, shift)
    return Period(whole.end - timedelta(1), whole.end) if whole and whole.end else None


def quarter(year: int, number: int) -> Period | None:
    """Give a quarter; numbers beyond 1-4 carry over."""
    first, last = month(year, number * _QUARTER - 2), month(year, number * _QUARTER)
    return Period(first.start, last.end) if first and last else None


def year(number: int) -> Period | None:
    """Give a whole year."""
    first, last = day(number, 1, 1), day(number, _YEAR, 31)
    return Period(first, last) if first and last else None


def season(today: date, first_month: int) -> Period | None:
    """Give the season that begins in `first_month`, the present one or the next to come."""
    for candidate in (today.year - 1, today.year, today.year + 1):
        first, last = month(candidate, first_month), month(candidate, first_month + 2)
        if first and last and last.end and last.end >= today:
            return Period(first.start, last.end)
    return None


def later(today: date, *, days: float = 0, months: float = 0) -> date | None:
    """Go on by days or calendar months: the 31st becomes the last day of a shorter month; half a month is 15 days."""
    whole = int(months)
    shifted = month(today.year, today.month + whole) if abs(whole) < _YEAR * 300 else None
    if shifted is None or shifted.start is None or shifted.end is None or abs(days) > 100_000:  # noqa: PLR2004 - centuries away
        return None
    start = shifted.start.replace(day=min(today.day, shifted.end.day))
    moved = start + timedelta(int(days + (months - whole) * 30))
    return moved if _FIRST_YEAR <= moved.year <= _LAST_YEAR else None


def working_days(today: date, count: int) -> date | None:
    """Go on by working days, five a week; from a weekend the count begins on Monday."""
    friday = today - timedelta(max(0, today.weekday() - _FRIDAY))
    weeks, rest = divmod(count, 5)
    if friday.weekday() + rest > _FRIDAY:
        rest += 2
    return later(friday, days=weeks * 7 + rest)


def unit_at(today: date, unit: str, shift: int) -> Period | None:
    """Give the week, month, quarter or year `shift` from today's; for any other unit the day."""
    if unit == "month":
        return month(today.year, today.month + shift)
    if unit == "quarter":
        return quarter(today.year, (today.month - 1) // 3 + 1 + shift)
    if unit == "year":
        return year(today.year + shift)
    if unit in {"week", "fortnight"}:
        return week(today, shift)
    moved = later(today, days=shift)
    return Period(moved, moved) if moved else None


_PARTS: dict[str, dict[str, tuple[int, int]]] = {
    # unit: part: (first day, last day) counted from the start; a negative day counts from the end
    "week": {"begin": (0, 2), "middle": (2, 3), "end": (-3, -1)},
    "month": {"begin": (0, 9), "middle": (10, 19), "end": (20, -1)},
}
_MONTH_PARTS: dict[str, dict[str, tuple[int, int]]] = {
    # unit: part: (first month, last month), from 0
    "quarter": {"begin": (0, 0), "middle": (1, 1), "end": (2, 2)},
    "season": {"begin": (0, 0), "middle": (1, 1), "end": (2, 2)},
    "year": {"begin": (0, 2), "middle": (4, 7), "end": (8, 11)},
}


def part(whole: Period, unit: str, which: str) -> Period | None:
    """Give the "begin", "middle" or "end" of a week, month, quarter, season or year."""
    if whole.start is None or whole.end is None:
        return None
    if unit in _PARTS:
        first, last = _PARTS[unit][which]
        return Period(_counted(whole.start, whole.end, first), _counted(whole.start, whole.end, last))
    first, last = _MONTH_PARTS[unit][which]
    begin = month(whole.start.year, whole.start.month + first)
    end = month(whole.start.year, whole.start.month + last)
    return Period(begin.start, end.end) if begin and end else None


def _counted(start: date, end: date, place: int) -> date:
    return start + timedelta(place) if place >= 0 else end + timedelta(place + 1)
