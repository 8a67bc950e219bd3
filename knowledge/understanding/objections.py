"""Objections, Russian and English: which of the thirteen a message raises, and how sure that is."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

from knowledge.understanding.rules import load
from knowledge.understanding.text import Reading, read

ObjectionType = Literal[
    "price",
    "no_budget",
    "think",
    "competitor",
    "already_have",
    "not_needed",
    "no_time",
    "later",
    "authority",
    "trust",
    "bad_experience",
    "brush_off",
    "complexity",
]
TYPES: tuple[ObjectionType, ...] = get_args(ObjectionType)

ACTED_ON = 0.6
"""The product answers an objection from this confidence on; below it there is none."""

_SHORT, _LONG = 14, 40  # words: a short message is about its one thing, in a long one a phrase may be told of others
_ALSO_ASKED: frozenset[ObjectionType] = frozenset({"price", "trust", "complexity", "not_needed", "bad_experience"})


@dataclass(frozen=True, slots=True)
class ObjectionFound:
    """An objection and the confidence in it, 0 to 1."""

    type: ObjectionType
    confidence: float


def find_objection(text: str | Reading) -> ObjectionFound | None:
    """Find the objection that a message raises, None when the product should not act on one."""
    reading = read(text)
    rule = load("objections").first(reading)
    if rule is None:
        return None
    kind = cast(ObjectionType, rule.name)
    confidence = 0.9 if len(reading.words) <= _SHORT else (0.7 if len(reading.words) <= _LONG else 0.5)
    if "?" in reading.text and kind not in _ALSO_ASKED:
        confidence -= 0.35  # «можно позже оплатить?» asks, it does not put off
    return ObjectionFound(kind, round(confidence, 2)) if confidence >= ACTED_ON else None
