"""Reads a prospect's own words against the open question: an answer, a question, a wish, a contact, or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from flows.model import (
    Ask,
    Command,
    Contact,
    Conversation,
    Correct,
    Fill,
    GiveContact,
    HandOff,
    Json,
    Language,
    Object,
    Unclear,
    Wish,
)
from flows.schema import AskStep, Flows
from flows.slots import FREE, SlotType, choice_value
from knowledge.answers import Answerer
from knowledge.masking import mask_contacts
from knowledge.understanding.choices import Choice, match_choice
from knowledge.understanding.language import guess_language
from knowledge.understanding.money import find_money
from knowledge.understanding.number import find_range
from knowledge.understanding.text import plain
from knowledge.understanding.understand import Understanding, understand
from knowledge.understanding.yesno import yes_no
from locales.catalog import Catalog

_WISHES: Mapping[str, Command] = {
    "human": HandOff(),
    "back": Wish("back"),
    "help": Wish("help"),
    "stop": Wish("stop"),
    "restart": Wish("restart"),
    "language": Wish("languages"),
    "contact": Wish("leave_contact"),
}
_SMALL_TALK: Mapping[str, Command] = {"greeting": Wish("greet"), "thanks": Wish("thanks")}
_BUTTONS: Mapping[str, Command] = {"contact": Wish("leave_contact"), "person": HandOff(), "back": Wish("back")}
_QUESTIONS = frozenset({"question", "price"})
_FULL = 3  # words that make a free answer look finished


@dataclass(frozen=True, slots=True)
class Meaning:
    """The commands, whether the writer may go on (`open`), and whether the words end in a question (`asks`)."""

    commands: tuple[Command, ...]
    open: bool = False
    asks: bool = False


class Reader:
    """Joins what words mean, what was asked and what the company knows."""

    def __init__(
        self,
        flows: Flows,
        catalog: Catalog,
        answerer: Answerer,
        *,
        region: str,
        currency: str,
        locales: tuple[str, ...],
    ) -> None:
        self._flows = flows
        self._catalog = catalog
        self._answerer = answerer
        self._region = region
        self._currency = currency
        self._locales = locales

    def words(self, asked: Conversation, step: AskStep | None, text: str, now: datetime) -> Meaning:
        """What typed words mean to a conversation that stands at `step`."""
        text = text.strip()
        kind = self._flows.slot_types.get(step.slot) if step else None
        if step and (label := self._label(asked, step, text)) is not None:
            return Meaning((self._chosen(step, label, now),))
        wish = self._global(asked, text)
        if wish:
            return Meaning((wish,))
        seen = understand(text, locale=asked.locale, region=self._region, now=now, currency=self._currency)
        language = self._language(asked, text)
        if seen.intent in _WISHES:
            return Meaning((*language, _WISHES[seen.intent]))
        told = _told(text, seen)
        found = self._found(asked, step, kind, seen, told)
        if seen.intent in _QUESTIONS:
            return Meaning((*language, *found, self._ask(asked, text, told, now)), open=True, asks=True)
        rest = self._rest(asked, seen, text, told, now)
        if rest:
            return Meaning((*language, *found, *rest), open=True)
        if step and kind in FREE:
            commands, unfinished = _free(step, told, found)
            return Meaning((*language, *commands), open=unfinished)
        if found:
            return Meaning((*language, *found))
        fuzzy = self._fuzzy(asked, step, text, now)
        return Meaning((*language, fuzzy or Unclear(text)), open=fuzzy is None)

    def edited(self, asked: Conversation, step: AskStep | None, text: str, now: datetime) -> Meaning:
        """An edited message corrects the latest answer that its new words fit; else it is read like a new one."""
        seen = understand(text, locale=asked.locale, region=self._region, now=now, currency=self._currency)
        # The digits of a phone are neither a sum nor a number of people.
        for mark in reversed(asked.trail if _told(text, seen) == text else ()):
            question = self._flows.step(mark.place)
            if not isinstance(question, AskStep) or question.purposes:
                continue
            kind = self._flows.slot_types.get(question.slot)
            value = self._typed(kind, text, seen, asked=True)
            if value is None and kind in FREE and asked.quotes.get(question.slot):
                value = text
            if value is not None:
                return Meaning((Fill(question.slot, value, text),))
        return self.words(asked, step, text, now)

    # ------------------------------------------------------------------ the parts of a meaning
    def _label(self, asked: Conversation, step: AskStep, text: str) -> str | None:
        """The choice whose label or synonym was typed to the letter."""
        typed = plain(text)
        return next((value for value, labels in self._choices(asked, step) if typed in _folded(labels)), None)

    def _fuzzy(self, asked: Conversation, step: AskStep | None, text: str, now: datetime) -> Command | None:
        """The choice that was meant by a number, a small typo, or a yes or no."""
        if step is None:
            return None
        if step.purposes and (said := yes_no(text)) in {"yes", "no"}:
            return Fill(step.slot, said, text)
        options = [Choice(value, labels) for value, labels in self._choices(asked, step)]
        value = match_choice(text, options)
        if value is None and step.skip and yes_no(text) in {"no", "unsure"}:
            value = "!skip"
        return None if value is None else self._chosen(step, value, now, text)

    def _choices(self, asked: Conversation, step: AskStep) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The open question's choices with all their labels, and skipping where it may be skipped."""
        key = f"{asked.flow}.{step.id}.choices"
        yield from self._catalog.labels(asked.locale, key).items()
        if step.skip:
            yield "!skip", self._catalog.labels(asked.locale, "common.options").get("skip", ())

    def _chosen(self, step: AskStep, value: str, now: datetime, text: str = "") -> Command:
        """The command behind a choice of the open question."""
        if value == "!skip":
            return Wish("skip")
        if step.purposes:
            return Fill(step.slot, value, text)
        kind = self._flows.slot_types.get(step.slot, "choice")
        return Fill(step.slot, choice_value(kind, value, now.date(), self._currency), text)

    def _global(self, asked: Conversation, text: str) -> Command | None:
        """A typed label of a button that stands under many questions, or the wish to change an answer."""
        typed = plain(text)
        labels = self._catalog.labels(asked.locale, "common.options")
        wish = next((wish for name, wish in _BUTTONS.items() if typed in _folded(labels.get(name, ()))), None)
        return wish or self._correction(asked.locale, typed, labels.get("change", ()))

    def _correction(self, locale: str, typed: str, words: tuple[str, ...]) -> Command | None:
        """The wish to change an answer, by itself or with the name of what was answered."""
        if typed in _folded(words):
            return Correct()
        named = {typed.removeprefix(f"{word} ") for word in _folded(words)} - {typed}
        slots = self._catalog.labels(locale, "common.slots")
        return next((Correct(slot) for slot, labels in slots.items() if not named.isdisjoint(_folded(labels))), None)

    def _language(self, asked: Conversation, text: str) -> tuple[Command, ...]:
        """A hint at another language, where words are long enough to tell."""
        spoken = guess_language(text)
        if spoken not in self._locales or (spoken == asked.locale and not asked.language_hints):
            return ()
        return (Language(str(spoken), explicit=False),)

    def _found(
        self, asked: Conversation, step: AskStep | None, kind: SlotType | None, seen: Understanding, told: str
    ) -> tuple[Command, ...]:
        """The answer to the open question, a contact, and what else was told by the way."""
        found: list[Command] = []
        slots = seen.slots
        if slots.phone or slots.email or (slots.telegram and kind == "contact"):
            contact = Contact(slots.name or "", slots.phone or "", slots.email or "", slots.telegram or "")
            found.append(GiveContact(contact))
        question = seen.intent in _QUESTIONS
        if step and kind and not (question and kind != "number"):
            value = self._typed(kind, seen.text, seen, asked=not question and not found)
            if value is not None:
                found.append(Fill(step.slot, value, told))
        for slot, other in self._flows.slot_types.items():
            if (step and slot == step.slot) or other not in {"number", "money", "date"}:
                continue
            if question and other != "number":
                continue
            value = self._typed(other, seen.text, seen, asked=False)
            if value is not None and not _within(value, asked.slots.get(slot)):
                found.append(Fill(slot, value, told))
        return tuple(found)

    def _typed(self, kind: SlotType | None, text: str, seen: Understanding, *, asked: bool) -> Json:
        """A value of the slot's type in the words; `asked` lets a bare number count."""
        if kind == "number":
            if seen.slots.quantity is not None:
                return {"min": seen.slots.quantity, "max": seen.slots.quantity}
            span = find_range(text) if asked and seen.slots.date is None and seen.slots.money is None else None
            return {"min": _whole(span.low), "max": _whole(span.high)} if span else None
        if kind == "money":
            sums = find_money(text, asked=asked)
            if not sums:
                return None
            value = sums[0].value
            currency = value.currency or self._currency
            return {"min": _whole(value.min), "max": _whole(value.max), "currency": currency}
        if kind == "date":
            slots = seen.slots
            if slots.period and (slots.period.start or slots.period.end):
                return {"from": _iso(slots.period.start), "to": _iso(slots.period.end)}
            return {"from": _iso(slots.date), "to": _iso(slots.date)} if slots.date else None
        return None

    def _rest(
        self, asked: Conversation, seen: Understanding, text: str, told: str, now: datetime
    ) -> tuple[Command, ...]:
        """What is meant beside answers: a wish to buy, an objection, small talk and nothing more."""
        if seen.intent == "buy":
            # "How do I pay?" is such a wish and a question too: what is known of it is said first.
            question = self._ask(asked, text, told, now) if "?" in text else None
            return (*((question,) if question and question.fact else ()), Wish("buy", told))
        if seen.objection:
            return (Object(seen.objection.type, told),)
        talk = _SMALL_TALK.get(seen.intent) if len(plain(text).split()) <= _FULL else None
        return (talk,) if talk else ()

    def _ask(self, asked: Conversation, text: str, told: str, now: datetime) -> Ask:
        """The question with what the local knowledge finds."""
        return Ask(told, self._answerer.answer(text, asked.locale, now.date()))


@lru_cache(maxsize=4096)
def _folded(labels: tuple[str, ...]) -> frozenset[str]:
    """Labels as they are compared; those of a company are few, and are asked for with every message."""
    return frozenset(map(plain, labels))


def _told(text: str, seen: Understanding) -> str:
    """The words as they are kept: a contact in them is kept once, as a contact, where consent guards it."""
    slots = seen.slots
    return mask_contacts(text) if slots.phone or slots.email or slots.telegram else text


def _free(step: AskStep, text: str, found: tuple[Command, ...]) -> tuple[tuple[Command, ...], bool]:
    """Words to a question that takes any words, and whether their writer may go on: a short line may be a beginning."""
    if found and len(plain(text).split()) <= _FULL:
        return found, False
    last = text.rpartition("\n")[2]
    finished = bool(found) or len(plain(last).split()) >= _FULL or last[-1:] in set(".!;)")
    return (Fill(step.slot, text, text), *found), not finished


def _whole(value: float | Decimal | None) -> Json:
    """A number as JSON has it, whole where it is."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _iso(day: object) -> Json:
    """A date as JSON has it."""
    return None if day is None else str(day)


def _within(value: Json, known: Json) -> bool:
    """Whether a value says nothing new: equal to, or a point inside, what is known."""
    if not (isinstance(value, dict) and isinstance(known, dict)):
        return value == known
    low, high = known.get("min"), known.get("max")
    point = value.get("min")
    if isinstance(point, int | float) and value.get("min") == value.get("max"):
        above = not isinstance(low, int | float) or point >= low
        below = not isinstance(high, int | float) or point <= high
        return above and below
    return value == known
