"""Answers a free question from what the company knows, with the rows and entries it rests on, or not at all."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from babel.numbers import get_currency_precision

from flows.model import Fact, Json, Money
from knowledge.models import Entry, Knowledge, Product
from knowledge.parts import in_language
from knowledge.prices import PriceBook, PriceRow
from knowledge.questions import Questions
from knowledge.references import Quoted, pieces
from knowledge.shelf import Match, Shelf
from knowledge.stems import LIMIT, YOU, stem, stems
from knowledge.understanding.money import MoneyRange, find_money
from knowledge.understanding.text import plain

ROWS: Final = 8
"""Rows of one answer; a longer list is no answer."""

_PIECE: Final = "piece"
_A_NAME: Final = 3
"""A thing that we do not sell is named in this many words; a longer question about prices is about something else."""

_PRICE: Final = re.compile(
    r"\bсколько (?:\w+ ){0,3}?(?:сто[ия]\w*|обойд\w+|буд\w+ стоить|встанет|выйдет)"
    r"|\bскок[ао]? (?:\w+ ){0,3}?сто[ия]\w*"
    r"|\bпо ?чем\b|\bцен(?:а|ы|у|е|ой|ам|ами|ах|ник\w*)?\b|\bстоимост\w*|\bстоит\b.{0,40}\bсколько\b"
    r"|\bпрайс\w*|\bрасценк\w*|\bво сколько (?:\w+ )?(?:обойд\w+|встан\w+|выйд\w+)"
    r"|\bhow much (?:is|are|s|does|do|for|would|will|the|a|an|it|cost)\b|^how much$"
    r"|\bpric(?:e|es|ed|ing|elist)\b|\bcosts?\b|^rates?\b|\brates (?:for|of|on)\b"
    r"|\bсам(?:ая|ый|ое|ые|ую) (?:недорог|дешев|дорог|бюджетн|доступн)\w*|\bдешевле всего\b"
    r"|\bcheapest\b|\b(?:most|least) (?:expensive|affordable)\b"
)
_LOOSELY: Final = re.compile(
    r"\bсколько$|\bскок[ао]?$|\bсколько будет \d|\bдорог\w{1,2} ли\b|\bнасколько дорог\w*"
    r"|\bhow much$|\bexpensive\b|\bpricey\b"
)
"""Words that ask for a price when they stand with something that we sell."""

_CHEAPEST: Final = re.compile(
    r"\bсам\w+ (?:недорог|дешев|бюджетн|доступн)\w*|\bдешевле всего\b|\bcheapest\b"
    r"|\bleast expensive\b|\bmost affordable\b|\blowest price"
)
_DEAREST: Final = re.compile(r"\bсам\w+ дорог\w*|\bmost expensive\b")
_LISTS: Final = re.compile(
    r"\b(?:есть|какие|какую|какая|какой|что|чего|покажите|предложите|посоветуете|подберите)\b"
    r"|\b(?:any|anything|something|what|which|show|have)\b"
)
_ANYTHING: Final = re.compile(r"\b(?:что|чего) (?:то|нибудь)\b|\bварианты\b|\b(?:anything|something|options)\b")
_TALK: Final = re.compile(
    r"^(?:\w+ ){0,2}?(?:how (?:are|do) you(?: do| doing| today)?|how s it going|how is it going|как (?:вы|ты|дела))$"
    r"|^(?:(?:а|и|ну) )?(?:сколько|как долго|долго)(?: мне| нам| еще| ли)* ждать$"
    r"|^how long (?:(?:do|should|will|must) (?:i|we) )?(?:have to )?wait$"
)
"""Manners, and waits for nobody knows what: no entry means them."""

_ABOUT: Final = re.compile(
    r"\b(?:расскаж\w+|что за|подробн\w+|характеристик\w*|чем хорош\w*|опис\w+)\b"
    r"|\b(?:tell me|details?|describe|specs?|features?)\b"
)
_ASKS_A_PRICE: Final = """
    сколько стоит стоят стоить стоимость цена ценник прайс прайслист лист расценки почем обойдется выйдет встанет
    рублях руб деньгам денег узнать назовите называть примерно начинаются начинается
    how much price pricing cost list range rate rates expensive pricey
    скок скока скоко дорого дорогая дорогой дешевая дешевый дешевле недорогая недорогой бюджетная доступная самая самый
    cheapest most least affordable lowest priced
"""
_SAYS_NO_THING: Final = """
    имеются имеется продаете продаются ассортименте каталоге модели модель марки бренды виды покажите
    тысяч тысячи тыс руб рублей дешевле дороже
    sell stock model models brand brands kinds types range catalogue show under below dollars thousand
"""
_ON_OFFER: Final = frozenset(stem(word) for word in _SAYS_NO_THING.split())
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
        if _TALK.search(folded):
            return None
        match = self._shelf.find(words)
        if _PRICE.search(folded) or (match.products and _LOOSELY.search(folded)):
            return self._price(question, words, locale, at, focus)
        listing = _LISTS.search(folded) is not None
        if listing and (shelf := self._within_reach(question, folded, match)):
            return self._prices_of(shelf, question, locale, at)
        if match.by_name and len(match.products) == 1 and _ABOUT.search(folded):
            return self._product(match.products[0], locale, at)
        found = self._questions.best(question, match.words)
        if found:
            return self._faq(found.entry, locale, at)
        others = {word for word in words if not word[:1].isdigit()} - match.words - _ON_OFFER - _PRICE_WORDS
        if match.products and not others and (listing or "?" in question):
            return self._prices_of(match, question, locale, at)
        return None

    def _within_reach(self, question: str, folded: str, match: Match) -> Match | None:
        """The shelf of one who asks what there is under a sum: the one named, or all that is sold by the piece."""
        if _ceiling(question) is None:
            return None
        if match.products:
            return match
        pieces = (product for product in self._by_id.values() if product.groups and product.unit == _PIECE)
        return Match(tuple(pieces)) if _ANYTHING.search(folded) else None

    def names_goods(self, text: str) -> bool:
        """Whether words name something that the company sells."""
        return bool(self._shelf.find(stems(text)).products)

    def _price(self, question: str, words: Sequence[str], locale: str, at: date, focus: Sequence[str]) -> Fact | None:
        asked = [word for word in words if word not in _PRICE_WORDS]
        match = self._shelf.find(asked)
        if not match.products and not asked and focus:
            match = Match(tuple(self._by_id[product] for product in focus if product in self._by_id), by_name=True)
        if match.products:
            return self._prices_of(match, question, locale, at)
        if not asked:
            return self._overview("prices", locale, at)
        found = self._questions.best(question, _PRICE_WORDS)
        if found:
            return self._faq(found.entry, locale, at)
        return self._overview("price_unknown", locale, at) if len(asked) <= _A_NAME else None

    def _prices_of(self, match: Match, question: str, locale: str, at: date) -> Fact | None:
        """The price of one product, the list of several, or what there is when none of them has one."""
        if len(match.products) == 1 and (entry := self._answers.get(match.products[0].faq)):
            return self._faq(entry, locale, at)
        rows = [(product, row) for product in match.products if (row := self.book.row(product.id, at))]
        if not rows:
            return self._overview("price_unknown", locale, at)
        rows = _narrowed(sorted(rows, key=lambda found: found[1].price.minor), question)
        if len(rows) > 1:
            lines = [
                _line(in_language(product.name, locale), row, self._unit(product, locale))
                for product, row in rows[:ROWS]
            ]
            return Fact("prices", {"rows": lines, "more": len(rows) - len(lines)}, _sources(rows[:ROWS]))
        product, row = rows[0]
        params: dict[str, Json] = {
            "name": in_language(product.name, locale),
            "price": _json(row.price),
            "unit": self._unit(product, locale),
            "tax": in_language(row.tax, locale),
            "valid_until": row.valid_until.isoformat(),
            "product": product.id,
        }
        return Fact("price", params, (row.source,))

    def _overview(self, kind: str, locale: str, at: date) -> Fact | None:
        """Each shelf with the lowest price on it."""
        rows: list[tuple[str, PriceRow, str]] = []
        for group, shelf in self._knowledge.products.groups.items():
            members = (product for product in self._by_id.values() if group in product.groups)
            found = [(product, row) for product in members if (row := self.book.row(product.id, at))]
            if shelf.overview and found:
                product, lowest = min(found, key=lambda one: one[1].price.minor)
                rows.append((in_language(shelf.name, locale), lowest, self._unit(product, locale)))
        if not rows:
            return None
        lines = [_line(name, row, unit, starting=True) for name, row, unit in rows]
        return Fact(kind, {"rows": lines, "more": 0}, tuple(row.source for _, row, _ in rows))

    def _unit(self, product: Product, locale: str) -> str:
        """What the price is for, as it is said after the figure; empty for a piece."""
        return in_language(self._knowledge.products.units.get(product.unit, {}), locale)

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
            "unit": self._unit(product, locale),
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


def _ceiling(question: str) -> MoneyRange | None:
    """The sum that a price must not pass, where one is named: «до 100 тысяч», "under 1000"."""
    found = find_money(question, asked=True)
    bounds = (one.value for one in found if one.value.min is None)
    return next(bounds, None)


def _narrowed(rows: Sequence[tuple[Product, PriceRow]], question: str) -> list[tuple[Product, PriceRow]]:
    """Of rows from the lowest price up, those asked for; the lowest when none is low enough."""
    folded = plain(question[:LIMIT])
    if _CHEAPEST.search(folded):
        return list(rows[:1])
    if _DEAREST.search(folded):
        return list(rows[-1:])
    ceiling = _ceiling(question[:LIMIT])
    if ceiling is None or ceiling.max is None:
        return list(rows)
    most = ceiling.max
    scale = {row.price.currency: get_currency_precision(row.price.currency) for _, row in rows}
    if ceiling.currency not in {None, *scale}:
        return list(rows)
    low = [(product, row) for product, row in rows if row.price.minor <= most.scaleb(scale[row.price.currency])]
    return low or list(rows[:1])


def _line(name: str, row: PriceRow, unit: str, *, starting: bool = False) -> Json:
    return {"name": name, "price": _json(row.price), "unit": unit, "starting": starting}


def _sources(rows: Iterable[tuple[Product, PriceRow]]) -> tuple[str, ...]:
    return tuple(row.source for _, row in rows)
