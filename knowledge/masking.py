"""Hides phones, e-mail addresses and handles in free text, and contact values in lists."""

import re
from collections.abc import Sequence
from typing import Final

from knowledge.understanding.email import find_emails
from knowledge.understanding.text import LIMIT

DOTS: Final = "•••"
# Anything that people and their keyboards put between the digits of a number, the invisible included.
_GAP: Final = r"[\s().,/\\\-–—‐-―−·•_*+\u00ad\u200b-\u200f\u2060\ufeff]{0,4}"
_PHONE: Final = re.compile(rf"\+?\(?\d(?:{_GAP}\d){{8,}}")
_LOCAL: Final = r"[\w.+\-%']{1,64}+"
_DOMAIN: Final = r"[\w\-]{1,63}(?:\.[\w\-]{1,63})"
# With blanks around the sign it is an address only if a domain follows: "100 @ 5" is none.
_AT: Final = re.compile(rf"{_LOCAL}(?:[@＠]{_DOMAIN}{{0,8}}|[ \t]?[@＠][ \t]?{_DOMAIN}{{1,8}})")
_HANDLE: Final = re.compile(r"(?<![\w@])@\w{4,32}|(?:t\.me|telegram\.me|wa\.me)/[\w+]{3,32}", re.IGNORECASE)
_SPELLED: Final = re.compile(r"собак|\bat\b|\(at\)|\[at\]", re.IGNORECASE)
_KEPT = 2


def mask_contacts(text: str, names: Sequence[str] = ()) -> str:
    """The text with each phone (nine digits or more), e-mail address and handle replaced by dots.

    So is each whole word of `names`. Takes time in proportion to the text, whatever it holds.
    """
    if len(text) <= LIMIT and _SPELLED.search(text):
        for found in reversed(find_emails(text)):  # written out: "anna at mail dot ru"
            text = f"{text[: found.start]}{DOTS}{text[found.end :]}"
    if "@" in text or "＠" in text:
        text = _AT.sub(DOTS, text)
    if "@" in text or "me/" in text.lower():
        text = _HANDLE.sub(DOTS, text)
    return _without_names(_PHONE.sub(DOTS, text), names)


def _without_names(text: str, names: Sequence[str]) -> str:
    words = {word for name in names for word in re.findall(r"\w[\w'’-]*", name) if len(word) >= _KEPT}
    if not words:
        return text
    spelled = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)(?:{spelled})(?!\w)", DOTS, text, flags=re.IGNORECASE)


def mask_value(kind: str, value: str) -> str:
    """A contact value that a colleague can recognise and nobody can use: `+7•••67`, `a•••@•••.com`, `А•••`."""
    if not value:
        return value
    match kind:
        case "phone":
            return f"{value[:_KEPT]}{DOTS}{value[-_KEPT:]}" if len(value) > 4 * _KEPT else DOTS
        case "email":
            name, _, domain = value.rpartition("@")
            return f"{name[:1]}{DOTS}@{DOTS}.{domain.rpartition('.')[2]}"
        case "name" | "telegram":
            return f"{value[0]}{DOTS}"
        case _:
            return mask_contacts(value)
