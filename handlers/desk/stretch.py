"""What was agreed while a person led the chat, read from its lines: answers, figures, promises, questions answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.commands import Fill
from flows.model import BOT, Json
from flows.outbound import Line
from flows.schema import Flows
from flows.slots import FREE, SlotType
from handlers.reading import typed
from knowledge.masking import mask_contacts
from knowledge.promises import find_promises
from knowledge.understanding.money import find_money
from knowledge.understanding.noise import is_noise
from knowledge.understanding.understand import understand
from knowledge.understanding.yesno import yes_no
from locales.markup import one_line

_QUESTIONS: Final[Mapping[SlotType, str]] = {
    "number": r"сколько (?:вас|чел|люд|сотр|гост|маш|шт|едоков|порц|чаш)|на сколько чел|скольких|how many|number of|"
    r"head ?count|how big is (?:the|your) (?:team|office)",
    "money": r"бюджет|во сколько хот|сколько готовы|какую сумму|до какой суммы|ценов|budget|price range|"
    r"how much (?:do|are|can|would) you|spend",
    "date": r"когда|срок|к какому|какого числа|дат[уаы]|when|deadline|by what date|how soon|timing",
    "text": r"что (?:вам |вас |именно |вы ){0,2}(?:нужно|ищете|интересует)|какая задача|для чего|"
    r"какую (?:машин|кофе|модел)|какой (?:аппарат|вариант)|"
    r"what (?:do you need|are you looking|kind|exactly)|which (?:machine|model)",
    "city": r"город|куда (?:доставить|везти)|какой адрес|which city|what city|where (?:to|should|shall|are)",
    "company": r"компани|организаци|как называется|company|organisation|organization",
}
_ASKS: Final = {kind: re.compile(words, re.IGNORECASE) for kind, words in _QUESTIONS.items()}
"""By what a rep's question is known to be one of ours."""
_SUMS_UP: Final = re.compile(
    r"(?<!\w)(?:итак|значит|то есть|договорились|записал\w*|подытож\w+|подвед\w+ итог|получается|правильно понял\w*|"
    r"so(?:,| that is| you)|agreed|noted|to sum up|summing up|to recap|let me confirm|just to confirm)(?!\w)",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"\d ?(?:%|процент|percent)")
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.](?=\d)[^.!?\n]*)*[.!?]?")
_LONG: Final = 160


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was found, newest word last; `answers` by slot with the words they came from."""

    answers: Mapping[str, Fill] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()  # what the prospect asked, and what they were told

    def __bool__(self) -> bool:
        return bool(self.answers or self.figures or self.promises or self.questions)


@dataclass(frozen=True, slots=True)
class Ears:
    """How lines are read: `region` reads phones, `currency` is meant where none is named."""

    flows: Flows
    region: str
    currency: str

    def agreed(self, lines: Sequence[Line]) -> Agreed:
        """Read a stretch, oldest line first. Nothing in it is guessed: what was not asked or said outright is left."""
        answers: dict[str, Fill] = {}
        figures: dict[str, None] = {}
        promises: dict[str, None] = {}
        questions: list[tuple[str, str]] = []
        asked: str | None = None
        wondered = ""
        for line in lines:
            if line.by == "prospect":
                answers.update(self._told(line, asked))
                wondered = _cut(line.text) if "?" in line.text else wondered
                asked = None
            elif line.by != BOT and "texts" not in line.trace:
                if wondered:
                    questions.append((wondered, _cut(line.text)))
                wondered = ""
                asked = self._asked(line.text) or asked
                if _SUMS_UP.search(line.text):
                    answers.update(self._outright(line, line.text))
                made = [promise.quote for promise in find_promises(line.text, line.at)]
                promises.update(dict.fromkeys(_cut(quote) for quote in made))
                figures.update(dict.fromkeys(_figures(line.text, made)))
        return Agreed(answers, tuple(figures), tuple(promises), tuple(questions))

    def _asked(self, text: str) -> str | None:
        """The slot that a rep's question is about; the last question counts."""
        found = [sentence for sentence in _sentences(text) if sentence.endswith("?")]
        for sentence in reversed(found):
            for slot, kind in self.flows.slot_types.items():
                pattern = _ASKS.get(kind)
                if pattern is not None and pattern.search(sentence):
                    return slot
        return None

    def _told(self, line: Line, asked: str | None) -> dict[str, Fill]:
        """What a prospect's words answer: the rep's question, and what they say outright."""
        found = self._outright(line, line.text)
        if asked is None:
            return found
        value = self._value(asked, line.text, line.at, asked=True)
        return found if value is None else {**found, asked: Fill(asked, value, _cut(line.text))}

    def _outright(self, line: Line, text: str) -> dict[str, Fill]:
        """The numbers, sums and dates that need no question to be understood; a question tells nothing."""
        found: dict[str, Fill] = {}
        said = " ".join(sentence for sentence in _sentences(text) if not sentence.endswith("?"))
        for slot, kind in self.flows.slot_types.items():
            if kind in {"number", "money", "date"} and said:
                value = self._value(slot, said, line.at, asked=False)
                if value is not None:
                    found[slot] = Fill(slot, value, _cut(text))
        return found

    def _value(self, slot: str, text: str, at: datetime, *, asked: bool) -> Json:
        kind = self.flows.slot_types.get(slot)
        if kind in FREE:
            empty = "?" in text or is_noise(text) or bool(yes_no(text))
            return None if empty or not asked else _cut(mask_contacts(text))
        seen = understand(mask_contacts(text), locale=None, region=self.region, now=at, currency=self.currency)
        return typed(kind, seen.text, seen, self.currency, asked=asked)


def _figures(text: str, promises: Sequence[str]) -> tuple[str, ...]:
    """The sentences that name a sum or a share, beside promises."""
    found = [sentence for sentence in _sentences(text) if find_money(sentence) or _PERCENT.search(sentence)]
    return tuple(_cut(one) for one in found if not any(quote in one or one in quote for quote in promises))


def _sentences(text: str) -> list[str]:
    return [match.group().strip() for match in _SENTENCE.finditer(text) if match.group().strip()]


def _cut(text: str) -> str:
    said = one_line(mask_contacts(text)).strip()
    return said if len(said) <= _LONG else f"{said[: _LONG - 1].rstrip()}…"
