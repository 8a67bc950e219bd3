"""How money, numbers, dates and plurals are written in one language; what is written once is remembered."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal, get_currency_precision

from flows.model import Json
from locales.errors import UnsayableError
from locales.markup import Formatted

_REMEMBERED = 4096
_NBSP = "\u00a0"
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_NEUTRAL: Mapping[str, str] = {
    "between": "{low}–{high}",
    "up_to": "≤ {value}",
    "from": "≥ {value}",
    "until_date": "≤ {value}",
    "since_date": "≥ {value}",
    "date": "long",
}
"""Patterns of a language that brings none of its own in `formats.yaml`."""


class Formats:
    """The filters of one language. `patterns` are the words around ranges, such as `up_to: "до {value}"`.

    Raises `babel.UnknownLocaleError` or `ValueError` for a tag that is no language.
    """

    def __init__(self, tag: str, patterns: Mapping[str, str]) -> None:
        self._locale = Locale.parse(tag, sep="-")
        self._patterns = {**_NEUTRAL, **patterns}
        tags = self._locale.plural_form.tags | {"other"}
        self._categories = [name for name in _CATEGORIES if name in tags]
        self._exact = lru_cache(_REMEMBERED)(self._write_exact)
        self._amount = lru_cache(_REMEMBERED)(self._write_amount)
        self._number = lru_cache(_REMEMBERED)(self._write_number)
        self._days = lru_cache(_REMEMBERED)(self._write_days)
        self._form = lru_cache(_REMEMBERED)(self._choose_form)

    def filters(self) -> dict[str, Callable[..., str]]:
        """By the names that texts use."""
        return {
            "money": self.money,
            "number": self.number,
            "date": self.date,
            "plural": self.plural,
            "value": self.value,
            "formatted": self.formatted,
        }

    def money(self, value: Json) -> str:
        """`{"minor": 1990000, "currency": "RUB"}`, or a range `{"min", "max", "currency"}` in major units."""
        if not isinstance(value, dict) or not isinstance(value.get("currency"), str):
            raise UnsayableError(wanted="an amount with its currency")
        currency = str(value["currency"])
        if "minor" in value:
            return self._exact(_whole(value["minor"]), currency)
        return self._range(value, lambda bound: self._amount(bound, currency))

    def number(self, value: Json) -> str:
        """A number, or a range `{"min", "max"}` with an open end as None."""
        if isinstance(value, dict):
            return self._range(value, self._number)
        return self._number(_decimal(value))

    def date(self, value: Json) -> str:
        """An ISO date, or a period `{"from", "to"}` with an open end as None."""
        if isinstance(value, dict):
            return self._days(_text(value.get("from")), _text(value.get("to")))
        day = _text(value)
        return self._days(day, day)

    def plural(self, value: Json, forms: str) -> str:
        """The form for a number out of `one|few|many` (by CLDR's order); of a range its upper end decides."""
        if isinstance(value, dict):
            value = value.get("max") or value.get("min")
        return self._form(_decimal(value), forms)

    def value(self, value: Json) -> str:
        """A slot's value by its shape: money, a period, a range of numbers, else the words themselves."""
        if not isinstance(value, dict):
            return str(value)
        if "currency" in value:
            return self.money(value)
        return self.date(value) if "from" in value or "to" in value else self.number(value)

    def formatted(self, value: Json) -> Formatted:
        """A text of the knowledge with its markup, or its pieces with amounts between; never what a prospect typed."""
        pieces = value if isinstance(value, list) else [value]
        return Formatted("".join(self.money(piece) if isinstance(piece, dict) else _text(piece) for piece in pieces))

    def _range(self, value: Mapping[str, Json], write: Callable[[Decimal], str]) -> str:
        low, high = value.get("min"), value.get("max")
        if not low and high:  # "up to" is what a person says, not "0 to"
            low = None
        if low is not None and high is not None:
            first, last = write(_decimal(low)), write(_decimal(high))
            return first if first == last else self._between(first, last)
        if low is None and high is None:
            raise UnsayableError(wanted="a range with an end")
        pattern = self._patterns["from" if high is None else "up_to"]
        return pattern.format(value=write(_decimal(low if high is None else high)))

    def _between(self, first: str, last: str) -> str:
        """Join two ends; a currency that both end with is written once."""
        head, blank, unit = first.rpartition(_NBSP)
        if blank and unit and not unit[-1].isdigit() and last.endswith(blank + unit):
            first = head
        return self._patterns["between"].format(low=first, high=last)

    def _write_exact(self, minor: int, currency: str) -> str:
        return self._write_amount(Decimal(minor).scaleb(-get_currency_precision(currency)), currency)

    def _write_amount(self, amount: Decimal, currency: str) -> str:
        pattern = self._locale.currency_formats["standard"].pattern
        if amount == amount.to_integral_value():
            pattern = pattern.replace("0.00", "0")
            shown = format_currency(amount, currency, pattern, self._locale, currency_digits=False)
        else:
            shown = format_currency(amount, currency, pattern, self._locale)
        # CLDR parts a currency that ends in a letter from the digits; Babel does not.
        for index in range(1, len(shown)):
            if shown[index].isdigit() and shown[index - 1].isalpha():
                return shown[:index] + _NBSP + shown[index:]
        return shown

    def _write_number(self, number: Decimal) -> str:
        return format_decimal(number, locale=self._locale)

    def _write_days(self, first: str, last: str) -> str:
        if not first and not last:
            raise UnsayableError(wanted="a period with an end")
        if first and last and first[:10] != last[:10]:
            return format_interval(_day(first), _day(last), "yMMMMd", locale=self._locale)
        shown = format_date(_day(first or last), self._patterns["date"], self._locale)
        if first and last:
            return shown
        return self._patterns["since_date" if first else "until_date"].format(value=shown)

    def _choose_form(self, number: Decimal, forms: str) -> str:
        choices = forms.split("|")
        position = self._categories.index(self._locale.plural_form(number))
        return choices[min(position, len(choices) - 1)]


def pattern_problem(name: str, pattern: str) -> str:
    """What is wrong with a pattern of `formats.yaml`; empty when it is fine."""
    if name not in _NEUTRAL:
        return f"no pattern of this name; there are {', '.join(_NEUTRAL)}"
    if name == "date":
        return ""
    values = {"low": "1", "high": "2"} if name == "between" else {"value": "1"}
    try:
        shown = pattern.format(**values)
    except (LookupError, ValueError, AttributeError):
        shown = ""
    wanted = " and ".join(f"{{{value}}}" for value in values)
    return "" if all(value in shown for value in values.values()) else f"the pattern must hold {wanted}"


def known_locale(tag: str) -> bool:
    """Whether a tag names a language that money and dates can be written in."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnsayableError(wanted="a whole number of minor units")
    return value


def _decimal(value: Json) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnsayableError(wanted="a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise UnsayableError(wanted="a number") from error
    if not number.is_finite():
        raise UnsayableError(wanted="a finite number")
    return number


def _text(value: Json) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnsayableError(wanted="a text")
    return value


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value[:10])
    except ValueError as error:
        raise UnsayableError(wanted="an ISO date") from error
