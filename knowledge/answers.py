"""Answers a free question from what the company knows, with the rows and entries it rests on, or not at all."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from flows.model import Fact, Json, Money
from knowledge.models import Entry, Knowledge, Product, in_language
from knowledge.prices import PriceBook, PriceRow
from knowledge.questions import Questions
from knowledge.references import Quoted, pieces
from knowledge.shelf import Match, Shelf
from knowledge.stems import LIMIT, YOU, stem, stems
from knowledge.understanding.text import plain

ROWS: Final = 8
"""Rows of one answer; a longer list is no answer."""

_A_NAME: Final = 3
"""A thing that we do not sell is named in this many words; a longer question about prices is about something else."""

_PRICE: Final = re.compile(
    r"\bсколько (?:\w+ ){0,3}?(?:сто[ия]\w*|обойд\w+|буд\w+ стоить|встанет|выйдет)"
    r"|\bпо ?чем\b|\bцен(?:а|ы|у|е|ой|ам|ами|ах|ник\w*)?\b|\bстоимост\w*|\bстоит\b.{0,40}\bсколько\b"
    r"|\bпрайс\w*|\bрасценк\w*|\bво сколько (?:\w+ )?(?:обойд\w+|встан\w+|выйд\w+)"
    r"|\bhow much (?:is|are|s|does|do|for|would|will|the|a|an|it|cost)\b|^how much$"
    r"|\bpric(?:e|es|ed|ing|elist)\b|\bcosts?\b"
)
_ABOUT: Final = re.compile(
    r"\b(?:расскаж\w+|что за|подробн\w+|характеристик\w*|чем хорош\w*|опис\w+)\b"
    r"|\b(?:tell me|details?|describe|specs?|features?)\b"
)
_ASKS_A_PRICE: Final = """
    сколько стоит стоят стоить стоимость цена ценник прайс прайслист лист расценки почем обойдется выйдет встанет
    рублях руб деньгам денег узнать назовите называть примерно начинаются начинается
    how much price pricing cost list
"""
_PRICE_WORDS: Final = frozenset({YOU, *(stem(word) for word in _ASKS_A_PRICE.split())})


class Answerer:
    """Pure, and ready before the first question: everything is indexed here."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.book = PriceBook(knowledge)
        self._shelf = Shelf(knowledge.products)
        self._questions = Questions(knowledge.faq.entries)
        self._answers = {entry.id: entry for entry in knowledge.faq.entries}
        self._by_id = {product.id: product for product in knowledge.products.products}

    def answer(self, question: str, locale: str, at: date, focus: Sequence[str] = ()) -> Fact | None:
        """What is known, or None. `focus` are the ids of products spoken of before, for "how much is it?".

        The fact's kind is price, prices, price_unknown, product or faq; its sources are `id@version`.
        """
        folded = plain(question[:LIMIT])
        words = stems(question)
        if _PRICE.search(folded):
            return self._price(question, words, locale, at, focus)
        match = self._shelf.find(words)
        if match.by_name and len(match.products) == 1 and _ABOUT.search(folded):
            return self._product(match.products[0], locale, at)
        found = self._questions.best(question, match.words)
        return self._faq(found.entry, locale, at) if found else None

    def _price(self, question: str, words: Sequence[str], locale: str, at: date, focus: Sequence[str]) -> Fact | None:
        asked = [word for word in words if word not in _PRICE_WORDS]
        match = self._shelf.find(asked)
        if not match.products and not asked and focus:
            match = Match(tuple(self._by_id[product] for product in focus if product in self._by_id), by_name=True)
        if match.products:
            return self._prices_of(match, locale, at)
        if not asked:
            return self._overview("prices", locale, at)
        found = self._questions.best(question, _PRICE_WORDS)
        if found:
            return self._faq(found.entry, locale, at)
        return self._overview("price_unknown", locale, at) if len(asked) <= _A_NAME else None

    def _prices_of(self, match: Match, locale: str, at: date) -> Fact | None:
        """The price of one product, the list of several, or what there is when none of them has one."""
        if len(match.products) == 1 and (entry := self._answers.get(match.products[0].faq)):
            return self._faq(entry, locale, at)
        rows = [(product, row) for product in match.products if (row := self.book.row(product.id, at))]
        if not rows:
            return self._overview("price_unknown", locale, at)
        if len(rows) > 1:
            rows.sort(key=lambda found: found[1].price.minor)
            lines = [_line(in_language(product.name, locale), row) for product, row in rows[:ROWS]]
            return Fact("prices", {"rows": lines, "more": len(rows) - len(lines)}, _sources(rows[:ROWS]))
        product, row = rows[0]
        units = self._knowledge.products.units.get(product.unit, {})
        params: dict[str, Json] = {
            "name": in_language(product.name, locale),
            "price": _json(row.price),
            "unit": in_language(units, locale),
            "tax": in_language(row.tax, locale),
            "valid_until": row.valid_until.isoformat(),
            "product": product.id,
        }
        return Fact("price", params, (row.source,))

    def _overview(self, kind: str, locale: str, at: date) -> Fact | None:
        """Each shelf with the lowest price on it."""
        rows: list[tuple[str, PriceRow]] = []
        for group, shelf in self._knowledge.products.groups.items():
            members = (product for product in self._by_id.values() if group in product.groups)
            found = [row for product in members if (row := self.book.row(product.id, at))]
            if shelf.overview and found:
                lowest = min(found, key=lambda row: row.price.minor)
                rows.append((in_language(shelf.name, locale), lowest))
        if not rows:
            return None
        lines = [_line(name, row, starting=True) for name, row in rows]
        return Fact(kind, {"rows": lines, "more": 0}, tuple(row.source for _, row in rows))

    def _product(self, product: Product, locale: str, at: date) -> Fact | None:
        about = in_language(product.about, locale)
        row = self.book.row(product.id, at)
        if not about or not row:
            return None
        params: dict[str, Json] = {
            "name": in_language(product.name, locale),
            "about": about,
            "whom": in_language(product.whom, locale),
            "price": _json(row.price),
            "product": product.id,
        }
        return Fact("product", params, (row.source,))

    def _faq(self, entry: Entry, locale: str, at: date) -> Fact | None:
        """The prepared answer with today's prices; None when one of them has run out, for an old price is worse."""
        text: list[Json] = []
        sources = [f"{entry.id}@{self._knowledge.faq.version}"]
        for piece in pieces(in_language(entry.answer, locale)):
            if not isinstance(piece, Quoted):
                text.append(piece)
                continue
            row = self.book.row(piece.row, at)
            if row is None:
                return None
            text.append(_json(row.price))
            sources.append(row.source)
        return Fact("faq", {"text": text, "entry": entry.id}, tuple(sources))


def _json(price: Money) -> Json:
    return {"minor": price.minor, "currency": price.currency}


def _line(name: str, row: PriceRow, *, starting: bool = False) -> Json:
    return {"name": name, "price": _json(row.price), "starting": starting}


def _sources(rows: Iterable[tuple[Product, PriceRow]]) -> tuple[str, ...]:
    return tuple(row.source for _, row in rows)
