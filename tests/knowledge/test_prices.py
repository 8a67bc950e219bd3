"""The price book says the price of a day, to the kopeck, with the row and version it comes from."""

from datetime import date

import pytest

from flows.model import Money
from knowledge.prices import PriceBook
from tests.knowledge.shipped import PRICES, shipped, small

TODAY = date(2026, 11, 22)


def test_a_row_is_exact_and_carries_its_version() -> None:
    knowledge, _ = small()
    row = PriceBook(knowledge).row("x8", TODAY)
    assert row is not None
    assert row.price == Money(10050, "RUB")
    assert row.source == "x8@1"


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "1"),
        (date(2026, 12, 31), "1"),
        (date(2027, 1, 1), "2"),
        (date(2028, 1, 1), None),
    ],
)
def test_a_list_holds_from_its_first_day_to_its_last(day: date, version: str | None) -> None:
    later = PRICES.replace('"1"', '"2"').replace("2026-12-31", "2027-12-31").replace("2026-01-01", "2027-01-01")
    knowledge, defects = small(prices_later=later)
    assert defects == ()
    row = PriceBook(knowledge).row("x8", day)
    assert (row.version if row else None) == version


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("JPY", "1200", 1200), ("KWD", "1.234", 1234), ("USD", "0.1", 10)]
)
def test_minor_units_are_those_of_the_currency(currency: str, amount: str, minor: int) -> None:
    knowledge, defects = small(prices=PRICES.replace("RUB", currency).replace("100.50", amount))
    assert defects == ()
    row = PriceBook(knowledge).row("x8", TODAY)
    assert row is not None
    assert row.price == Money(minor, currency)


def test_an_unknown_product_has_no_price() -> None:
    assert PriceBook(shipped()).row("flying-carpet", TODAY) is None


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("Jura X8", ["jura-x8"]),
        ("джура х8", ["jura-x8"]),
        ("x8", ["jura-x8"]),
        ("джуру", ["jura-e8", "jura-we8", "jura-x8"]),
        ("delongi magnifika", ["delonghi-magnifica"]),
        ("jura для офиса", ["jura-we8", "jura-x8"]),
        ("кофемолки", ["eureka-mignon", "mahlkonig-e65s"]),
        ("холодильник для молока", ["milk-cooler"]),
        ("виолончель", []),
        ("", []),
    ],
)
def test_products_are_found_by_the_names_that_people_use(text: str, products: list[str]) -> None:
    assert [product.id for product in PriceBook(shipped()).find(text)] == products
