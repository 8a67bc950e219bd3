"""Which prepared question a person is asking: shared stems, rare ones weighing more, and silence when unsure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from knowledge.models import Entry
from knowledge.stems import YOU, topic

SURE: Final = 0.66
"""Below this a question is somebody else's to answer. Set on the questions of tests/knowledge/test_answers.py."""

_SHORTEST_MISSPELT: Final = 5
_ALIKE: Final = 84.0
_FOREIGN: Final = 0.8
_HALF: Final = 0.55
_FEW: Final = 2
_LOOSELY: Final = 0.8
_PLACE: Final = re.compile(r"\b(?:где|куда|откуда|where)\b")
"""Of questions that name nothing but us, only "where are you?" is known what to do with."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and how surely it is meant, 0 to 1."""

    entry: Entry
    confidence: float


@dataclass(frozen=True, slots=True)
class _Variant:
    """One way to put a question, with the weight of its words."""

    words: frozenset[str]
    weight: float
    entry: int


class Questions:
    """The prepared questions, indexed by the stems of every way to put them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        said = list(_said(entries))
        counts = Counter(word for word, _ in {(word, entry) for words, entry in said for word in words})
        total = max(len(entries), 1)
        self._weights = {word: math.log(1 + total / count) for word, count in counts.items()}
        self._foreign = _FOREIGN * math.log(1 + total)
        self._spellings = [word for word in counts if len(word) >= _SHORTEST_MISSPELT]
        self._spoken: list[set[str]] = [set() for _ in entries]
        for words, entry in said:
            self._spoken[entry] |= words
        self._own = [{word for word in spoken if counts[word] <= _FEW} for spoken in self._spoken]
        self._variants: dict[str, list[_Variant]] = {}
        for words, entry in said:
            variant = _Variant(words, sum(self._weights[word] for word in words), entry)
            for word in words:
                self._variants.setdefault(word, []).append(variant)

    def best(self, question: str, silent: frozenset[str] = frozenset()) -> Found | None:
        """The entry that a question means, if any; `silent` are stems that weigh nothing against it."""
        words = frozenset(self._known(topic(question)))
        strange = [word for word in words if word not in self._weights and word not in silent and not word.isdigit()]
        if not (words & self._weights.keys()) - {YOU} and not _PLACE.search(question.lower()):
            return None
        asked = self._weight(words & self._weights.keys()) + self._foreign * len(strange)
        if not asked:
            return None
        sure: dict[int, float] = {}
        for variant in {id(found): found for word in words for found in self._variants.get(word, ())}.values():
            shared = self._weight(variant.words & words)
            if shared >= _HALF * variant.weight:
                sure[variant.entry] = max(sure.get(variant.entry, 0.0), 2 * shared / (asked + variant.weight))
        for entry, spoken in enumerate(self._spoken):
            shared_words = words & spoken
            if len(shared_words) > 1 and not words.isdisjoint(self._own[entry]):
                sure[entry] = max(sure.get(entry, 0.0), _LOOSELY * self._weight(shared_words) / asked)
        best = max(sure, key=lambda entry: sure[entry], default=None)
        if best is None or sure[best] < SURE:
            return None
        return Found(self._entries[best], sure[best])

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._weights[word] for word in words)

    def _known(self, question: Sequence[str]) -> Iterator[str]:
        for word in question:
            if word in self._weights or len(word) < _SHORTEST_MISSPELT:
                yield word
                continue
            near = process.extractOne(word, self._spellings, scorer=fuzz.ratio, score_cutoff=_ALIKE)
            yield near[0] if near else word


def _said(entries: Sequence[Entry]) -> Iterator[tuple[frozenset[str], int]]:
    for index, entry in enumerate(entries):
        for said in entry.questions.values():
            for question in said:
                if words := frozenset(topic(question)):
                    yield words, index
