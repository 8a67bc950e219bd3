"""Dates in figures: 15.12, 2027-01-15, 7/6, 10.12-15.12, «в 2027 году»."""

import re
from datetime import date

from knowledge.understanding.date_rule import Group, between, group, on, span
from knowledge.understanding.date_words import LONG_WEEKDAY
from knowledge.understanding.periods import When, coming, day, month, year

_HALF_CENTURY = 50


def _full_year(digits: str) -> int:
    if len(digits) > 2:  # noqa: PLR2004 - two digits stand for a year of this or the last century
        return int(digits)
    return int(digits) + (2000 if int(digits) <= _HALF_CENTURY else 1900)


def _iso(match: re.Match[str], _today: date) -> When | None:
    return on(day(int(match["y"]), int(match["m"]), int(match["d"])))


def _dotted(match: re.Match[str], today: date) -> When | None:
    return on(_numeric(match["d"], match["m"], match["y"], today))


def _slashed(match: re.Match[str], today: date) -> When | None:
    """Read 7/6: the month comes first in America; the caller's rules are chosen by that."""
    return on(
        _numeric(match["d"], match["m"], match["y"], today) or _numeric(match["m"], match["d"], match["y"], today)
    )


def _swapped(pattern: str) -> str:
    return pattern.replace("?P<d>", "?P<x>").replace("?P<m>", "?P<d>").replace("?P<x>", "?P<m>")


def _numeric(number: str, month_: str, year_: str | None, today: date) -> date | None:
    if year_:
        return day(_full_year(year_), int(month_), int(number))
    return coming(today, int(month_), int(number)) if int(month_) <= 12 else None  # noqa: PLR2004


def _dotted_range(match: re.Match[str], today: date) -> When | None:
    last = _numeric(match["d2"], match["m2"], match["y2"], today)
    if last is None:
        return None
    first = day(_full_year(match["y1"]) if match["y1"] else last.year, int(match["m1"] or last.month), int(match["d1"]))
    return between(first, last)


def _numbered_month(match: re.Match[str], _today: date) -> When | None:
    return span(month(int(match["y"]), int(match["m"]))) if 1 <= int(match["m"]) <= 12 else None  # noqa: PLR2004


def _whole_year(match: re.Match[str], _today: date) -> When | None:
    return span(year(int(match["y"])))


_KEY = r"(?:(?:до|к|ко|на|с|от|после|by|before|until|till|on|after|from|due|for|в|at) )"
_SEPARATED = r"\d[./-]"
_SLASHES = (
    (r"(?<![\d.,:/-])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>(?:19|20)?\d\d)(?!\d|[/-]\d)", _slashed),
    (
        rf"(?:^\W*|(?<!\w){_KEY}|{LONG_WEEKDAY} )(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?P<y>)(?!\d|[./-]\d| ?[%\w])",
        _slashed,
    ),
)

SLASHED: tuple[Group[date], ...] = (group(r"\d/\d", *_SLASHES),)
"""Dates with slashes, the day first."""

SLASHED_AMERICAN: tuple[Group[date], ...] = (
    group(r"\d/\d", *((_swapped(pattern), reader) for pattern, reader in _SLASHES)),
)
"""Dates with slashes, the month first."""

DATES: tuple[Group[date], ...] = (
    group(
        _SEPARATED,
        (r"(?<![\d.,:/-])(?P<y>(?:19|20)\d\d)([-./])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d|[-/]\d)", _iso),
        (
            (
                r"(?<![\d.,:/-])(?P<d1>\d{1,2})\.?(?:(?<=\.)(?P<m1>\d{2})\.?(?P<y1>(?:20)?\d\d(?!\d))?)? ?"
                r"(?:-|по|до|/) ?(?P<d2>\d{1,2})\.(?P<m2>0[1-9]|1[0-2])(?:\.(?P<y2>(?:20)?\d\d)|\.(?!\d)|"
                r"(?![\d.]))(?! ?[%$€₽₸a-zа-я]{1,3}(?!\w))"
            ),
            _dotted_range,
        ),
        (r"(?<![\d.,:/-])(?P<d>\d{1,2})([.-])(?P<m>\d{1,2})\2(?P<y>(?:19|20)?\d\d)(?!\d|[.:/-]\d)", _dotted),
        (
            (
                r"(?<![\d.,:/-])(?<!\d - )(?P<d>\d{1,2})\.(?P<m>0[1-9]|1[0-2])(?P<y>)(?:\.(?!\d)|"
                r"(?![\d.:/-]|,\d))(?! ?(?:[%$€₽]|[a-zа-я]{1,3}(?<!в)(?<!г)(?!\w)))"
            ),
            _dotted,
        ),
        (rf"(?:^\W*|(?<!\w){_KEY})(?P<d>\d{{1,2}})\.(?P<m>[1-9])(?P<y>)(?=\W*$)", _dotted),
        (r"(?<![\d.,:/-])(?P<m>0?[1-9]|1[0-2])[./](?P<y>20\d\d)(?!\d|[./-]\d)", _numbered_month),
        (r"(?<![\d.,:/-])(?P<y>20\d\d)[-/](?P<m>0?[1-9]|1[0-2])(?!\d|[./-]\d)", _numbered_month),
    ),
)
"""Dates in figures that read the same everywhere."""

YEARS: tuple[Group[date], ...] = (
    group(
        r"(?:19|20)\d\d",
        (
            (
                r"(?<!\w)(?:в|к|до|на|с|in|by|until|before|during|for) (?:the year )?(?P<y>20\d\d)(?!\d|"
                r"[.,:]\d)(?: ?(?:г(?!\w)\.?|год[ауе]?(?!\w)))?(?! ?[%$€₽]| руб| usd| тыс)"
            ),
            _whole_year,
        ),
        (r"(?<![\w.,:/-])(?P<y>(?:19|20)\d\d) ?(?:г(?!\w)\.?|год[ауе]?(?!\w))", _whole_year),
    ),
)
"""Years that stand alone."""
