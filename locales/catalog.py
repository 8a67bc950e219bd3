"""What a human reads, per language: texts by key, labels with their synonyms, and the language to fall back on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from jinja2 import TemplateError

from flows.documents import Document, read_document
from flows.errors import Defect
from flows.model import Json
from locales.errors import TextError, UnsayableError
from locales.filters import Formats, known_locale, pattern_problem
from locales.leaves import Leaf, Voices, leaves

_FORMATS: Final = "formats"
_NONE: Final[Mapping[str, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class _Language:
    """One language, completed by the default one: `own` are the keys of its own files."""

    own: Mapping[str, Leaf]
    texts: Mapping[str, Leaf]
    labels: Mapping[str, Mapping[str, tuple[str, ...]]]
    formats: Formats


@dataclass(frozen=True, slots=True)
class _Read:
    """A language as its files have it; `labels` are filled in once the default language is known."""

    own: dict[str, Leaf]
    formats: Formats
    labels: dict[str, dict[str, tuple[str, ...]]]

    def label(self, name: str, group: str) -> str:
        """The filter `label`: the human word for a name, such as a slot's; an unknown name stays as it is."""
        words = self.labels.get(group, _NONE).get(name)
        return words[0] if words else name


class Catalog:
    """All texts of all languages, ready to be said. An unknown language speaks the default one.

    Keys are `<file>.<path…>`; an item of a list is also reached as `<key>.<index>`.
    """

    def __init__(self, languages: Mapping[str, _Language], default: str) -> None:
        self._languages = languages
        self._default = languages[default]
        self.default = default
        self.locales = tuple(sorted(languages, key=lambda tag: (tag != default, tag)))

    def text(self, locale: str, key: str, params: Mapping[str, Json], seed: int = 0) -> str:
        """The text under a key with its values; `seed` picks one of several variants, and of a label the label.

        Values are data, never templates, and their markup signs come out escaped. Raises `TextError`.
        """
        leaf = (self._languages.get(locale) or self._default).texts.get(key)
        if leaf is None:
            leaf, seed = self._item(locale, key)
        wording = leaf.wordings[0 if leaf.label else seed % len(leaf.wordings)]
        if isinstance(wording, str):
            return wording
        try:
            # What `render` does, a third of its cost: no globals to add, no traceback to rewrite.
            return "".join(wording.root_render_func(wording.new_context(dict(params), shared=True))).strip()
        except (TemplateError, UnsayableError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise TextError(locale, key, f"it cannot be said with the values given ({error})") from error

    def labels(self, locale: str, key: str) -> Mapping[str, tuple[str, ...]]:
        """The labels below a key: `value -> (label, synonym…)`, as they are written; empty when there are none."""
        return (self._languages.get(locale) or self._default).labels.get(key, _NONE)

    def items(self, locale: str, key: str) -> tuple[str, ...]:
        """The texts of a list as they are written; empty when there is none."""
        leaf = (self._languages.get(locale) or self._default).texts.get(key)
        return leaf.texts if leaf else ()

    def shown(self, locale: str, value: Json) -> str:
        """A slot's value in words, by its shape: money, a number, dates; others as they are, nothing escaped.

        Raises `TextError` for a shape that no slot has.
        """
        try:
            return (self._languages.get(locale) or self._default).formats.value(value)
        except UnsayableError as error:
            raise TextError(locale, "value", str(error)) from error

    def has(self, locale: str, key: str) -> bool:
        """Whether the language itself has the key, the default one left aside."""
        language = self._languages.get(locale)
        if language is None:
            return False
        parent, _, index = key.rpartition(".")
        return key in language.own or (
            index.isdecimal() and parent in language.own and int(index) < len(language.own[parent].texts)
        )

    def keys(self, locale: str) -> frozenset[str]:
        """The keys of the language itself; empty for an unknown one."""
        language = self._languages.get(locale)
        return frozenset(language.own) if language else frozenset()

    def placeholders(self, locale: str, key: str) -> frozenset[str]:
        """The names of the values that a text wants, over all its variants. Raises `TextError` without such a key."""
        return self._leaf(locale, key).placeholders

    def where(self, locale: str, key: str) -> tuple[str, int]:
        """The file and line of a text. Raises `TextError` without such a key."""
        leaf = self._leaf(locale, key)
        return leaf.file, leaf.line

    def _leaf(self, locale: str, key: str) -> Leaf:
        leaf = (self._languages.get(locale) or self._default).texts.get(key)
        if leaf is None:
            raise TextError(locale, key, "there is none under this key")
        return leaf

    def _item(self, locale: str, key: str) -> tuple[Leaf, int]:
        parent, _, index = key.rpartition(".")
        if not index.isdecimal():
            raise TextError(locale, key, "there is none under this key")
        return self._leaf(locale, parent), int(index)


def load_catalog(files: Mapping[str, Mapping[str, str]], default: str) -> tuple[Catalog, tuple[Defect, ...]]:
    """Read all languages: tag -> file name -> YAML text. Returns what is usable and all that is wrong with the rest."""
    defects: list[Defect] = []
    read: dict[str, _Read] = {}
    for tag, texts in files.items():
        if known_locale(tag):
            read[tag] = _language(texts, tag, defects)
        else:
            remedy = "Name the folder by a language tag such as ru, en or pt-BR"
            defects.append(Defect(f"locales/{tag}", 0, "", "not a language that is known", remedy))
    if default not in read:
        remedy = f"Add the folder locales/{default}, or choose another DEFAULT_LOCALE"
        defects.append(Defect(f"locales/{default}", 0, "", "the default language has no texts", remedy))
        read[default] = _Read({}, Formats(default if known_locale(default) else "en", {}), {})
    languages = {tag: _completed(language, read[default].own) for tag, language in read.items()}
    return Catalog(languages, default), tuple(sorted(defects, key=lambda defect: (defect.file, defect.line)))


def _language(texts: Mapping[str, str], tag: str, defects: list[Defect]) -> _Read:
    documents = []
    for file, text in sorted(texts.items()):
        document, broken = read_document(file, text)
        defects += broken
        documents.append((_stem(file), document))
    language = _Read({}, Formats(tag, _patterns(documents, defects)), {})
    voices = Voices({**language.formats.filters(), "label": language.label})
    for stem, document in documents:
        if stem == _FORMATS:
            continue
        for path, found in leaves(document, voices):
            if isinstance(found, Defect):
                defects.append(found)
            else:
                language.own[f"{stem}.{path}"] = found
    return language


def _patterns(documents: Iterable[tuple[str, Document]], defects: list[Defect]) -> dict[str, str]:
    found: dict[str, str] = {}
    for stem, document in documents:
        if stem != _FORMATS or not isinstance(document.data, dict):
            continue
        for name, value in document.data.items():
            problem = pattern_problem(name, value) if isinstance(value, str) else "not a text"
            if problem:
                remedy = "Mend the pattern as docs/texts.md shows, or remove the line"
                defects.append(Defect(document.file, document.line((name,)), f"{_FORMATS}.{name}", problem, remedy))
            else:
                found[name] = str(value)
    return found


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0]


def _completed(language: _Read, fallback: Mapping[str, Leaf]) -> _Language:
    texts = {**fallback, **language.own}
    language.labels.update(_labels(texts.items()))
    return _Language(language.own, texts, language.labels, language.formats)


def _labels(texts: Iterable[tuple[str, Leaf]]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, leaf in texts:
        if leaf.label:
            parent, _, value = key.rpartition(".")
            found.setdefault(parent, {})[value] = leaf.texts
    return found
