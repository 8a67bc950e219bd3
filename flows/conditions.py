"""The small language of conditions in flows and score rules: parsed once into a tree, never `eval`.

    quantity.min > 20 or budget.max >= 300000
    deadline is known and not (temperature in [cold, warm])

Paths name slots (`budget.max`), `consent.<purpose>`, `signal.<name>`, `contact`, `services`, `locale`, `channel`,
`score` and `temperature`. An unknown value makes every comparison false.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, assert_never

from flows.model import Json

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<quoted>'[^']*'|\"[^\"]*\")|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<sign><=|>=|==|!=|<|>|\(|\)|\[|\]|,))"
)
Sign = Literal["<", "<=", ">", ">=", "==", "!="]
_ORDERS: Mapping[Sign, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_SIGNS: Mapping[str, Sign] = {sign: sign for sign in _ORDERS}
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "known", "unknown", "true", "false"})
Literal_: TypeAlias = str | float | bool
Reader: TypeAlias = Callable[[Mapping[str, Json]], Json]
Predicate: TypeAlias = Callable[[Mapping[str, Json]], bool]


class BadConditionError(ValueError):
    """A condition that cannot be read; the text says where."""


@dataclass(frozen=True, slots=True)
class Known:
    """`path is known`, or a bare path: it holds a value that is neither empty nor false."""

    path: str
    bare: bool = field(default=False, compare=False)  # as it was written; it means the same


@dataclass(frozen=True, slots=True)
class Compare:
    """`path sign literal`."""

    path: str
    sign: Sign
    value: Literal_


@dataclass(frozen=True, slots=True)
class Among:
    """`path in [literal, …]`."""

    path: str
    values: tuple[Literal_, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`not condition`."""

    of: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`."""

    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Either:
    """`left or right`."""

    left: "Condition"
    right: "Condition"


Condition: TypeAlias = Known | Compare | Among | Not | Both | Either


def parse(text: str) -> Condition:
    """Read a condition. Raises `BadConditionError` naming the place."""
    reader = _Reader(text)
    condition = reader.either()
    if reader.peek():
        reader.fail("the end")
    return condition


def paths(condition: Condition) -> Iterator[str]:
    """Every path that a condition looks at."""
    match condition:
        case Known() | Compare() | Among():
            yield condition.path
        case Not():
            yield from paths(condition.of)
        case Both() | Either():
            yield from paths(condition.left)
            yield from paths(condition.right)
        case _ as never:
            assert_never(never)


def compiled(condition: Condition) -> Predicate:
    """The test that a condition makes of values; dots in a path go into nested mappings. Made once, at load."""
    match condition:
        case Known():
            look = _reader(condition.path)
            return lambda values: _truth(look(values))
        case Compare():
            return _comparison(_reader(condition.path), condition.sign, condition.value)
        case Among():
            look = _reader(condition.path)
            equal = [_comparison(look, "==", value) for value in condition.values]
            return lambda values: any(test(values) for test in equal)
        case Not():
            inner = compiled(condition.of)
            return lambda values: not inner(values)
        case Both():
            left, right = compiled(condition.left), compiled(condition.right)
            return lambda values: left(values) and right(values)
        case Either():
            left, right = compiled(condition.left), compiled(condition.right)
            return lambda values: left(values) or right(values)
        case _ as never:
            assert_never(never)


def _reader(path: str) -> Reader:
    """Reads the value at a dotted path, None when any part is missing."""
    name, dot, field = path.partition(".")
    if not dot:
        return lambda values: values.get(name)

    def look(values: Mapping[str, Json]) -> Json:
        found = values.get(name)
        return found.get(field) if isinstance(found, dict) else None

    return look


def _truth(value: Json) -> bool:
    """A range counts as known when either bound is."""
    if isinstance(value, dict):
        return any(bound is not None for name, bound in value.items() if name != "currency")
    return value is not None and value is not False and value not in ("", [])


def _comparison(look: Reader, sign: Sign, value: Literal_) -> Predicate:
    """Compares like with like: numbers, words and truths never meet."""
    ordered = _ORDERS[sign]
    if isinstance(value, bool):
        return lambda values: isinstance(found := look(values), bool) and ordered(found, value)
    if isinstance(value, str):
        return lambda values: isinstance(found := look(values), str) and ordered(found, value)
    return lambda values: (
        isinstance(found := look(values), int | float) and not isinstance(found, bool) and ordered(found, value)
    )


class _Reader:
    """A recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        while position < len(text.rstrip()):
            found = _TOKEN.match(text, position)
            if not found:
                message = f"cannot read {text[position:].strip()!r}"
                raise BadConditionError(message)
            self.tokens.append(found[0].strip())
            position = found.end()
        self.next = 0

    def peek(self) -> str:
        """The coming token, empty at the end."""
        return self.tokens[self.next] if self.next < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        """Step over the coming token if it is one of these."""
        if self.peek() in wanted and self.peek():
            self.next += 1
            return True
        return False

    def fail(self, wanted: str) -> None:
        """Say what was expected instead."""
        found = self.peek() or "the end"
        message = f"expected {wanted} before {found!r} in {self.text!r}"
        raise BadConditionError(message)

    def either(self) -> Condition:
        """`a or b or c`."""
        left = self.both()
        while self.take("or"):
            left = Either(left, self.both())
        return left

    def both(self) -> Condition:
        """`a and b and c`."""
        left = self.single()
        while self.take("and"):
            left = Both(left, self.single())
        return left

    def single(self) -> Condition:
        """`not x`, `(x)` or a test of one path."""
        if self.take("not"):
            return Not(self.single())
        if self.take("("):
            inner = self.either()
            if not self.take(")"):
                self.fail("a closing bracket")
            return inner
        return self.test()

    def test(self) -> Condition:
        """A path and what is asked of it."""
        path = self.peek()
        if not path or not (path[0].isalpha() or path[0] == "_") or path in _KEYWORDS:
            self.fail("the name of a slot")
        self.next += 1
        if self.take("is"):
            if self.take("unknown"):
                return Not(Known(path))
            if not self.take("known"):
                self.fail("known or unknown")
            return Known(path)
        if self.take("in"):
            return Among(path, self.members())
        sign = _SIGNS.get(self.peek())
        if sign is None:
            return Known(path, bare=True)
        self.next += 1
        return Compare(path, sign, self.literal())

    def members(self) -> tuple[Literal_, ...]:
        """`[a, b]`."""
        if not self.take("["):
            self.fail("a list in square brackets")
        values = [self.literal()]
        while self.take(","):
            values.append(self.literal())
        if not self.take("]"):
            self.fail("a closing square bracket")
        return tuple(values)

    def literal(self) -> Literal_:
        """A number, a word, a quoted text, true or false."""
        token = self.peek()
        if not token or not (token[0].isalnum() or token[0] in "'\"_"):
            self.fail("a value")
        self.next += 1
        if token in {"true", "false"}:
            return token == "true"  # noqa: S105 - a word of the language
        if token[0] in "'\"":
            return token[1:-1]
        return float(token) if token[0].isdigit() else token
