"""YAML as people write it: every value a string as it stands, every place with its line, every mistake collected.

Scalars stay text (`amount: 1990.50` keeps its digits, `yes` stays a word); what they mean is for the reader's schema.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from flows.errors import Defect
from flows.model import Json

Path: TypeAlias = tuple[str | int, ...]
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `data` of mappings, lists, strings and None; `lines` holds the 1-based line of every place."""

    file: str
    data: Json
    lines: Mapping[Path, int]

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a place, or of the nearest place around it that is in the file."""
        place = tuple(path)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_document(file: str, text: str) -> tuple[Document, tuple[Defect, ...]]:
    """Read one YAML file. A file that is no YAML gives an empty document and the defect that says where it breaks."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        return Document(file, {}, {}), (_broken(file, text, error),)
    if root is None or root.tag == _NULL:
        return Document(file, {}, {}), ()
    walk = _Walk(file)
    data = walk.value(root, ())
    return Document(file, data, walk.lines), tuple(walk.defects)


def _broken(file: str, text: str, error: yaml.YAMLError) -> Defect:
    line, problem = 0, "the file cannot be read as YAML"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = error.problem or problem
        if error.context and error.context_mark and "end of stream" in problem:
            # What was left open matters, not where the file ends.
            mark, problem = error.context_mark, f"{problem} {error.context}"
        line = mark.line + 1 if mark else 0
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        problem = "a character that YAML does not allow"
    return Defect(file, line, "", problem, "Check the indentation, the colons and the quotes around this line")


class _Walk:
    """Turns nodes into values, noting lines and mistakes on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.defects: list[Defect] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Json:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return None if node.tag == _NULL else str(node.value)
        if id(node) in self._seen:  # an alias repeats its node; a few of them can grow a small file without end
            self._defect(node, path, "an alias (*name) is used", "Write the values out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._defect(key, path, "a key is not a word", "Use a plain word before the colon")
                continue
            name = str(key.value)
            if name in found:
                line = key.start_mark.line + 1
                place = ".".join(map(str, (*path, name)))
                self.defects.append(Defect(self.file, line, place, "the key is there twice", "Keep one of the two"))
                continue
            self.lines[(*path, name)] = key.start_mark.line + 1
            found[name] = self.value(item, (*path, name))
        return found

    def _defect(self, node: yaml.Node, path: Path, problem: str, remedy: str) -> None:
        line = self.lines.get(path, node.start_mark.line + 1)
        self.defects.append(Defect(self.file, line, ".".join(map(str, path)), problem, remedy))
