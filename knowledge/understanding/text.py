"""What is read of a message: cut to a bound, freed of invisible characters, every place leading back to its origin."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LIMIT = 8192
"""Characters of a message that are read at all; the longest message a channel carries is 4096, the web's 5000."""

_ODD = re.compile(
    r"[^\t\n -~¡-ɏЀ-ԯ‐-―‘-„…№€₽₸₴₺←-➿\U0001F300-\U0001FAFF]",
)
_DASHES = re.compile(r"[‐-―−]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value and where it stood: `original[start:end]` are the characters it was read from."""

    value: T
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A cleaned message. `lower` is as long as `text`: lower case, ё as е, every dash as a hyphen."""

    text: str
    lower: str
    words: tuple[str, ...]
    origin: tuple[int, ...] | None

    def found(self, value: T, start: int, end: int) -> Found[T]:
        """Give `value` its place in the original message."""
        if self.origin is None:
            return Found(value, start, end)
        return Found(value, self.origin[start], self.origin[end - 1] + 1 if end > start else self.origin[start])


def read(text: "str | Reading") -> Reading:
    """Clean a message once; a `Reading` is returned as it is."""
    if isinstance(text, Reading):
        return text
    text = text[:LIMIT]
    origin = None
    if _ODD.search(text):
        text, origin = _cleaned(text)
    lower = text.lower()
    if len(lower) != len(text):  # a few letters (İ) grow when lowered: positions would drift
        lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    lower = lower.replace("ё", "е")
    if not lower.isascii():
        lower = _DASHES.sub("-", lower)
    return Reading(text, lower, tuple(_WORD.findall(lower)), origin)


def plain(text: "str | Reading") -> str:
    """Fold a label or an answer to letters, digits and single blanks, for comparing: marks and case do not count."""
    return " ".join(re.findall(r"[^\W_]+", read(text).lower))


def _cleaned(text: str) -> tuple[str, tuple[int, ...]]:
    out: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        if out and unicodedata.combining(char):
            joined = unicodedata.normalize("NFC", out[-1] + char)
            if len(joined) == 1:  # й typed as two characters
                out[-1] = joined
                continue
        for piece in _seen(char):
            out.append(piece)
            origin.append(position)
    origin.append(len(text))
    return "".join(out[:LIMIT]), tuple(origin[:LIMIT] + origin[-1:])


def _seen(char: str) -> str:
    """Give what a reader sees of one character: nothing for the invisible, a blank for any blank or control."""
    category = unicodedata.category(char)
    if category in {"Cf", "Cs", "Co"} or "\ufe00" <= char <= "\ufe0f":
        return ""
    if char == "\n":
        return char
    if category in {"Zs", "Zl", "Zp", "Cc", "Cn"}:
        return " "
    return char if char in "…№" else unicodedata.normalize("NFKC", char)
