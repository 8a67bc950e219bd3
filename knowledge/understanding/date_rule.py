"""How a grammar of dates is written: patterns, what reads their matches, and a cheap test before a group of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from knowledge.understanding.date_words import DAY, YEAR
from knowledge.understanding.periods import Period, When

Moment = TypeVar("Moment")
Reader = Callable[[re.Match[str], Moment], When | None]


@dataclass(frozen=True, slots=True)
class Group(Generic[Moment]):
    """Rules in the order in which they are tried, run only where `gate` is found."""

    gate: re.Pattern[str]
    rules: tuple[tuple[re.Pattern[str], Reader[Moment]], ...]


def group(gate: str, *rules: tuple[str, Reader[Moment]]) -> Group[Moment]:
    """Compile a group."""
    return Group(re.compile(gate), tuple((re.compile(pattern), reader) for pattern, reader in rules))


def first(groups: Sequence[Group[Moment]], lower: str, moment: Moment) -> tuple[When, re.Match[str]] | None:
    """Give what the first rule that applies makes of a text, and the match."""
    for one in groups:
        if one.gate.search(lower) is None:
            continue
        for pattern, reader in one.rules:
            for match in pattern.finditer(lower):
                when = reader(match, moment)
                if when is not None:
                    return when, match
    return None


def on(found: date | None) -> When | None:
    """Make a day a reading."""
    return When(found, None) if found else None


def span(period: Period | None) -> When | None:
    """Make a period a reading."""
    return When(None, period) if period else None


def between(start: date | None, end: date | None) -> When | None:
    """Make two days a period; None unless the first is the earlier."""
    return When(None, Period(start, end)) if start and end and start < end else None


def day_piece(at: str) -> str:
    """Give the pattern of a day of a month, its number in the group `d` + `at`."""
    return DAY.format(at=at)


def year_piece(at: str) -> str:
    """Give the pattern of a year, its digits in the group `y` + `at`."""
    return YEAR.format(at=at)
