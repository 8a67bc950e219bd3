"""Rules of meaning kept as data: patterns that run only when one of their cue words is in the message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.understanding.text import Reading

CUE = 4
"""Letters by which a cue knows its word; a shorter cue is the whole word."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One meaning: `any` is searched for, `whole` must be the message."""

    name: str
    cues: frozenset[str]
    any: re.Pattern[str] | None
    whole: re.Pattern[str] | None

    def matches(self, reading: Reading) -> bool:
        """Tell whether the message has this meaning."""
        if self.any is not None and self.any.search(reading.lower):
            return True
        return self.whole is not None and self.whole.fullmatch(reading.lower.strip(" \t\n.!,)(\"'«»")) is not None


class Rules:
    """An ordered list of rules, looked up by the words of a message."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        by_cue: dict[str, list[int]] = {}
        for place, rule in enumerate(rules):
            for cue in rule.cues:
                by_cue.setdefault(cue, []).append(place)
        self._by_cue: Mapping[str, tuple[int, ...]] = {cue: tuple(places) for cue, places in by_cue.items()}

    def first(self, reading: Reading) -> Rule | None:
        """Give the first rule, in their order, that the message matches."""
        places: set[int] = set()
        for word in reading.words:
            hit = self._by_cue.get(word[:CUE])
            if hit is not None:
                places.update(hit)
        return next((self.rules[place] for place in sorted(places) if self.rules[place].matches(reading)), None)


@lru_cache
def load(name: str) -> Rules:
    """Read `name`.yaml beside this module: a list of intents, or a mapping from a name to its patterns."""
    raw: Any = yaml.safe_load(files("knowledge.understanding").joinpath(f"{name}.yaml").read_text("utf-8"))
    rows = [(str(row["intent"]), row) for row in raw] if isinstance(raw, list) else list(raw.items())
    return Rules(tuple(_rule(intent, row) for intent, row in rows))


def _rule(name: str, row: Mapping[str, Any]) -> Rule:
    cues = frozenset(cue[:CUE] for cue in str(row["cues"]).split())
    return Rule(name, cues, _pattern(row.get("any")), _pattern(row.get("whole")))


def _pattern(alternatives: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{one})" for one in alternatives)) if alternatives else None
