"""Conditions are read as people write them, hold as they mean, and refuse what they cannot read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.conditions import BadConditionError, compiled, parse, paths
from flows.model import Json
from flows.validation_conditions import implies, possible

VALUES: dict[str, Json] = {
    "need": "coffee machine",
    "kind": "office",
    "empty": "",
    "quantity": {"min": 6, "max": 20},
    "budget": {"min": None, "max": 150000, "currency": "RUB"},
    "open": {"min": None, "max": None, "currency": "RUB"},
    "consent": {"processing": True, "transfer": False},
    "signal": {"buy": True},
    "contact": False,
    "score": 55,
}


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("need is known", True),
        ("need", True),
        ("empty is known", False),
        ("missing is unknown", True),
        ("missing.deep is known", False),
        ("open is known", False),
        ("budget is known", True),
        ("quantity.min >= 6 and quantity.max < 21", True),
        ("quantity.min > 6", False),
        ("quantity.min != 6", False),
        ("quantity.max <= 20", True),
        ("budget.min > 0 or budget.max == 150000", True),
        ("kind == office", True),
        ("kind != 'office'", False),
        ('need == "coffee machine"', True),
        ("kind in [home, office]", True),
        ("quantity.min in [1, 6]", True),
        ("kind in [home]", False),
        ("consent.processing", True),
        ("consent.transfer", False),
        ("consent.transfer == false", True),
        ("consent.processing == true and not consent.transfer", True),
        ("consent.processing != false", True),
        ("signal.buy", True),
        ("signal.other", False),
        ("not (kind == home or score < 50)", True),
        ("not kind == home and score > 54.5", True),
        ("missing == 5", False),
        ("missing != 5", False),
        ("missing < 5", False),
        ("kind > 5", False),
        ("quantity == 6", False),
        ("score == 'office'", False),
        ("consent.processing > 0", False),
        ("kind == true", False),
        ("need is known and missing is known or score == 55", True),
    ],
)
def test_conditions_hold_as_they_mean(text: str, truth: bool) -> None:
    assert compiled(parse(text))(VALUES) is truth


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "and", "a ==", "a b", "a is", "a is odd", "(a", "a)", "a in", "a in [", "a in [1", "a in []"),
        *("5 > 3", "a = 5", "a == [", "a == =", "__import__('os')", "a or", "not", "a;b", "a == 'x", "is known"),
        "a in (1)",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadConditionError):
        parse(text)


@given(st.text(alphabet="ab.=<>!()[],' 1notrdi", max_size=20))
def test_reading_refuses_or_yields_something_that_runs(text: str) -> None:
    try:
        condition = parse(text)
    except BadConditionError:
        return
    assert compiled(condition)({"a": {"b": 1}, "b": "a"}) in {True, False}
    assert all(paths(condition))


def test_paths_are_all_that_a_condition_looks_at() -> None:
    condition = parse("not (a.b > 1 and c in [d]) or e is unknown")
    assert list(paths(condition)) == ["a.b", "c", "e"]


# ------------------------------------------------------------------ what can be told without running it
@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("a > 5 and a < 3", False),
        ("a > 5 and a < 5", False),
        ("a >= 5 and a <= 5", True),
        ("a >= 5 and a <= 5 and a != 5", False),
        ("a == 5 and a > 7", False),
        ("a == x and a == y", False),
        ("a in [x, y] and a == y", True),
        ("a in [x, y] and a == z", False),
        ("a == x and not a == x", False),
        ("a is known and a is unknown", False),
        ("a.b > 1 and a is unknown", False),
        ("a == 5 and a == x", False),
        ("a and a == false", False),
        ("(a > 5 and a < 3) or b is known", True),
        ("not (a is known or a is unknown)", False),
        ("a > 5 and not a > 3", False),
        ("a > 5 and not a > 7", True),
        ("a > 5 and b < 3", True),
    ],
)
def test_contradictions_are_found(text: str, can: bool) -> None:
    assert possible(parse(text)) is can


def test_cases_behind_wider_ones_are_found() -> None:
    assert not possible(parse("a > 20"), [parse("a > 10")])
    assert possible(parse("a > 10"), [parse("a > 20")])
    assert not possible(parse("a == x and b == y"), [parse("a == x")])
    assert possible(parse("a is unknown"), [parse("a > 10")])


@given(st.integers(-3, 3), st.sampled_from(["a > 1 and a < 3", "a == 2", "not a > 1 and a >= 0", "a in [1, 2]"]))
def test_what_holds_is_never_called_impossible(value: int, text: str) -> None:
    condition = parse(text)
    if compiled(condition)({"a": value}):
        assert possible(condition)


@pytest.mark.parametrize(
    ("text", "truth", "sure"),
    [
        ("yes", True, True),
        ("yes == true", True, True),
        ("yes and b > 3", True, True),
        ("yes or b > 3", True, False),
        ("not yes", False, True),
        ("not yes", True, False),
        ("not yes or b > 3", False, True),
        ("not (yes and b > 3)", False, True),
        ("yes in [true]", True, True),
        ("yes == false", False, False),
    ],
)
def test_what_follows_from_a_condition(text: str, truth: bool, sure: bool) -> None:
    assert implies(parse(text), frozenset({"yes"}), truth=truth) is sure
