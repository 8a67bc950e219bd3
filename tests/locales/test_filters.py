"""Money, numbers, dates and plurals read as a person of that language would write them."""

import pytest

from flows.model import Json
from locales.errors import UnsayableError
from locales.filters import Formats

RU = Formats(
    "ru",
    {
        "up_to": "до {value}",
        "from": "от {value}",
        "until_date": "до {value}",
        "since_date": "с {value}",
        "date": "d MMMM y",
    },
)
EN = Formats("en", {"up_to": "up to {value}", "from": "from {value}", "date": "MMMM d, y"})


@pytest.mark.parametrize(
    ("formats", "value", "shown"),
    [
        (RU, {"minor": 22990000, "currency": "RUB"}, "229 900 ₽"),
        (RU, {"minor": 22990050, "currency": "RUB"}, "229 900,50 ₽"),
        (RU, {"minor": 99, "currency": "RUB"}, "0,99 ₽"),
        (RU, {"minor": 1200, "currency": "JPY"}, "1 200 ¥"),
        (EN, {"minor": 22990000, "currency": "RUB"}, "RUB 229,900"),
        (EN, {"minor": 199950, "currency": "USD"}, "$1,999.50"),
        (EN, {"minor": 1200, "currency": "JPY"}, "¥1,200"),
        (EN, {"minor": 1500, "currency": "KWD"}, "KWD 1.500"),
        (EN, {"minor": -5000, "currency": "USD"}, "-$50"),
        (RU, {"min": 50000, "max": 80000, "currency": "RUB"}, "50 000–80 000 ₽"),
        (RU, {"min": 0, "max": 80000, "currency": "RUB"}, "до 80 000 ₽"),
        (RU, {"min": None, "max": 80000, "currency": "RUB"}, "до 80 000 ₽"),
        (RU, {"min": 500000, "max": None, "currency": "RUB"}, "от 500 000 ₽"),
        (RU, {"min": 70000, "max": 70000.0, "currency": "RUB"}, "70 000 ₽"),
        (EN, {"min": 2000, "max": 3000, "currency": "USD"}, "$2,000–$3,000"),
        (RU, {"min": 0, "max": 0, "currency": "RUB"}, "0 ₽"),
    ],
)
def test_money(formats: Formats, value: Json, shown: str) -> None:
    assert formats.money(value).replace("\u00a0", " ") == shown
    assert formats.money(value) == formats.value(value)


def test_the_smallest_unit_is_never_rounded_away() -> None:
    assert RU.money({"minor": 10**18 + 1, "currency": "RUB"}).endswith(",01\u00a0₽")


@pytest.mark.parametrize(
    ("formats", "value", "shown"),
    [
        (RU, "2026-12-06", "6 декабря 2026"),
        (EN, "2026-12-06", "December 6, 2026"),
        (EN, "2026-12-06T10:00:00+03:00", "December 6, 2026"),
        (RU, {"from": "2026-12-06", "to": "2026-12-06"}, "6 декабря 2026"),
        (RU, {"from": None, "to": "2026-12-06"}, "до 6 декабря 2026"),
        (RU, {"from": "2026-12-06", "to": None}, "с 6 декабря 2026"),
        (EN, {"from": "2026-12-01", "to": "2026-12-31"}, "Dec 1 – 31, 2026"),
    ],
)
def test_dates(formats: Formats, value: Json, shown: str) -> None:
    assert " ".join(formats.date(value).replace("\u2009", " ").split()) == shown


@pytest.mark.parametrize(
    ("formats", "value", "shown"),
    [
        (RU, 12500, "12 500"),
        (RU, {"min": 6, "max": 20}, "6–20"),
        (RU, {"min": 100, "max": None}, "от 100"),
        (EN, {"min": 12, "max": 12}, "12"),
        (EN, 2.5, "2.5"),
    ],
)
def test_numbers(formats: Formats, value: Json, shown: str) -> None:
    assert formats.number(value).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "form"),
    [(1, "человек"), (2, "человека"), (5, "человек"), (11, "человек"), (21, "человек"), (104, "человека")],
)
def test_russian_plurals(value: int, form: str) -> None:
    assert RU.plural(value, "человек|человека|человек") == form


def test_plurals_of_fractions_ranges_and_english() -> None:
    assert RU.plural(1.5, "час|часа|часов|часа") == "часа"
    assert RU.plural({"min": 1, "max": 21}, "день|дня|дней") == "день"
    assert [EN.plural(number, "item|items") for number in (0, 1, 2)] == ["items", "item", "items"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "много",
        5,
        {"currency": "RUB"},
        {"minor": 1.5, "currency": "RUB"},
        {"minor": True, "currency": "RUB"},
        {"min": "x", "max": 1, "currency": "RUB"},
        {"min": float("inf"), "max": None, "currency": "RUB"},
    ],
)
def test_what_is_no_money_is_refused(value: Json) -> None:
    with pytest.raises(UnsayableError):
        RU.money(value)


@pytest.mark.parametrize("value", ["скоро", "", {"from": None, "to": None}, 20261206, "2026-13-01"])
def test_what_is_no_date_is_refused(value: Json) -> None:
    with pytest.raises(UnsayableError):
        RU.date(value)
