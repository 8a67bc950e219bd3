"""Sums are read with their bounds and currency; counts, years and dates are not sums."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.money import find_money


def _read(text: str, *, asked: bool = False) -> list[tuple[Decimal | int | None, Decimal | int | None, str | None]]:
    return [(found.value.min, found.value.max, found.value.currency) for found in find_money(text, asked=asked)]


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("150к", 150_000, 150_000, None),
        ("от 50 до 80 тыс", 50_000, 80_000, None),
        ("от 50 тыс до 80 тыс", 50_000, 80_000, None),
        ("не больше 20 т.р.", None, 20_000, "RUB"),
        ("от 100к", 100_000, None, None),
        ("$2-3k", 2000, 3000, "USD"),
        ("2к евро", 2000, 2000, "EUR"),
        ("баксов 500 потянем", 500, 500, "USD"),
        ("300 000 тенге", 300_000, 300_000, "KZT"),
        ("1,5 млн", 1_500_000, 1_500_000, None),
        ("1 млн 200 тыс", 1_200_000, 1_200_000, None),
        ("between 100 and 200k", 100_000, 200_000, None),
        ("up to 5k", None, 5000, None),
        ("at least $500", 500, None, "USD"),
        ("€ 1.200,50", Decimal("1200.50"), Decimal("1200.50"), "EUR"),
        ("$1,500.00", 1500, 1500, "USD"),
        ("5 000 руб. 50 коп.", Decimal("5000.5"), Decimal("5000.5"), "RUB"),
        ("пятьдесят тысяч рублей", 50_000, 50_000, "RUB"),
        ("полмиллиона", 500_000, 500_000, None),
        ("тысяч 50-60", 50_000, 60_000, None),
        ("пару тысяч долларов", 2000, 2000, "USD"),
        ("10 тыс белорусских рублей", 10_000, 10_000, "BYN"),
        ("5 млн сум", 5_000_000, 5_000_000, "UZS"),
        ("3,5к$", 3500, 3500, "USD"),
        ("£90 million", 90_000_000, 90_000_000, "GBP"),
        ("500 гривен", 500, 500, "UAH"),
        ("100 юаней", 100, 100, "CNY"),
        ("2000 лир", 2000, 2000, "TRY"),
        ("бюджет 50000", 50_000, 50_000, None),
        ("we can spend around 7500", 7500, 7500, None),
    ],
)
def test_a_sum(text: str, low: Decimal | int | None, high: Decimal | int | None, currency: str | None) -> None:
    assert _read(text) == [(low, high, currency)]


@pytest.mark.parametrize(
    "text",
    [
        "на 20 человек",
        "30 рабочих мест",
        "5к подписчиков",
        "15.12.2026",
        "15 декабря",
        "в 2027 году",
        "бюджет 2027 года",
        "миллион вопросов",
        "скидка 50%",
        "коврик 140х200",
        "от 20 до 30",
        "10:30",
        "кто играл в 70-х годах",
        "ipad 10 256gb",
        "",
    ],
)
def test_no_sum(text: str) -> None:
    assert _read(text) == []


def test_a_bare_number_is_a_sum_where_one_was_asked_for() -> None:
    assert _read("50000") == []
    assert _read("50000", asked=True) == [(50_000, 50_000, None)]
    assert _read("200-300", asked=True) == [(200, 300, None)]


def test_several_sums_and_their_places() -> None:
    text = "было 990 рублей, а за 10$ отдадите?"
    assert [text[found.start : found.end] for found in find_money(text)] == ["990 рублей", "10$"]


@given(st.integers(1, 10**9), st.sampled_from(["₽", " руб", " рублей", "р"]))
def test_every_amount_of_roubles_is_read_to_the_rouble(amount: int, sign: str) -> None:
    assert _read(f"{amount}{sign}") == [(amount, amount, "RUB")]
    assert _read(f"{amount:,}{sign}".replace(",", " ")) == [(amount, amount, "RUB")]
