"""Typed labels: the words of a button, of an answer's name or of a language, in the language of the conversation."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from flows.commands import Choose, Command, Correct, HandOff, Language, Wish
from flows.model import Conversation
from flows.schema import AskStep
from flows.waits import CHOICES
from flows.wishes import CORRECT
from knowledge.understanding.text import plain
from locales.catalog import Catalog

_BUTTONS: Mapping[str, Command] = {"contact": Wish("leave_contact"), "person": HandOff(), "back": Wish("back")}


class Labels:
    """Reads words that stand in the texts to the letter; case and marks do not count."""

    def __init__(self, catalog: Catalog, locales: tuple[str, ...]) -> None:
        self._catalog = catalog
        self._locales = locales

    def choices(self, asked: Conversation, step: AskStep) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The open question's choices with all their labels, and skipping where it may be skipped."""
        key = f"{asked.flow}.{step.id}.choices"
        yield from self._catalog.labels(asked.locale, key).items()
        if step.skip:
            yield "!skip", self._catalog.labels(asked.locale, "common.options").get("skip", ())

    def choice(self, asked: Conversation, step: AskStep, text: str) -> str | None:
        """The choice of the open question whose label or synonym was typed."""
        typed = plain(text)
        return next((value for value, labels in self.choices(asked, step) if typed in _folded(labels)), None)

    def wish(self, asked: Conversation, text: str) -> Command | None:
        """A button that stands under many questions, the wish to change an answer, or a language by its name."""
        typed = plain(text)
        if asked.asked == CORRECT and (slot := self._slot(asked.locale, frozenset({typed}))):
            return Correct(slot)
        if asked.wants_person and (answer := self._answer(asked.locale, typed)):
            return Choose("!", "", 0, answer, text)
        labels = self._catalog.labels(asked.locale, "common.options")
        wish = next((wish for name, wish in _BUTTONS.items() if typed in _folded(labels.get(name, ()))), None)
        return wish or self._correction(asked.locale, typed, labels.get("change", ())) or self._named(asked, typed)

    def asks_for_contact(self, asked: Conversation, text: str) -> bool:
        """Whether the words of the button that leaves a contact stand anywhere in the text."""
        labels = self._catalog.labels(asked.locale, "common.options").get("contact", ())
        return any(f" {label} " in f" {plain(text)} " for label in _folded(labels))

    def _correction(self, locale: str, typed: str, words: tuple[str, ...]) -> Command | None:
        """The wish to change an answer, by itself or with the name of what was answered."""
        if typed in _folded(words):
            return Correct()
        slot = self._slot(locale, frozenset({typed.removeprefix(f"{word} ") for word in _folded(words)} - {typed}))
        return Correct(slot) if slot else None

    def _answer(self, locale: str, typed: str) -> str:
        """What was chosen of the offer that is made when nobody comes; empty for nothing."""
        labels = self._catalog.labels(locale, "waiting.options")
        return next((name for name in CHOICES if typed in _folded(labels.get(name, ()))), "")

    def _slot(self, locale: str, names: frozenset[str]) -> str:
        """The slot that one of these names is a label of; empty for none."""
        slots = self._catalog.labels(locale, "common.slots")
        return next((slot for slot, labels in slots.items() if not names.isdisjoint(_folded(labels))), "")

    def _named(self, asked: Conversation, typed: str) -> Command | None:
        """The language whose name was typed and nothing else."""
        labels = self._catalog.labels(asked.locale, "common.languages")
        return next((Language(tag) for tag in self._locales if typed in _folded(labels.get(tag, ()))), None)


@lru_cache(maxsize=4096)
def _folded(labels: tuple[str, ...]) -> frozenset[str]:
    """Labels as they are compared; those of a company are few, and are asked for with every message."""
    return frozenset(map(plain, labels))
