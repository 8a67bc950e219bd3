"""What of a lead is read at a glance, on whichever card it stands."""

from collections.abc import Mapping, Sequence
from typing import Final

from flows.model import Reason, Score

NEEDS: Final = ("need", "product", "quantity", "budget", "deadline")
"""Slots in the order in which a seller reads them."""
MARKS: Final[Mapping[str, str]] = {"hot": "🔥", "warm": "🌤", "cold": "❄️"}
"""By temperature."""
_REASONS: Final = 3


def best_reasons(score: Score) -> Sequence[Reason]:
    """The few that gave most of the points, the weightiest first."""
    return sorted(score.reasons, key=lambda reason: -reason.points)[:_REASONS]
