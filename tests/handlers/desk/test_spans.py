"""How long a wait is said to be: round ranges, bounds, and moments named by their day."""

from datetime import timedelta

import pytest

from handlers.desk.spans import bound, expected, moment, told
from knowledge.team import Ladder
from tests.knowledge.shipped import shipped
from tests.virtual_time import START


# ------------------------------------------------------------------ what is told
def test_measured_times_are_told_once_there_are_enough_and_cover_nine_of_ten() -> None:
    ladder = Ladder(expected=(5, 15))
    assert expected([60] * 4, ladder) == (5, 15)
    times = [minutes * 60 for minutes in range(1, 101)]
    low, high = expected(times, ladder)
    assert (low, high) == (50.0, 90.0)
    news, figures = told(low, high)
    assert (news, dict(figures)) == ("hours", {"low": 1, "high": 2})
    assert sum(one <= 120 * 60 for one in times) / len(times) >= 0.8


@pytest.mark.parametrize(
    ("low", "high", "news", "figures"),
    [
        (0.2, 0.9, "minutes", {"low": 1, "high": 1}),
        (2.5, 8.0, "minutes", {"low": 2, "high": 10}),
        (16.0, 44.0, "minutes", {"low": 15, "high": 45}),
        (40.0, 61.0, "hours", {"low": 1, "high": 2}),
        (200.0, 400.0, "hours", {"low": 3, "high": 7}),
    ],
)
def test_ranges_are_round(low: float, high: float, news: str, figures: dict[str, int]) -> None:
    assert told(low, high) == (news, figures)


def test_the_next_colleague_is_called_within_bounds() -> None:
    ladder = Ladder(at_least=3, at_most=20)
    assert [bound(high, ladder) for high in (0.5, 8.0, 300.0)] == [3, 8.0, 20]


@pytest.mark.parametrize(("ahead", "day"), [(0, "today"), (1, "tomorrow"), (2, "wed"), (6, "sun"), (7, ""), (30, "")])
def test_a_moment_is_named_by_its_day(ahead: int, day: str) -> None:
    team = shipped().team
    when = moment(START + timedelta(days=ahead), START, team, "en")
    assert when == {
        "day": day,
        "date": (START + timedelta(days=ahead)).date().isoformat(),
        "time": "10:00",
        "zone": "Moscow time",
    }
