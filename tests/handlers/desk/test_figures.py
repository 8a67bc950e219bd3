"""Figures of a rep's own are told apart from those of the price list."""

from datetime import date

import pytest

from flows.model import Money
from handlers.desk.figures import Figures
from knowledge.prices import PriceBook
from tests.knowledge.shipped import shipped

FIGURES = Figures(PriceBook(shipped()), "RUB")
DAY = date(2026, 11, 23)
ODD = {
    "Jura E8 — 129 900 ₽, доставка 900 рублей": (),
    "Jura E8 за 120 000 ₽": ("120 000 ₽",),
    "Jura E8 за 54 900 рублей": ("54 900 рублей",),  # the price of another machine
    "скидка 10%": ("10%",),
    "скидка 7,5 процентов и ещё 5 %": ("7,5 процентов", "5 %"),
    "A discount of 10 percent, 99 000 RUB in all": ("10 percent", "99 000 RUB"),
    "от 100 до 200 тысяч рублей": ("от 100 до 200 тысяч рублей",),
    "перезвоню в 15:30, заказ № 4567, нас 20 человек": (),
    "Добрый день!": (),
    "": (),
}


@pytest.mark.parametrize("text", ODD)
def test_odd_figures(text: str) -> None:
    assert FIGURES.odd(text, DAY) == ODD[text]


def test_prices_of_another_day_are_not_in_the_list() -> None:
    assert FIGURES.odd("Jura E8 — 129 900 ₽", date(2020, 1, 1)) == ("129 900 ₽",)


def test_a_very_long_paste_is_read_in_no_time() -> None:
    assert len(FIGURES.odd("1 234 567 ₽ " * 4000, DAY)) == 5


READ = {
    "95000": Money(9_500_000, "RUB"),
    "€ 1 250,50": Money(125_050, "EUR"),
    "нет": None,
    "100 или 200": None,
    "0": None,
    "9" * 150: None,
}


@pytest.mark.parametrize("text", READ)
def test_the_amount_of_a_form(text: str) -> None:
    assert FIGURES.read(text) == READ[text]
