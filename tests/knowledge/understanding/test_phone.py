"""Telephone numbers are found as people type them; orders, cards, tax numbers, dates and sums are not telephones."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.phone import find_phone, find_phones

MOBILE = "+79123456789"


@pytest.mark.parametrize(
    "typed",
    [
        "8 (912) 345-67-89",
        "+7 912 345 67 89",
        "+7(912)345-67-89",
        "89123456789",
        "79123456789",
        "9123456789",
        "007 912 345-67-89",
        "8\u00a0912\u00a0345‑67‑89",
        "8.912.345.67.89",
        "тел.: 8-912-345-67-89, звонить после 18:00",
        "восемь девятьсот двенадцать 345 67 89",
        "восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять",
        "плюс семь девятьсот двенадцать 345 67 89",
        "+7 912 345 67 89 доб. 123",
        "https://wa.me/79123456789",
        "заказ 4561, телефон 89123456789",
        "89123456789 Анна",
        "на 15.12 в 10:00, 89123456789",
    ],
)
def test_a_russian_mobile_in_many_shapes(typed: str) -> None:
    assert [found.value for found in find_phones(typed, "RU")] == [MOBILE]


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("0090 501 234 56 78", "US", "+905012345678"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("call me at 020 7031 3000", "GB", "+442070313000"),
        ("0049 30 901820", "RU", "+4930901820"),
        ("+375 29 491-19-11", "RU", "+375294911911"),
        ("380671234567", "RU", "+380671234567"),
        ("8 701 123 45 67", "KZ", "+77011234567"),
    ],
)
def test_numbers_of_other_countries(typed: str, region: str, number: str) -> None:
    assert [found.value for found in find_phones(typed, region)] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "номер заказа 89123456789",
        "номер заказа 89123456789012, а телефона нет",
        "заказ №89123456789",
        "карта 4276 3800 1234 5678",
        "4111111111111111",
        "ИНН 7707083893",
        "7707083893",
        "ОГРН 1027700132195, КПП 773601001",
        "р/с 40702810900000012345",
        "договор 89123456789 от 15.12.2026",
        "15.12.2026",
        "2026-2027",
        "бюджет 89123456789 руб",
        "8 000 000 000",
        "89123456789@mail.ru",
        "https://shop.example/89123456789",
        "s666666666 is a sequence",
        "tracking 9261290100130435082878",
        "1" * 60,
        "18:00-20:00",
        "Нужна кофемашина в офис",
        "",
    ],
)
def test_what_is_no_telephone(text: str) -> None:
    assert find_phones(text, "RU") == []


def test_several_numbers_keep_their_order_and_their_places() -> None:
    text = "8 912 345 67 89 8 913 345 67 89, и +49 30 901820"
    found = find_phones(text, "RU")
    assert [one.value for one in found] == [MOBILE, "+79133456789", "+4930901820"]
    assert [text[one.start : one.end] for one in found] == ["8 912 345 67 89", "8 913 345 67 89", "+49 30 901820"]


@pytest.mark.parametrize(
    "text",
    [
        "мой номер был 89120000000, теперь +7 912 345-67-89",
        "раньше был 8 912 000 00 00 а это 89123456789",
        "8 912 000 00 00, ой, ошибся: 8 912 345 67 89",
        "+7 912 000 00 00 sorry, now +7 912 345 67 89",
        "89123456789, второй 89120000000",
    ],
)
def test_the_number_that_counts(text: str) -> None:
    found = find_phone(text, "RU")
    assert found is not None
    assert found.value == MOBILE


@given(st.text(alphabet="0123456789+()- .восемь\u00a0\u200b", max_size=60), st.sampled_from(["RU", "US", "DE", "KZ"]))
def test_every_number_found_is_valid_and_in_place(text: str, region: str) -> None:
    for found in find_phones(text, region):
        assert phonenumbers.is_valid_number(phonenumbers.parse(found.value))
        assert 0 <= found.start < found.end <= len(text)
        assert find_phones(found.value, region)[0].value == found.value
