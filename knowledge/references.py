"""How an answer quotes the price list: `{{ price('row') | money }}`, and the amounts that must not stand there bare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_REFERENCE: Final = re.compile(r"\{\{\s*price\(\s*['\"]([a-z0-9][a-z0-9-]*)['\"]\s*\)\s*\|\s*money\s*\}\}")
_BRACES: Final = re.compile(r"\{\{.*?\}\}|\{[{%].*?[}%]\}|\{[{%#]|[}%#]\}", re.DOTALL)
_NUMBER: Final = r"\d(?:[\d\u00a0\u202f .,]{0,20}\d)?"
_SCALE: Final = r"(?:\s?(?:тыс\w*|млн|к|k|thousand|million))?"
_CURRENCY: Final = (
    r"(?:[₽$€£%]|руб\w*|р\.|rub\b|roubles?|rubles?|коп\w*|usd|eur|долл\w*|евро|dollars?|euros?|процент\w*|percent)"
)
_AMOUNT: Final = re.compile(rf"[$€£₽]\s?{_NUMBER}|{_NUMBER}{_SCALE}\s?{_CURRENCY}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A place in an answer where the amount of a price row stands."""

    row: str


def pieces(text: str) -> tuple[str | Quoted, ...]:
    """An answer cut into words and quoted rows."""
    found: list[str | Quoted] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > end:
            found.append(text[end : match.start()])
        found.append(Quoted(match[1]))
        end = match.end()
    if end < len(text):
        found.append(text[end:])
    return tuple(found)


def references(text: str) -> list[str]:
    """The price rows that an answer quotes."""
    return _REFERENCE.findall(text)


def unreadable(text: str) -> list[str]:
    """Braces that are no reference to a price."""
    return [found.strip() for found in _BRACES.findall(_REFERENCE.sub("", text))]


def bare_amounts(text: str) -> Iterator[str]:
    """Amounts and percentages that no price row vouches for."""
    for match in _AMOUNT.finditer(_REFERENCE.sub(" ", text)):
        yield match[0].strip()
