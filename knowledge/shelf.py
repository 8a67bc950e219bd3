"""Which products a question names: by name, by the other names people use, or by the shelf they stand on."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from knowledge.models import Product, Products
from knowledge.parts import Phrases
from knowledge.stems import stems
from knowledge.understanding.text import plain

_SHORTEST_MISSPELT: Final = 5
_ALIKE: Final = 82.0
_CODE: Final = re.compile(r"[a-zа-я]+\d|\d[a-zа-я]+")
"""A model's code names it by itself: X8, WE8, E65S."""


@dataclass(frozen=True, slots=True)
class Match:
    """The products named, the words that named them, and whether that was by name and not by shelf."""

    products: tuple[Product, ...] = ()
    words: frozenset[str] = frozenset()
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One way to name a product: all of its stems must be there."""

    stems: frozenset[str]
    product: int
    by_name: bool
    never_with: frozenset[str] = frozenset()


class Shelf:
    """The products of a company, looked up by the words of a question."""

    def __init__(self, products: Products) -> None:
        self.products = products.products
        self._phrases: dict[str, list[_Phrase]] = {}
        for phrase in _phrases(products):
            for word in phrase.stems:
                self._phrases.setdefault(word, []).append(phrase)
        self._names = [word for word in self._phrases if len(word) >= _SHORTEST_MISSPELT]

    def find(self, question: Sequence[str]) -> Match:
        """The products that most words of the question (as stems) speak of."""
        words = frozenset(self._known(question))
        covered: dict[int, set[str]] = {}
        named: set[int] = set()
        for word in words:
            for phrase in self._phrases.get(word, ()):
                if phrase.stems <= words and phrase.never_with.isdisjoint(words):
                    covered.setdefault(phrase.product, set()).update(phrase.stems)
                    if phrase.by_name:
                        named.add(phrase.product)
        if not covered:
            return Match()
        # A name says more than a shelf: "rent of a coffee machine" is about the rent.
        most = max((len(found), index in named) for index, found in covered.items())
        best = [index for index, found in sorted(covered.items()) if (len(found), index in named) == most]
        spoken = frozenset().union(*(covered[index] for index in best))
        return Match(tuple(self.products[index] for index in best), spoken, by_name=most[1])

    def _known(self, question: Iterable[str]) -> Iterator[str]:
        """The words of the question, a misspelt one as the name it is nearest to."""
        for word in question:
            if word in self._phrases or len(word) < _SHORTEST_MISSPELT:
                yield word
                continue
            near = process.extractOne(word, self._names, scorer=fuzz.ratio, score_cutoff=_ALIKE)
            yield near[0] if near else word


def _phrases(products: Products) -> Iterator[_Phrase]:
    for index, product in enumerate(products.products):
        names = set(product.name.values())
        codes = {word for name in names for word in plain(name).split() if _CODE.search(word)}
        said = names | codes | set(_said(product.synonyms))
        for phrase in said:
            if words := frozenset(stems(phrase)):
                yield _Phrase(words, index, by_name=True)
        for group in product.groups:
            if group in products.groups:
                never = frozenset(word for said in _said(products.groups[group].never_with) for word in stems(said))
                for phrase in _said(products.groups[group].words):
                    if words := frozenset(stems(phrase)):
                        yield _Phrase(words, index, by_name=False, never_with=never)


def _said(phrases: Phrases) -> Iterator[str]:
    for said in phrases.values():
        yield from said
