"""Calendar arithmetic at its edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.periods import Period, coming, day, later, month, part, quarter, season, week


def test_a_month_later_stays_in_the_month() -> None:
    assert later(date(2027, 1, 31), months=1) == date(2027, 2, 28)
    assert later(date(2028, 1, 31), months=1) == date(2028, 2, 29)


@pytest.mark.parametrize("far", [10**9, -(10**9)])
def test_far_away_is_nowhere(far: int) -> None:
    assert later(date(2026, 11, 22), days=far) is None
    assert later(date(2026, 11, 22), months=far) is None


def test_a_day_that_has_passed_comes_next_year() -> None:
    assert coming(date(2026, 11, 22), 11, 22) == date(2026, 11, 22)
    assert coming(date(2026, 11, 22), 11, 21) == date(2027, 11, 21)
    assert coming(date(2026, 11, 22), 2, 29) is None


def test_months_and_quarters_carry_over() -> None:
    assert month(2026, 13) == Period(date(2027, 1, 1), date(2027, 1, 31))
    assert quarter(2026, 0) == Period(date(2025, 10, 1), date(2025, 12, 31))
    assert day(2026, 2, 30) is None


def test_the_present_season_counts_until_it_ends() -> None:
    assert season(date(2027, 2, 1), 12) == Period(date(2026, 12, 1), date(2027, 2, 28))
    assert season(date(2027, 3, 1), 12) == Period(date(2027, 12, 1), date(2028, 2, 29))


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-500, 500))
def test_a_week_runs_from_monday_to_sunday(today: date, shift: int) -> None:
    whole = week(today, shift)
    assert whole is not None
    assert whole.start is not None
    assert whole.end is not None
    assert (whole.start.weekday(), whole.end.weekday(), (whole.end - whole.start).days) == (0, 6, 6)


@pytest.mark.parametrize("unit", ["week", "month", "quarter", "season", "year"])
@pytest.mark.parametrize("which", ["begin", "middle", "end"])
def test_a_part_lies_in_its_whole(unit: str, which: str) -> None:
    whole = (
        Period(date(2026, 1, 1), date(2026, 12, 31)) if unit == "year" else Period(date(2026, 1, 1), date(2026, 3, 31))
    )
    piece = part(whole, unit, which)
    assert piece is not None
    assert piece.start is not None
    assert piece.end is not None
    assert whole.start is not None
    assert whole.end is not None
    assert whole.start <= piece.start <= piece.end <= whole.end
