"""One entry of a language's files: where it stands, what it says, and how its templates are read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flows.documents import Document
from flows.errors import Defect
from flows.model import Json
from locales.markup import marked_up, plain

LABELLED: Final = frozenset({"choices", "options", "languages", "slots"})
"""Under these a text is the label of a button, and a list is a label with the words that mean the same."""

_REACHING_OUT: Final = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
Wording: TypeAlias = str | Template


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text, its variants, or a label with its synonyms: `wordings` are ready to be said."""

    file: str
    line: int
    texts: tuple[str, ...]
    wordings: tuple[Wording, ...]
    placeholders: frozenset[str]
    label: bool


class Voices:
    """The two ways a language's templates write values: in messages, where markup counts, and on buttons, where not."""

    def __init__(self, filters: Mapping[str, Callable[..., str]]) -> None:
        self.message = _environment(filters, marked_up)
        self.button = _environment(filters, plain)


def _environment(filters: Mapping[str, Callable[..., str]], finalize: Callable[[object], str]) -> Environment:
    # Channels escape for themselves: here a text has no HTML, and a value is freed of markup by `finalize`.
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, finalize=finalize, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()  # a text has its values and the filters, nothing else
    environment.filters.update(filters)
    return environment


def leaves(document: Document, voices: Voices) -> Iterator[tuple[str, Leaf | Defect]]:
    """Every text of a file under its key within the file, and whatever cannot be one."""
    if not isinstance(document.data, dict):
        yield "", _defect(document, (), "", "the file is not a list of `key: text`", "Begin each line with a key")
        return
    yield from _walk(document, voices, (), document.data)


def _walk(
    document: Document, voices: Voices, path: tuple[str | int, ...], node: Json
) -> Iterator[tuple[str, Leaf | Defect]]:
    key = ".".join(map(str, path))
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _walk(document, voices, (*path, name), child)
        return
    texts = node if isinstance(node, list) else [node]
    if not texts:
        yield key, _defect(document, path, key, "the list is empty", "Write at least one text, or remove the key")
        return
    whole: list[str] = []
    for index, text in enumerate(texts):
        if isinstance(text, str) and text.strip():
            whole.append(text.strip())
            continue
        place = (*path, index) if isinstance(node, list) else path
        problem = "there is no text" if text is None or isinstance(text, str) else "not a text"
        yield key, _defect(document, place, key, problem, "Write a text; one that holds `: ` or `#` goes into quotes")
    if len(whole) == len(texts):
        yield key, _leaf(document, voices, path, whole)


def _leaf(document: Document, voices: Voices, path: tuple[str | int, ...], texts: Sequence[str]) -> Leaf | Defect:
    label = not LABELLED.isdisjoint(path[:-1])
    environment = voices.button if label else voices.message
    wordings: list[Wording] = []
    names: set[str] = set()
    key = ".".join(map(str, path))
    for index, text in enumerate(texts):
        if "{" not in text:
            wordings.append(text)
            continue
        place = (*path, index) if len(texts) > 1 else path
        try:
            tree = environment.parse(text)
            if any(tree.find_all(_REACHING_OUT)):
                return _defect(document, place, key, "a text takes in another one", "Write the text out here")
            wordings.append(environment.from_string(text))
        except TemplateSyntaxError as error:
            problem = f"the braces cannot be read: {error.message}"
            return _defect(document, place, key, problem, "Write a value as {{ name }} or {{ name | money }}")
        names |= meta.find_undeclared_variables(tree)
    line = document.line(path)
    return Leaf(document.file, line, tuple(texts), tuple(wordings), frozenset(names), label)


def _defect(document: Document, path: Sequence[str | int], key: str, problem: str, remedy: str) -> Defect:
    return Defect(document.file, document.line(path), key, problem, remedy)
