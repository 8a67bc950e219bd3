"""The words that the knowledge files are written in: ids, texts by language, days, hours and time zones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Line = Annotated[str, Field(min_length=1, max_length=600)]
Words: TypeAlias = Mapping[str, Annotated[str, Field(max_length=600)]]
"""A text by language."""
Phrases: TypeAlias = Mapping[str, tuple[Line, ...]]
"""Ways to say one thing, by language."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = get_args(Day)
MIDNIGHT: Final = 24 * 60
"""Minutes of a day."""


def in_language(words: Mapping[str, str], locale: str) -> str:
    """The text in a language; a half-translated file speaks the language it has."""
    return words[locale] if locale in words else next(iter(words.values()), "")


STRICT: Final = ConfigDict(frozen=True, extra="forbid")
"""How a piece of a knowledge file is read: nothing unknown, nothing changed later."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a day in minutes from midnight; the last minute is not part of it."""

    opens: int
    closes: int


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = "no such time zone"
        raise ValueError(message)
    return name


def minutes(text: str) -> int:
    """`09:30` as minutes from midnight, up to `24:00`. Raises what pydantic turns into a defect."""
    hour, colon, minute = text.strip().partition(":")
    found = int(hour) * 60 + int(minute) if colon and hour.isdecimal() and minute.isdecimal() else -1
    if not 0 <= found <= MIDNIGHT or int(minute) >= 60:  # noqa: PLR2004 - minutes of an hour
        raise PydanticCustomError("hours", "{text} is no time of day", {"text": text.strip()})
    return found


def _spans(value: Any) -> tuple[Span, ...]:  # noqa: ANN401 - a file may hold anything here
    """`09:00-13:00, 14:00-18:00` as spans in their order; nothing is a day off."""
    found: list[Span] = []
    for piece in str(value or "").split(","):
        if not piece.strip():
            continue
        opens, dash, closes = piece.replace("–", "-").partition("-")
        span = Span(minutes(opens), minutes(closes if dash else ""))
        if span.opens >= span.closes or (found and found[-1].closes > span.opens):
            raise PydanticCustomError("hours", "{text} ends before it begins", {"text": piece.strip()})
        found.append(span)
    return tuple(found)


Zone = Annotated[str, AfterValidator(_zone)]
Hours: TypeAlias = Mapping[Day, Annotated[tuple[Span, ...], BeforeValidator(_spans)]]
"""Working hours by day of the week; a day that is not named is free."""


def no_list(value: object) -> object:
    """A key with nothing after it is an empty list of rows."""
    return {} if value is None else value


def duplicates(names: Sequence[str]) -> list[int]:
    """The places of names that stand there already."""
    return [place for place, name in enumerate(names) if name in names[:place]]
