"""Stored plain data back into the words of the model, forgiving: an older or damaged shape loads with defaults."""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from flows.events import Answered, Due, Event, Moved, Pressed, Reachable, Said, Written
from flows.model import Conversation, Json, Mark
from integrations.storage.codec import EPOCH, dumps, loads

T = TypeVar("T")
_Reader = Callable[[Any], Any]
_KINDS: Final[Mapping[str, type[Event]]] = {
    "said": Said,
    "reachable": Reachable,
    "answered": Answered,
    "due": Due,
    "written": Written,
    "pressed": Pressed,
    "moved": Moved,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


class _Unreadable(Exception):
    """The data does not have this shape."""


def read(kind: type[T], data: Json) -> T:
    """The dataclass that `data` describes: unknown fields are dropped, missing and unreadable ones get defaults."""
    value: T = _dataclass_reader(typing.cast("Any", kind))(data if isinstance(data, dict) else {})
    return value


def kind_of(event: Event) -> str:
    """The name under which an event is stored."""
    return _NAMES[type(event)]


def read_event(kind: str, body: str) -> Event:
    """An event of the inbox; one of a kind that is not known any more reads as something said without words."""
    return read(_KINDS.get(kind, Said), loads(body))


# ------------------------------------------------------------------ conversations: only what differs from the default
def _empty_by_default(field: "dataclasses.Field[Any]") -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return not field.default_factory()
    return field.default is not dataclasses.MISSING and not field.default


_COLUMNS: Final = frozenset({"id", "version", "ordinal"})
_STATE: Final = tuple(field for field in dataclasses.fields(Conversation) if field.name not in _COLUMNS)
# A field that is empty by default is written only when it is not; this is every turn, hence no comparison by field.
_SPARSE: Final = tuple(field.name for field in _STATE if _empty_by_default(field))
_ALWAYS: Final = tuple(field.name for field in _STATE if not _empty_by_default(field))
_sparse: Final = attrgetter(*_SPARSE)
_always: Final = attrgetter(*_ALWAYS)


_marks: Final[dict[int, tuple[Mark, orjson.Fragment]]] = {}
_MARKS: Final = 4096


def _written(mark: Mark) -> orjson.Fragment:
    """A mark of the trail as JSON, by identity: a trail grows by one while its other marks stay the same objects."""
    known = _marks.get(id(mark))
    if known is not None and known[0] is mark:
        return known[1]
    if len(_marks) >= _MARKS:
        _marks.clear()
    fragment = orjson.Fragment(orjson.dumps(mark).decode())  # orjson's small `bytes` keep two kilobytes each
    _marks[id(mark)] = (mark, fragment)
    return fragment


def write_state(conversation: Conversation, slots: str) -> str:
    """The `state` column: what the row's own columns (id, version, ordinal) do not say, without empty fields.

    `slots` are the conversation's, as JSON.
    """
    state = dict(zip(_ALWAYS, _always(conversation), strict=True))
    state |= {name: value for name, value in zip(_SPARSE, _sparse(conversation), strict=True) if value}
    trail = [_written(mark) for mark in conversation.trail]
    try:
        return orjson.dumps({**state, "slots": orjson.Fragment(slots), "trail": trail}, default=dict).decode()
    except TypeError:
        return dumps(state)


def read_state(identity: str, version: int, ordinal: int, state: str) -> Conversation:
    """The conversation of a row."""
    data = loads(state)
    known = data if isinstance(data, dict) else {}
    return read(Conversation, {**known, "id": identity, "version": version, "ordinal": ordinal})


# ------------------------------------------------------------------ readers, made from the model's own annotations
@cache
def _dataclass_reader(kind: type) -> _Reader:
    hints = get_type_hints(kind)
    fields: list[tuple[str, _Reader, bool, object]] = []
    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        blank = _blank(hints[field.name]) if required else None
        fields.append((field.name, _reader(hints[field.name]), required, blank))

    def build(data: Any) -> Any:  # noqa: ANN401 - JSON in, a dataclass out
        if not isinstance(data, dict):
            raise _Unreadable
        values = {}
        for name, reader, required, blank in fields:
            if name in data:
                try:
                    values[name] = reader(data[name])
                    continue
                except _Unreadable:
                    pass
            if required:
                values[name] = blank
        return kind(**values)

    return build


@cache
def _reader(hint: Any) -> _Reader:  # noqa: ANN401 - an annotation
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _union_reader(arguments)
    if origin is Literal:
        return lambda data: _checked(data, isinstance(data, str) and data in arguments)
    if origin is tuple:
        return _tuple_reader(_reader(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_reader(_reader(arguments[1]))
    if dataclasses.is_dataclass(hint):
        return _dataclass_reader(typing.cast("type", hint))
    return _PLAIN[hint]


def _union_reader(members: tuple[Any, ...]) -> _Reader:
    if float in members:
        return lambda data: data  # `Json`: any plain data
    some = [_reader(member) for member in members if member is not type(None)]

    def build(data: Any) -> Any:  # noqa: ANN401 - JSON in, one of the members out
        if data is None:
            return None
        for reader in some:
            try:
                return reader(data)
            except _Unreadable:
                continue
        raise _Unreadable

    return build


def _tuple_reader(item: _Reader) -> _Reader:
    def build(data: Any) -> tuple[Any, ...]:  # noqa: ANN401 - JSON in
        if not isinstance(data, list):
            raise _Unreadable
        found = []
        for one in data:
            try:
                found.append(item(one))
            except _Unreadable:
                continue
        return tuple(found)

    return build


def _mapping_reader(item: _Reader) -> _Reader:
    def build(data: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON in
        if not isinstance(data, dict):
            raise _Unreadable
        found = {}
        for key, one in data.items():
            try:
                found[key] = item(one)
            except _Unreadable:
                continue
        return found

    return build


def _checked(data: T, right: bool) -> T:  # noqa: FBT001 - a test's outcome
    if not right:
        raise _Unreadable
    return data


def _read_datetime(data: Any) -> datetime:  # noqa: ANN401 - JSON in
    try:
        value = datetime.fromisoformat(data)
    except (TypeError, ValueError):
        raise _Unreadable from None
    return _checked(value, value.tzinfo is not None)


_PLAIN: Final[Mapping[Any, _Reader]] = {
    str: lambda data: _checked(data, isinstance(data, str)),
    int: lambda data: _checked(data, isinstance(data, int) and not isinstance(data, bool)),
    bool: lambda data: _checked(data, isinstance(data, bool)),
    datetime: _read_datetime,
}


def _blank(hint: Any) -> object:  # noqa: ANN401 - an annotation
    if dataclasses.is_dataclass(hint):
        return _dataclass_reader(typing.cast("type", hint))({})
    origin = get_origin(hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return types.MappingProxyType({})
    if origin is Literal:
        return get_args(hint)[0]
    return _BLANKS.get(origin or hint)


_BLANKS: Final[Mapping[Any, object]] = {str: "", int: 0, bool: False, tuple: (), datetime: EPOCH}
