"""A plain yes, no or not sure; everything else is none of them."""

import pytest

from knowledge.understanding.yesno import yes_no


@pytest.mark.parametrize(
    "text",
    [
        "да",
        "Да, конечно",
        "ага!",
        "угу",
        "согласна",
        "не против",
        "без проблем",
        "+",
        "👍",
        "👌🏼👌🏻",
        "yep",
        "Sure!",
        "yes please",
        "no problem",
        "да, согласен на обработку",
        "👌 It's ok",
    ],
)
def test_yes(text: str) -> None:
    assert yes_no(text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "нет",
        "не",
        "неа",
        "нет, спасибо",
        "конечно нет",
        "ни в коем случае",
        "не согласен",
        "-",
        "👎🏽",
        "nope",
        "No thanks",
        "not now",
        "disagree, it is not ok",
    ],
)
def test_no(text: str) -> None:
    assert yes_no(text) == "no"


@pytest.mark.parametrize(
    "text", ["не знаю", "может быть", "да нет", "🤷", "maybe", "not sure", "yes and no", "depends"]
)
def test_unsure(text: str) -> None:
    assert yes_no(text) == "unsure"


@pytest.mark.parametrize(
    "text", ["да?", "да, но позже", "yes, but not today", "нужна кофемашина", "спасибо", "", "👍👎", "да " * 20, "?"]
)
def test_neither(text: str) -> None:
    assert yes_no(text) is None
