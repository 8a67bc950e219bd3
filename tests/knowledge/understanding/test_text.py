"""A message is cleaned once, and every place in it leads back to the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.text import LIMIT, plain, read


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("8\u200b912", "8912"),
        ("10\u00a0000\u202f₽", "10 000 ₽"),
        ("１２ мест", "12 мест"),
        ("и\u0306од", "йод"),
        ("a\x00b", "a b"),
        ("\u202eabc", "abc"),
        ("да 👍", "да 👍"),
    ],
)
def test_what_a_reader_sees_is_read(typed: str, seen: str) -> None:
    assert read(typed).text == seen


def test_lower_case_keeps_its_length_even_where_a_letter_grows() -> None:
    reading = read("İSTANBUL Ёж – 5")
    assert len(reading.lower) == len(reading.text)
    assert reading.lower.endswith("еж - 5")


def test_a_place_leads_back_over_invisible_characters() -> None:
    typed = "код\u200b\u200b 42"
    reading = read(typed)
    at = reading.text.index("42")
    found = reading.found("42", at, at + 2)
    assert typed[found.start : found.end] == "42"


def test_reading_stops_at_the_limit() -> None:
    assert len(read("я" * (LIMIT * 20)).text) == LIMIT
    assert len(read("ﷺ" * LIMIT).text) == LIMIT


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = read(text).text
    assert read(once).text == once


@pytest.mark.parametrize(("label", "folded"), [("☕ Кофе в зёрнах!", "кофе в зернах"), ("1–5", "1 5"), ("👍", "")])
def test_labels_fold_to_words(label: str, folded: str) -> None:
    assert plain(label) == folded
