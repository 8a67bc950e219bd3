"""A typed answer finds the one choice that it means; when in doubt, none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.choices import Choice, match_choice

TEAM = [Choice(label, (label,)) for label in ("1–5", "6–20", "21–100", "100+")]
BUDGET = [
    Choice("small", ("до 50 000 ₽",)),
    Choice("middle", ("50 000–150 000 ₽",)),
    Choice("large", ("150 000–300 000 ₽",)),
    Choice("largest", ("от 300 000 ₽",)),
    Choice("unknown", ("Не знаю", "пропустить")),
]
GOODS = [
    Choice("beans", ("☕ Кофе в зёрнах", "зерно")),
    Choice("machine", ("Кофемашина",)),
    Choice("pro", ("Про",)),
    Choice("pro_plus", ("Про плюс",)),
]
CONSENT = [Choice("yes", ("Да, согласен",)), Choice("no", ("Нет",))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("☕ кофе в зернах", "beans"),
        ("Зерно!", "beans"),
        ("кофе", "beans"),
        ("кофемашина", "machine"),
        ("Кофемашну", "machine"),
        ("нужна кофемашина в офис", "machine"),
        ("2", "machine"),
        ("2)", "machine"),
        ("второй", "machine"),
        ("вариант 2", "machine"),
        ("the second one", "machine"),
        ("про", "pro"),
        ("давайте про", "pro"),
        ("ПРО ПЛЮС", "pro_plus"),
        ("5", None),
        ("пр", None),
        ("пра", None),
        ("не кофемашина", None),
        ("кофемашина или про", None),
        ("что посоветуете?", None),
        ("", None),
    ],
)
def test_a_choice_by_its_words(text: str, value: str | None) -> None:
    assert match_choice(text, GOODS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("нас 15", "6–20"),
        ("15", "6–20"),
        ("двадцать", "6–20"),
        ("6 - 20", "6–20"),
        ("нас двое", "1–5"),
        ("2", "1–5"),
        ("200", "100+"),
        ("больше 100", "100+"),
        ("5-10", None),
        ("8 912 345 67 89", None),
        ("3 офиса по 10", None),
    ],
)
def test_a_number_finds_its_range(text: str, value: str | None) -> None:
    assert match_choice(text, TEAM) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100к", "middle"),
        ("до 50 тыс", "small"),
        ("40 тысяч", "small"),
        ("полмиллиона", "largest"),
        ("от 300 000", "largest"),
        ("не знаю", "unknown"),
        ("50 000", None),
        ("70", None),
    ],
)
def test_a_sum_finds_its_range(text: str, value: str | None) -> None:
    assert match_choice(text, BUDGET) == value


def test_a_number_is_a_place_where_numbers_were_shown() -> None:
    assert match_choice("2", TEAM, numbered=True) == "6–20"
    assert match_choice("нас 15", TEAM, numbered=True) == "6–20"


@pytest.mark.parametrize(
    ("text", "value"), [("ага", "yes"), ("👍", "yes"), ("нет, спасибо", "no"), ("да, но позже", None)]
)
def test_yes_and_no_find_their_choice(text: str, value: str | None) -> None:
    assert match_choice(text, CONSENT) == value


def test_an_emoji_is_matched_as_it_is() -> None:
    assert match_choice("🚚", [Choice("delivery", ("🚚",)), Choice("pickup", ("🏬",))]) == "delivery"


@given(st.text(max_size=60))
def test_any_text_gives_a_shown_value_or_none(text: str) -> None:
    for choices in (TEAM, BUDGET, GOODS, CONSENT, []):
        assert match_choice(text, choices) in {None, *(choice.value for choice in choices)}


@given(st.sampled_from([*TEAM, *BUDGET, *GOODS, *CONSENT]))
def test_a_label_always_means_its_choice(choice: Choice) -> None:
    shown = next(choices for choices in (TEAM, BUDGET, GOODS, CONSENT) if choice in choices)
    assert match_choice(choice.labels[0].upper(), shown) == choice.value
