"""Reads a prospect's own words against the open question: an answer, a question, a wish, a contact, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flows.commands import Ask, Command, Fill, GiveContact, HandOff, Language, Object, Unclear, Wish
from flows.model import Contact, Conversation, Json
from flows.schema import AskStep, Flows
from flows.scoring import reachable
from flows.slots import FREE, SlotType, choice_value
from handlers.labels import Labels
from knowledge.answers import Answerer
from knowledge.masking import mask_contacts
from knowledge.understanding.choices import Choice, match_choice
from knowledge.understanding.language import guess_language
from knowledge.understanding.money import find_money
from knowledge.understanding.name import find_name
from knowledge.understanding.noise import is_noise
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
_QUESTIONS = frozenset({"question", "price"})
_FULL = 3  # words that make a free answer look finished
_NAME = 5  # words of "my name is John Smith"
_LONGEST = 500  # characters of a free answer that its slot keeps
_MARKUP = frozenset("<>{}")


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
        self._labels = Labels(catalog, locales)

    def words(self, asked: Conversation, step: AskStep | None, text: str, now: datetime) -> Meaning:
        """What typed words mean to a conversation that stands at `step`."""
        text = text.strip()
        kind = self._flows.slot_types.get(step.slot) if step else None
        if step and (label := self._labels.choice(asked, step, text)) is not None:
            return Meaning((self._chosen(step, label, now, text),))
        wish = self._labels.wish(asked, text)
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
            return Meaning((*language, *self._bought(asked, step, seen, told), *found, *rest), open=True)
        if step and kind in FREE and (found or not (yes_no(text) or is_noise(text))):
            commands, unfinished = _free(step, told, found)
            return Meaning((*language, *commands), open=unfinished)
        if found:
            return Meaning((*language, *found), open=kind == "contact" and not _reaches(found))
        fuzzy = self._fuzzy(asked, step, text, now)
        return Meaning((*language, fuzzy or self._need(asked, told) or Unclear(text)), open=fuzzy is None)

    def edited(self, asked: Conversation, step: AskStep | None, text: str, now: datetime) -> Meaning:
        """An edited message corrects the latest answer that its new words fit; else it is read like a new one."""
        seen = understand(text, locale=asked.locale, region=self._region, now=now, currency=self._currency)
        # The digits of a phone are neither a sum nor a number of people.
        for mark in reversed(asked.trail if _told(text, seen) == text else ()):
            question = self._flows.step(mark.place)
            if not isinstance(question, AskStep) or question.purposes:
                continue
            kind = self._flows.slot_types.get(question.slot)
            value = typed(kind, text, seen, self._currency, asked=True)
            if value is None and kind in FREE and asked.quotes.get(question.slot):
                value = text
            if value is not None:
                return Meaning((Fill(question.slot, value, text),))
        return self.words(asked, step, text, now)

    # ------------------------------------------------------------------ the parts of a meaning
    def _fuzzy(self, asked: Conversation, step: AskStep | None, text: str, now: datetime) -> Command | None:
        """The choice that was meant by a number, a small typo, or a yes or no."""
        if step is None:
            return None
        if step.purposes and (said := yes_no(text)) in {"yes", "no"}:
            return Fill(step.slot, said, text)
        options = [Choice(value, labels) for value, labels in self._labels.choices(asked, step)]
        value = match_choice(text, options)
        if value is None and step.skip and yes_no(text) in {"no", "unsure"}:
            value = "!skip"
        return None if value is None else self._chosen(step, value, now, text)

    def _chosen(self, step: AskStep, value: str, now: datetime, text: str = "") -> Command:
        """The command behind a choice of the open question."""
        if value == "!skip":
            return Wish("skip")
        if step.purposes:
            return Fill(step.slot, value, text)
        kind = self._flows.slot_types.get(step.slot, "choice")
        return Fill(step.slot, choice_value(kind, value, now.date(), self._currency), text)

    def _language(self, asked: Conversation, text: str) -> tuple[Command, ...]:
        """A hint at another language, where words are long enough to tell; markup and code are nobody's language."""
        spoken = None if _MARKUP.intersection(text) else guess_language(text)
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
        elif kind == "contact" and (name := _name(seen)):
            found.append(GiveContact(Contact(name)))
        question = seen.intent in _QUESTIONS
        if step and kind and not (question and kind != "number"):
            value = typed(kind, seen.text, seen, self._currency, asked=not question and not found)
            if value is not None:
                found.append(Fill(step.slot, value, told))
        for slot, other in self._flows.slot_types.items():
            if (step and slot == step.slot) or other not in {"number", "money", "date"}:
                continue
            if question and other != "number":
                continue
            value = typed(other, seen.text, seen, self._currency, asked=False)
            if value is not None and not _within(value, asked.slots.get(slot)):
                found.append(Fill(slot, value, told))
        return tuple(found)

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

    def _unknown_need(self, asked: Conversation) -> str:
        """The first question that takes any words and has no answer yet; empty for none."""
        texts = (slot for slot, kind in self._flows.slot_types.items() if kind == "text" and self._flows.question(slot))
        return next((slot for slot in texts if asked.slots.get(slot) is None), "")

    def _bought(self, asked: Conversation, step: AskStep | None, seen: Understanding, told: str) -> tuple[Command, ...]:
        """What somebody wants to buy is what they need, unless they only want to be called, or ask how to pay."""
        slot = self._unknown_need(asked)
        slot = step.slot if step and self._flows.slot_types.get(step.slot) in FREE else slot
        only = len(plain(told).split()) < _FULL or "?" in told or self._labels.asks_for_contact(asked, told)
        if not slot or seen.intent != "buy" or only or seen.slots.phone or seen.slots.email:
            return ()
        return (Fill(slot, _cut(told), told),)

    def _need(self, asked: Conversation, told: str) -> Command | None:
        """Words that answer nothing but name our goods say what is needed, while nobody knows it yet."""
        slot = self._unknown_need(asked)
        return Fill(slot, _cut(told), told) if slot and self._answerer.names_goods(told) else None

    def _ask(self, asked: Conversation, text: str, told: str, now: datetime) -> Ask:
        """The question with what the local knowledge finds."""
        return Ask(told, self._answerer.answer(text, asked.locale, now.date()))


def typed(kind: SlotType | None, text: str, seen: Understanding, currency: str, *, asked: bool) -> Json:
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
        return {"min": _whole(value.min), "max": _whole(value.max), "currency": value.currency or currency}
    if kind == "date":
        slots = seen.slots
        if slots.period and (slots.period.start or slots.period.end):
            return {"from": _iso(slots.period.start), "to": _iso(slots.period.end)}
        return {"from": _iso(slots.date), "to": _iso(slots.date)} if slots.date else None
    return None


def _told(text: str, seen: Understanding) -> str:
    """The words as they are kept: a contact in them, and the name beside it, is kept once, where consent guards it."""
    slots = seen.slots
    reached = slots.phone or slots.email or slots.telegram
    return mask_contacts(text, (slots.name,) if slots.name else ()) if reached else text


def _free(step: AskStep, text: str, found: tuple[Command, ...]) -> tuple[tuple[Command, ...], bool]:
    """Words to a question that takes any words, and whether their writer may go on: a short line may be a beginning."""
    if found and len(plain(text).split()) <= _FULL:
        return found, False
    last = text.rpartition("\n")[2]
    finished = bool(found) or len(plain(last).split()) >= _FULL or last[-1:] in set(".!;)")
    return (Fill(step.slot, _cut(text), text), *found), not finished


def _cut(text: str) -> str:
    """The words of a slot; the transcript keeps all of them."""
    return text[:_LONGEST].rstrip()


def _name(seen: Understanding) -> str:
    """A name and nothing else, as half an answer to the question for a contact; empty for none."""
    if len(plain(seen.text).split()) > _NAME:
        return ""
    found = find_name(seen.text, contact_at=0)
    return found.value if found else ""


def _reaches(found: tuple[Command, ...]) -> bool:
    """Whether what was found holds a contact that anybody could answer to."""
    return any(isinstance(command, GiveContact) and reachable(command.contact) for command in found)


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
