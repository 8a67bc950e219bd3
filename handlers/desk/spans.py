"""How long a wait is told to last: measured answer times as a range in round figures, and moments of the team."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flows.model import Json
from knowledge.parts import DAYS, in_language
from knowledge.team import Ladder, Team

ENOUGH: Final = 5
"""Answers that must have been measured before they are believed."""
_ROUND: Final = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
_HOUR: Final = 60
_WEEK: Final = 7


def expected(measured: Sequence[int], ladder: Ladder) -> tuple[float, float]:
    """Minutes within which half, and nine of ten, were answered; of too few `measured` seconds, what the team says."""
    if len(measured) < ENOUGH:
        low, high = ladder.expected
        return low, high
    ordered = sorted(measured)
    return _share(ordered, 0.5) / 60, _share(ordered, 0.9) / 60


def bound(high: float, ladder: Ladder) -> float:
    """Minutes until the next colleague is called."""
    return min(max(high, ladder.at_least), ladder.at_most)


def told(low: float, high: float) -> tuple[str, Mapping[str, Json]]:
    """Which text tells such a range of minutes, and its figures, rounded so that the truth lies within."""
    if high > _ROUND[-1]:
        return "hours", {"low": max(1, math.floor(low / _HOUR)), "high": math.ceil(high / _HOUR)}
    above = next(step for step in _ROUND if step >= high)
    below = max((step for step in _ROUND if step <= low), default=_ROUND[0])
    return "minutes", {"low": min(below, above), "high": above}


def moment(at: datetime, now: datetime, team: Team, locale: str) -> Mapping[str, Json]:
    """A time as a text wants it: the day by name within a week, else by date; the hour on the team's clock."""
    there, here = at.astimezone(team.local), now.astimezone(team.local)
    ahead = (there.date() - here.date()).days
    named = {0: "today", 1: "tomorrow"}.get(ahead, DAYS[there.weekday()] if ahead < _WEEK else "")
    time = f"{there.hour}:{there.minute:02}"
    return {"day": named, "date": there.date().isoformat(), "time": time, "zone": in_language(team.zone, locale)}


def _share(ordered: Sequence[int], share: float) -> int:
    """The least measured time that this share does not exceed."""
    return ordered[math.ceil(share * len(ordered)) - 1]
