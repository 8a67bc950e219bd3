"""Proves the texts: every one that is said is there, in every language, with the same values, short enough."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from flows.errors import Defect
from flows.schema import AskStep, Flows
from flows.texts import Wanted, choices, wanted
from flows.validation_sources import Sources

_LABEL = 64  # characters on a button: more is cut on a phone
_ASK = 600  # characters of a question: more is not read
_MESSAGE = 4096  # characters of a Telegram message


class Texts(Protocol):
    """The texts of all languages; the default language comes first."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages."""
        ...

    def has(self, locale: str, key: str) -> bool:
        """Whether the language itself has a text."""
        ...

    def keys(self, locale: str) -> frozenset[str]:
        """All keys of a language."""
        ...

    def items(self, locale: str, key: str) -> tuple[str, ...]:
        """A text as written, its variants, or a label with its synonyms."""
        ...

    def placeholders(self, locale: str, key: str) -> frozenset[str]:
        """The names of the values that a text wants."""
        ...

    def where(self, locale: str, key: str) -> tuple[str, int]:
        """The file and the line of a text."""
        ...


def prove_texts(
    flows: Flows,
    files: Mapping[str, str],
    texts: Texts,
    said: Mapping[str, frozenset[str]],
    read: Iterable[str],
) -> tuple[Defect, ...]:
    """Everything that is wrong with the texts of these flows.

    `said` are the texts that others say, with their values; `read` are beginnings of keys that they may look up.
    """
    proof = _Proof(flows, Sources(flows, files), texts)
    every = {one.key: one for one in (*wanted(flows), *(Wanted(key, params) for key, params in said.items()))}
    found = [defect for one in every.values() for locale in texts.locales for defect in proof.text(locale, one)]
    found += [defect for locale in texts.locales for defect in proof.unused(locale, every, tuple(read))]
    found += [defect for locale in texts.locales for defect in proof.likeness(locale)]
    return tuple(sorted(set(found), key=lambda defect: (defect.file, defect.line, defect.problem)))


class _Proof:
    """Looks at one text of one language at a time."""

    def __init__(self, flows: Flows, sources: Sources, texts: Texts) -> None:
        self._flows = flows
        self._sources = sources
        self._texts = texts

    def text(self, locale: str, one: Wanted) -> Iterator[Defect]:
        """What is wrong with one wanted text."""
        if not self._texts.has(locale, one.key):
            yield self._missing(locale, one)
            return
        items = self._texts.items(locale, one.key)
        extra = self._texts.placeholders(locale, one.key) - one.params
        if extra:
            problem = f"it wants {', '.join(sorted(extra))}, which it is not given"
            yield self._defect(locale, one.key, problem, f"It may use: {', '.join(sorted(one.params)) or 'no values'}")
        yield from self._sameness(locale, one)
        if len(items) < one.least:
            problem = f"{one.least} texts are needed, and there are {len(items)}"
            yield self._defect(locale, one.key, problem, "Write more")
        yield from self._length(locale, one, items)
        if one.kind == "retry":
            yield from self._rephrased(locale, one, items)

    def _missing(self, locale: str, one: Wanted) -> Defect:
        """A text that is not there: at the step that says it, or in the file that it belongs into."""
        problem = f"the text {one.key} is missing in {locale}"
        name, _, rest = one.key.partition(".")
        remedy = f"Add {rest} to locales/{locale}/{name}.yaml"
        if one.at is not None:
            return self._sources.step(one.at, problem, remedy)
        return Defect(f"locales/{locale}/{name}.yaml", 0, one.key, problem, remedy)

    def _sameness(self, locale: str, one: Wanted) -> Iterator[Defect]:
        """Every language gives the same values to the same text."""
        first = self._texts.locales[0]
        if locale == first or not self._texts.has(first, one.key):
            return
        here, there = (self._texts.placeholders(tag, one.key) for tag in (locale, first))
        if here != there:
            differing = ", ".join(sorted(here ^ there))
            yield self._defect(locale, one.key, f"{first} and {locale} use other values: {differing}", "Use the same")

    def _length(self, locale: str, one: Wanted, items: tuple[str, ...]) -> Iterator[Defect]:
        """A button, a question and a message have their limits."""
        if one.kind in {"label", "examples"}:
            limit, shown = _LABEL, items[:1] if one.kind == "label" else items
        else:
            limit, shown = _ASK if one.kind in {"ask", "retry"} else _MESSAGE, items
        longest = max(map(len, shown), default=0)
        if longest > limit:
            problem = f"it has {longest} characters, and {limit} are allowed"
            yield self._defect(locale, one.key, problem, "Shorten it")

    def _rephrased(self, locale: str, one: Wanted, items: tuple[str, ...]) -> Iterator[Defect]:
        """Every try asks in other words."""
        ask = self._texts.items(locale, one.key.removesuffix("retry") + "ask")
        heard = [_bare(text) for text in (*ask, *items)]
        if len(set(heard)) < len(heard):
            problem = "a rephrased question repeats another one"
            yield self._defect(locale, one.key, problem, "Ask in other words each time")

    def unused(self, locale: str, every: Mapping[str, Wanted], known: tuple[str, ...]) -> Iterator[Defect]:
        """Texts that nothing says."""
        for key in sorted(self._texts.keys(locale)):
            if key not in every and not key.startswith(known):
                yield self._defect(locale, key, "nothing says this text", "Remove it, or check the spelling of its key")

    def likeness(self, locale: str) -> Iterator[Defect]:
        """Choices of one question are told apart by each of their words."""
        for (flow, name), step in ((at, self._flows.at(*at)) for at in self._flows.order):
            seen: dict[str, str] = {}
            for value in choices(step) if isinstance(step, AskStep) else ():
                key = f"{flow}.{name}.choices.{value}"
                for label in map(_bare, self._texts.items(locale, key)):
                    if seen.setdefault(label, value) != value:
                        problem = f"“{label}” stands for {seen[label]} and for {value}"
                        yield self._defect(locale, key, problem, "Give one of them other words")

    def _defect(self, locale: str, key: str, problem: str, remedy: str) -> Defect:
        file, line = self._texts.where(locale, key)
        return Defect(file, line, key, problem, remedy)


def _bare(text: str) -> str:
    """A text as it is heard: without case, blanks and marks."""
    return "".join(letter for letter in text.casefold() if letter.isalnum() or letter in "+-–—")
