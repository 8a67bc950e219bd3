"""No phone or address is left readable, other figures stay, and hostile text takes no longer than it is long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.masking import DOTS, mask_contacts, mask_value

SEPARATORS = st.sampled_from(["", " ", "-", ".", "(", ")", "\u00a0", "\u200b", "–", "/", ", ", ") "])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Звоните +7 (916) 123-45-67, Анна", f"Звоните {DOTS}, Анна"),
        ("тел.89161234567", f"тел.{DOTS}"),
        ("8 9 1 6 1 2 3 4 5 6 7", DOTS),
        ("+44 20 7946 0958!", f"{DOTS}!"),
        ("8\u200b916\u200b1234567", DOTS),
        ("٠١٢٣٤٥٦٧٨٩", DOTS),
        ("почта anna.k+1@mail.example.com!", f"почта {DOTS}!"),
        ("ivan@пример.рф", DOTS),
        ("anna @ mail.ru", DOTS),
        ("пишите anna собака mail точка ru", f"пишите {DOTS}"),
        ("я @anna_sales", f"я {DOTS}"),
        ("https://t.me/anna_k", f"https://{DOTS}"),
    ],
)
def test_contacts_become_dots(text: str, masked: str) -> None:
    assert mask_contacts(text) == masked


@pytest.mark.parametrize(
    "text",
    ["бюджет 150 000", "на 20 человек к 15.12.2026", "заказ 12345678", "9:00–19:00", "100 @ 5", "", "meet at noon"],
)
def test_other_figures_stay(text: str) -> None:
    assert mask_contacts(text) == text


@given(st.text(), st.lists(st.tuples(st.sampled_from("0123456789"), SEPARATORS), min_size=9, max_size=15), st.text())
def test_no_nine_digits_in_a_row_survive(before: str, digits: list[tuple[str, str]], after: str) -> None:
    number = "".join(digit + separator for digit, separator in digits)
    assert number.rstrip(" -.()\u00a0\u200b–/,") not in mask_contacts(f"{before} {number} {after}")


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_contacts(text)
    assert mask_contacts(once) == once


@pytest.mark.parametrize(
    "piece",
    ["1", "a", "a@", "1 2 3 4 5 6 7 8 x ", "+(", "1    ", "at ", "@abcd", "1-.-.", "a.", "\u200b"],
)
def test_a_hundred_kilobytes_of_anything_are_masked(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert len(mask_contacts(text)) <= 2 * len(text)
    assert DOTS in mask_contacts(f"{text} +7 916 123-45-67")


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("phone", "+79161234567", "+7•••67"),
        ("phone", "112", DOTS),
        ("email", "anna@mail.example.com", "a•••@•••.com"),
        ("email", "no address", "•••@•••.no address"),
        ("name", "Анна", "А•••"),
        ("telegram", "anna_k", "a•••"),
        ("name", "", ""),
        ("need", "позвоните 89161234567", f"позвоните {DOTS}"),
    ],
)
def test_values_are_masked_by_their_kind(kind: str, value: str, masked: str) -> None:
    assert mask_value(kind, value) == masked


@pytest.mark.parametrize(
    ("text", "names", "masked"),
    [
        ("Иван Петров, +7 916 555-44-33", ["Иван Петров"], f"{DOTS} {DOTS}, {DOTS}"),
        ("спасибо, иван!", ["Иван Петров"], f"спасибо, {DOTS}!"),
        ("Annual tea for Ann", ["Ann"], f"Annual tea for {DOTS}"),
        ("O'Neil (x)", ["O'Neil (x)"], f"{DOTS} (x)"),
        ("a b", ["", "a", "*"], "a b"),
    ],
)
def test_given_names_go_too(text: str, names: list[str], masked: str) -> None:
    assert mask_contacts(text, names) == masked
