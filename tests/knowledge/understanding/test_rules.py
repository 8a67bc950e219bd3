"""The rules kept as data compile, and a rule runs only on its cue words."""

import pytest

from knowledge.understanding.rules import CUE, load
from knowledge.understanding.text import read


@pytest.mark.parametrize("name", ["intents", "objections"])
def test_every_rule_has_cues_and_patterns(name: str) -> None:
    rules = load(name).rules
    assert rules
    for rule in rules:
        assert rule.cues
        assert all(len(cue) <= CUE for cue in rule.cues)
        assert rule.any or rule.whole


def test_without_a_cue_no_rule_runs() -> None:
    assert load("intents").first(read("кофемашина в офис")) is None


def test_the_first_rule_in_order_wins() -> None:
    rule = load("intents").first(read("стоп, позовите человека, отпишите меня"))
    assert rule is not None
    assert rule.name == "stop"
