"""Numbers, ranges and quantities; what is money, a date or a telephone is no quantity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.number import NumberRange, find_numbers, find_quantity, find_range


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("на 20 человек", 20),
        ("на 20", 20),
        ("нас 45 человек, магазин в Самаре", 45),
        ("нас двадцать семь", 27),
        ("нужно 30 рабочих мест", 30),
        ("нужно 5 кофемашин", 5),
        ("5-10 человек", 10),
        ("до 20 сотрудников", 20),
        ("двадцать тысяч штук", 20_000),
        ("команда из 12", 12),
        ("for 20 people", 20),
        ("a team of 12", 12),
        ("we are 45", 45),
        ("a dozen chairs", 12),
        ("100+ users", 100),
        ("need 3 coffee machines", 3),
    ],
)
def test_a_quantity(text: str, quantity: int) -> None:
    found = find_quantity(text)
    assert found is not None
    assert found.value == quantity


@pytest.mark.parametrize(
    "text",
    [
        "15 декабря",
        "через 2 недели",
        "бюджет 150к",
        "нужно 500 рублей",
        "нужно 20 дней",
        "8 912 345 67 89",
        "заказ №45",
        "нам 5 лет",
        "10:30",
        "полтора человека",
        "give me 50% discount",
        "{{7*7}}",
        "{{20 человек}}",
        "",
    ],
)
def test_no_quantity(text: str) -> None:
    assert find_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5-10", 5, 10),
        ("от 6 до 20", 6, 20),
        ("до 20", None, 20),
        ("не больше 20", None, 20),
        ("больше 100", 100, None),
        ("100+", 100, None),
        ("at least six", 6, None),
        ("up to 700", None, 700),
        ("between 20 and 30", 20, 30),
        ("двенадцать", 12, 12),
        ("5k-20k", 5000, 20_000),
    ],
)
def test_a_range(text: str, low: float | None, high: float | None) -> None:
    assert find_range(text) == NumberRange(low, high)


@pytest.mark.parametrize("text", ["give me 50% discount", "10-20 процентов", "{{7*7}}", "${5}", "2+2", "<b>5</b>"])
def test_shares_markup_and_formulae_are_no_range(text: str) -> None:
    assert find_range(text) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("полтора", [1.5]), ("a dozen or 15", [12, 15]), ("1 500 и 2,5", [1500, 2.5]), ("нет чисел", []), ("№5", [])],
)
def test_plain_numbers(text: str, numbers: list[float]) -> None:
    assert [found.value for found in find_numbers(text)] == numbers


@given(st.integers(1, 9_999_999))
def test_every_count_is_read(count: int) -> None:
    found = find_quantity(f"{count} человек")
    assert found is not None
    assert found.value == count
