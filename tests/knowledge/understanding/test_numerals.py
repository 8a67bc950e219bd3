"""Spelled numbers become digits, and the places of the digits lead back to the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.numerals import has_run, respell


@pytest.mark.parametrize(
    ("spelled", "digits"),
    [
        ("пятьсот двадцать пять", "525"),
        ("две тысячи пятьсот рублей", "2500 рублей"),
        ("сто тысяч", "100к"),
        ("полтора миллиона", "1500к"),
        ("два с половиной миллиона", "2500к"),
        ("полторы недели", "1.5 недели"),
        ("тридцать первое октября", "31th октября"),
        ("нас двадцать семь", "нас 27"),
        ("девятьсот девяносто девять тысяч девятьсот девяносто девять", "999999"),
        ("ноль", "0"),
        ("a dozen chairs", "12 chairs"),
        ("half a million", "500к"),
        ("two hundred and fifty thousand", "250к"),
        ("twenty-one thousand eleven", "21011"),
        ("between one hundred and two hundred", "between 100 and 200"),
        ("a couple of thousand", "2к"),
        ("восемь девятьсот двенадцать 345 67 89", "8 912 345 67 89"),
        ("тридцать четыре ноль пять", "34 0 5"),
        ("20 тысяч", "20 тысяч"),
        ("тысяч триста", "тысяч 300"),
        ("миллион вопросов", "1000000 вопросов"),
        ("семья и стоянка", "семья и стоянка"),
        ("thousands of thanks", "thousands of thanks"),
    ],
)
def test_words_become_digits(spelled: str, digits: str) -> None:
    assert respell(spelled).text == digits


def test_a_place_among_digits_leads_back_to_the_words() -> None:
    text = "нам сто двадцать мест и пять столов"
    spelled = respell(text)
    for digits, words in (("120", "сто двадцать"), ("5", "пять"), ("столов", "столов")):
        at = spelled.text.index(digits)
        start, end = spelled.source(at, at + len(digits))
        assert text[start:end] == words


@given(
    st.lists(
        st.sampled_from(["сто", "двадцать", "пять", "тысяч", "and", "a", "half", "million", "первое", "12", "-"]),
        max_size=12,
    ).map(" ".join)
)
def test_places_stay_in_order_and_inside(text: str) -> None:
    spelled = respell(text)
    back = [spelled.source(at, at + 1) for at in range(len(spelled.text))]
    assert all(0 <= start <= end <= len(text) for start, end in back)
    assert [start for start, _ in back] == sorted(start for start, _ in back)


def test_two_number_words_in_a_row_are_a_run() -> None:
    assert has_run(("восемь", "девятьсот"))
    assert not has_run(("пять", "столов", "восемь"))
