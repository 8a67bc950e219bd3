"""What rows hold: times as microseconds, values as JSON text, and text that every database can keep."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import orjson

from flows.model import Json

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LARGEST: Final = 2**63 - 1  # of an integer in JSON and in a column
_SCALARS: Final = (str, int, float, bool, type(None), datetime)


def micros(moment: datetime) -> int:
    """An aware time as microseconds since 1970, UTC; exact."""
    return (moment - EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The time of a row."""
    return EPOCH + timedelta(microseconds=micros)


def iso_micros(text: str, otherwise: int) -> int:
    """An ISO 8601 time as microseconds; `otherwise` when it is empty or not a time with a zone."""
    try:
        return micros(datetime.fromisoformat(text))
    except (ValueError, TypeError):
        return otherwise


def storable(text: str) -> str:
    """The text without what a database refuses: NUL (PostgreSQL) and halves of surrogate pairs (both)."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def dumps(value: object) -> str:
    """Plain data or a dataclass as JSON; what JSON cannot hold is replaced, never refused: all input is hostile."""
    try:
        return orjson.dumps(value, default=_plain).decode()
    except TypeError:
        return orjson.dumps(_clean(value), default=_cleaned).decode()


def loads(text: str) -> Json:
    """The plain data of a JSON column; a damaged one reads as None."""
    try:
        return cast("Json", orjson.loads(text))
    except ValueError:
        return None


def mapping(text: str) -> dict[str, Json]:
    """The object of a JSON column; anything else reads as an empty one."""
    value = loads(text)
    return value if isinstance(value, dict) else {}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def _cleaned(value: object) -> object:
    return _clean(_plain(value))


def _clean(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        return float(value) if abs(value) < 10**300 else None
    if isinstance(value, Mapping):
        return {storable(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    if isinstance(value, _SCALARS):
        return value
    slots = getattr(type(value), "__dataclass_fields__", None)
    return {name: _clean(getattr(value, name)) for name in slots} if slots else str(value)
