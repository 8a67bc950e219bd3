"""The town that a message names, in the form in which towns are written: «в Самаре» is Самара."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import yaml

from knowledge.understanding.text import Found, Reading, read

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|st\.")
_LONGEST = 3  # words of a name: Salt Lake City
_HERE = re.compile(r"(?:\b(?:в|во|из|под|около|г|гор|город\w*|in|from|at|near|to|city(?: of)?)[.:]? ?)$")
_SAID = re.compile(
    r"(?:\bг\. ?|\b[Гг]ород:? |\b[Cc]ity(?: is|"
    r":) ?)([А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Zа-яёa-z]+){0,2}(?: [А-ЯЁA-Z][а-яёa-z]+)?)",
)


def _declined(name: str) -> Iterator[str]:
    """Give the usual case forms of a Russian name; too many do no harm, they are looked up only."""
    low = name.lower().replace("ё", "е")
    yield low
    if low.endswith("а"):
        yield from (low[:-1] + ending for ending in ("е", "ы", "и", "у", "ой"))
    elif low.endswith("ь"):
        yield from (low[:-1] + ending for ending in ("и", "е", "я", "ю", "ем", "ью"))
    elif low.endswith("о"):
        yield from (low[:-1] + ending for ending in ("е", "а", "у", "ом"))
    elif low[-1] not in "иыеюуйя":
        yield from (low + ending for ending in ("е", "а", "у", "ом"))


def _load() -> tuple[dict[str, str], frozenset[str]]:
    raw: dict[str, Any] = yaml.safe_load(files("knowledge.understanding").joinpath("cities.yaml").read_text("utf-8"))
    names: dict[str, str] = {}
    for name in (*raw["ru"], *raw["ru_after_preposition"]):
        for form in _declined(name):
            names.setdefault(form, name)
    for name in (*raw["en"], *raw["en_after_preposition"]):
        names[name.lower()] = name
    names |= raw["also"]
    names |= raw["forms"]
    shown = {*raw["ru_after_preposition"], *raw["en_after_preposition"]}
    return names, frozenset(form for form, name in names.items() if name in shown)


_NAMES, _NEED_PREPOSITION = _load()
_STARTS = frozenset(word[:4] for form in _NAMES for word in _WORD.findall(form)[:1])
CUES = _STARTS | {"горо", "г", "city"}
"""First four letters of words that may begin a town."""


def find_city(text: str | Reading) -> Found[str] | None:
    """Find the first town: a known one in any Russian case, or whatever is called one («г. Урюпинск»)."""
    reading = read(text)
    if not any(word[:4] in CUES for word in reading.words):
        return None
    words = list(_WORD.finditer(reading.lower))
    for index, word in enumerate(words):
        if word.group()[:4].split("-")[0] not in _STARTS:
            continue
        for count in range(min(_LONGEST, len(words) - index), 0, -1):
            end = words[index + count - 1].end()
            name = _NAMES.get(reading.lower[word.start() : end])
            if name and _meant(reading, word.start(), end):
                return reading.found(name, word.start(), end)
    said = _SAID.search(reading.text)
    return reading.found(said[1], said.start(1), said.end(1)) if said else None


def is_city(words: str) -> bool:
    """Tell whether these words are a known town."""
    return words.lower().replace("ё", "е") in _NAMES


def _meant(reading: Reading, start: int, end: int) -> bool:
    here = _HERE.search(reading.lower[max(0, start - 10) : start]) is not None
    if here:
        return True
    if reading.lower[start:end] in _NEED_PREPOSITION:
        return False
    cyrillic = "а" <= reading.lower[start] <= "я"
    return cyrillic or reading.text[start].isupper()
