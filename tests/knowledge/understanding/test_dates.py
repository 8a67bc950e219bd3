"""Dates, periods and deadlines as prospects write them, told from a Sunday in November."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.dates import find_date
from knowledge.understanding.periods import Period, When

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def _read(text: str, *, month_first: bool = False) -> When | None:
    found = find_date(text, NOW, month_first=month_first)
    return found.value if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("нужно сегодня", "2026-11-22"),
        ("завтра в 15:00", "2026-11-23"),
        ("послезавтра", "2026-11-24"),
        ("вчера", "2026-11-21"),
        ("через две недели", "2026-12-06"),
        ("недели через две", "2026-12-06"),
        ("через пару недель", "2026-12-06"),
        ("через месяц", "2026-12-22"),
        ("через полтора месяца", "2027-01-06"),
        ("через полгода", "2027-05-22"),
        ("через 10 рабочих дней", "2026-12-04"),
        ("в понедельник", "2026-11-23"),
        ("в следующую пятницу", "2026-11-27"),
        ("на следующей неделе в среду", "2026-11-25"),
        ("к пятнице", "2026-11-27"),
        ("15 декабря", "2026-12-15"),
        ("пятнадцатого декабря", "2026-12-15"),
        ("10 ноября", "2027-11-10"),
        ("15.12", "2026-12-15"),
        ("до 15.12.27", "2027-12-15"),
        ("2027-01-15", "2027-01-15"),
        ("25 числа", "2026-11-25"),
        ("к декабрю", "2026-12-01"),
        ("до нового года", "2026-12-31"),
        ("до следующей недели", "2026-11-22"),
        ("срочно!", "2026-11-22"),
        ("ASAP", "2026-11-22"),
        ("in two weeks", "2026-12-06"),
        ("in a month", "2026-12-22"),
        ("by Friday", "2026-11-27"),
        ("Tuesday next week", "2026-11-24"),
        ("March 5", "2027-03-05"),
        ("the first of march", "2027-03-01"),
        ("on the 25th", "2026-11-25"),
        ("first tuesday of december", "2026-12-01"),
        ("5 дней назад", "2026-11-17"),
    ],
)
def test_a_day(text: str, day: str) -> None:
    assert _read(text) == When(date.fromisoformat(day), None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("на следующей неделе", "2026-11-23", "2026-11-29"),
        ("в следующем квартале", "2027-01-01", "2027-03-31"),
        ("в 4 квартале", "2026-10-01", "2026-12-31"),
        ("Q1 2027", "2027-01-01", "2027-03-31"),
        ("next quarter", "2027-01-01", "2027-03-31"),
        ("в декабре", "2026-12-01", "2026-12-31"),
        ("in March 2027", "2027-03-01", "2027-03-31"),
        ("весной", "2027-03-01", "2027-05-31"),
        ("в 2027 году", "2027-01-01", "2027-12-31"),
        ("с 1 по 10 декабря", "2026-12-01", "2026-12-10"),
        ("December 1-10", "2026-12-01", "2026-12-10"),
        ("10.12 - 15.12", "2026-12-10", "2026-12-15"),
        ("в начале января", "2027-01-01", "2027-01-10"),
        ("mid December", "2026-12-11", "2026-12-20"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("в январе-феврале", "2027-01-01", "2027-02-28"),
    ],
)
def test_a_period(text: str, start: str, end: str) -> None:
    assert _read(text) == When(None, Period(date.fromisoformat(start), date.fromisoformat(end)))


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("до конца месяца", "2026-11-30"),
        ("к концу года", "2026-12-31"),
        ("к концу декабря", "2026-12-31"),
        ("we need it by end of next week", "2026-11-29"),
        ("by the end of Q1", "2027-03-31"),
        ("в течение 10 дней", "2026-12-02"),
        ("within 2 weeks", "2026-12-06"),
    ],
)
def test_a_deadline_is_its_last_day_and_the_days_until_then(text: str, last: str) -> None:
    assert _read(text) == When(date.fromisoformat(last), Period(NOW.date(), date.fromisoformat(last)))


def test_the_reader_of_slashes_may_be_american() -> None:
    assert _read("12/05/2026") == When(date(2026, 5, 12), None)
    assert _read("12/05/2026", month_first=True) == When(date(2026, 12, 5), None)
    assert _read("25/12/2026", month_first=True) == When(date(2026, 12, 25), None)


@pytest.mark.parametrize(
    "text",
    [
        "32 августа",
        "29 февраля",
        "до 30.02",
        "не срочно",
        "May I ask you?",
        "we may buy",
        "5 лет на рынке",
        "2 недели",
        "10:30",
        "с 10 до 18",
        "8 912 345-67-89",
        "коврик 140х200",
        "каждый понедельник",
        "вчеера",
        "2020",
        "Это в 10.1 - 10.12",
        "Нужна кофемашина в офис",
        "",
    ],
)
def test_no_date(text: str) -> None:
    assert _read(text) is None


def test_the_place_of_a_date() -> None:
    text = "Горит, нужно через две недели и точка"
    found = find_date(text, NOW)
    assert found is not None
    assert text[found.start : found.end] == "через две недели"


@given(st.dates(date(2026, 11, 22), date(2050, 12, 31)))
def test_every_day_is_read_back_in_figures(day: date) -> None:
    assert _read(f"нужно {day:%d.%m.%Y}") == When(day, None)
    assert _read(day.isoformat()) == When(day, None)
    assert _read(f"by {day:%B} {day.day}, {day.year}") == When(day, None)


@given(st.integers(-(10**7), 10**7), st.sampled_from(["дней", "недель", "месяцев", "лет", "часов", "days", "years"]))
def test_any_distance_is_a_day_or_nothing(count: int, unit: str) -> None:
    seen = _read(f"через {count} {unit}")
    assert seen is None or seen.date is not None or seen.period is not None
