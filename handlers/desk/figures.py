"""Figures in a rep's words that are not in the price list: a hint, never a bar."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from babel.numbers import get_currency_precision

from flows.model import Money
from knowledge.prices import PriceBook
from knowledge.understanding.money import MoneyRange, find_money

_PERCENT: Final = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[.,]\d{1,4})?\s?(?:%|٪|процент\w{0,3}|percent\b|per cent\b)", re.IGNORECASE
)
_BREAK: Final = re.compile(r"[,;.!?](?!\d)|\n")
_READ: Final = 4000
"""Characters that are read: figures are said in a reply, not in a document that is pasted."""
_SHOWN: Final = 5


class Figures:
    """Compares with the prices of a day; `currency` is meant where none is named."""

    def __init__(self, book: PriceBook, currency: str) -> None:
        self._book = book
        self._currency = currency

    def odd(self, text: str, at: date) -> tuple[str, ...]:
        """The amounts that no price of that day is, and all percentages, as they were written; at most five.

        Where the clause of an amount names products, or else the whole text, their prices count, else those of all.
        """
        read = text[:_READ]
        amounts = find_money(read)
        named = self._book.find(read) if amounts else ()
        found = []
        for one in amounts:
            listed = self._book.prices(at, self._book.find(_clause(read, one.start, one.end)) or named)
            if not self._is_listed(one.value, listed):
                found.append((one.start, read[one.start : one.end]))
        found += [(match.start(), match[0]) for match in _PERCENT.finditer(read)]
        return tuple(words.strip() for _, words in sorted(found))[:_SHOWN]

    def read(self, text: str) -> Money | None:
        """The one amount that a field holds, a bare number too; None where there is none, or no single one."""
        found = find_money(text[:200], asked=True)
        amounts = {bound for one in found for bound in (one.value.min, one.value.max)}
        if len(found) != 1 or len(amounts) != 1 or None in amounts:
            return None
        value = found[0].value
        money = _money(value.max or Decimal(0), value.currency or self._currency)
        return money if 0 < money.minor <= 10**15 else None

    def _is_listed(self, value: MoneyRange, listed: frozenset[Money]) -> bool:
        return all(_money(bound, value.currency or self._currency) in listed for bound in _bounds(value))


def _clause(text: str, start: int, end: int) -> str:
    """What stands around a figure up to the next comma, full stop or line."""
    before = [match.end() for match in _BREAK.finditer(text, 0, start)]
    after = _BREAK.search(text, end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)]


def _bounds(value: MoneyRange) -> Iterator[Decimal]:
    yield from (bound for bound in (value.min, value.max) if bound is not None)


def _money(amount: Decimal, currency: str) -> Money:
    return Money(int(amount.scaleb(get_currency_precision(currency))), currency)
