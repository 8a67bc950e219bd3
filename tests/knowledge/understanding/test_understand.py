"""One message, everything that it says: exactly the shape that is promised, nothing counted twice, nothing raised."""

import json
from datetime import UTC, datetime

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.text import LIMIT
from knowledge.understanding.understand import Understanding, as_json, understand

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
PIECES = [
    "от",
    "до",
    "50",
    "80",
    "тыс",
    "млн",
    "рублей",
    "$",
    "€",
    "15",
    "декабря",
    "15.12",
    "через",
    "две",
    "недели",
    "восемь",
    "девятьсот",
    "двенадцать",
    "345",
    "67",
    "89",
    "+7",
    "(912)",
    "a@b.ru",
    "@handle",
    "меня",
    "зовут",
    "Анна",
    "ООО",
    "«",
    "»",
    '"',
    "в",
    "Самаре",
    "next",
    "week",
    "by",
    "the",
    "end",
    "of",
    "Q1",
    "2027",
    "29",
    "февраля",
    "99999999999999999999",
    "0",
    "000",
    "-",
    "/",
    ".",
    ",",
    "\u200b",
    "\xa0",
    "\x00",
    "\u202e",
    "👍",
    "İ",
    "ß",
    "ﷺ",
    "½",
    "١٢٣",
    "１２",
    "to",
    "between",
    "and",
    "in",
    "999999",
    "years",
    "ago",
    "тысяч",
    "полтора",
    "сто",
    "один",
    "couple",
    "half",
    "a",
    "hundred",
    "1th",
    "last",
    "monday",
    "of",
    "month",
    "12/31",
    "№",
]
MESSAGES = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=20).map("".join),
)


def _understand(text: str, *, locale: str | None = "ru", region: str = "RU", currency: str = "RUB") -> Understanding:
    return understand(text, locale=locale, region=region, now=NOW, currency=currency)


def test_the_shape() -> None:
    text = "Анна, ООО «Вектор», Самара: 30 рабочих мест до 15.12, от 50 до 80 тыс, 8 912 345-67-89, a@b.ru, @anna_v"
    assert as_json(_understand(text)) == {
        "text": text,
        "locale": "ru",
        "commands": [],
        "slots": {
            "phone": "+79123456789",
            "email": "a@b.ru",
            "name": "Анна",
            "company": "ООО «Вектор»",
            "city": "Самара",
            "telegram": "anna_v",
            "quantity": 30,
            "money": {"min": 50000, "max": 80000, "currency": "RUB"},
            "date": "2026-12-15",
            "period": None,
        },
        "intent": "none",
        "objection": None,
    }


def test_what_was_not_said_is_null() -> None:
    seen = as_json(_understand("красный"))
    assert set(seen["slots"].values()) == {None}
    assert (seen["intent"], seen["objection"], seen["commands"]) == ("none", None, [])


def test_an_objection_has_its_type_and_confidence() -> None:
    seen = as_json(_understand("слишком дорого"))
    assert seen["intent"] == "objection"
    assert seen["objection"] == {"type": "price", "confidence": 0.9}


def test_an_order_to_the_bot_is_a_command() -> None:
    assert _understand("позовите человека").commands == ("human",)
    assert _understand("нужен стол").commands == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("8 912 345-67-89", {"phone"}),
        ("восемь девятьсот двенадцать 345 67 89", {"phone"}),
        ("бюджет 150к", {"money"}),
        ("двести тысяч", {"money"}),
        ("15 декабря", {"date"}),
        ("нужно 2 декабря", {"date"}),
        ("на 20 человек", {"quantity"}),
        ("двадцать тысяч штук", {"quantity"}),
        ("в 2027 году", {"period"}),
        ("https://shop.example/catalog/2026-11-22/150000", set()),
        ("номер заказа 89123456789", set()),
        ("коврик 140х200", set()),
    ],
)
def test_a_figure_is_one_thing_only(text: str, told: set[str]) -> None:
    assert {slot for slot, value in as_json(_understand(text))["slots"].items() if value is not None} == told


def test_a_sum_without_a_sign_is_in_the_given_currency() -> None:
    seen = as_json(_understand("between 100 and 200k", locale="en", region="US", currency="USD"))
    assert seen["slots"]["money"] == {"min": 100000, "max": 200000, "currency": "USD"}
    bound = as_json(_understand("не больше 20 тыс евро"))
    assert bound["slots"]["money"] == {"min": None, "max": 20000, "currency": "EUR"}


def test_slashes_are_american_in_america() -> None:
    assert as_json(_understand("by 12/05/2026", region="US"))["slots"]["date"] == "2026-12-05"
    assert as_json(_understand("by 12/05/2026", region="GB"))["slots"]["date"] == "2026-05-12"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("русский", "ru"),
        ("english", "en"),
        ("на русском", "ru"),
        ("на английском пожалуйста", "en"),
        ("can we speak English?", "en"),
        ("сменить язык", None),
        ("русский чай есть?", None),
    ],
)
def test_a_language_wished_for_is_named(text: str, language: str | None) -> None:
    assert _understand(text).language == language


@pytest.mark.parametrize(("text", "locale"), [("да", "ru"), ("hello", "en"), ("123", None)])
def test_the_locale_is_read_when_it_is_not_given(text: str, locale: str | None) -> None:
    assert _understand(text, locale=None).locale == locale
    assert _understand(text, locale="kk").locale == "kk"


def test_fractions_of_money_survive() -> None:
    assert as_json(_understand("$19.99"))["slots"]["money"] == {"min": 19.99, "max": 19.99, "currency": "USD"}


@given(MESSAGES)
def test_any_message_is_understood_twice_alike(text: str) -> None:
    seen = _understand(text)
    assert seen == _understand(text)
    json.dumps(as_json(seen))
    if seen.slots.phone:
        assert phonenumbers.is_valid_number(phonenumbers.parse(seen.slots.phone))
    money = seen.slots.money
    if money and money.min is not None and money.max is not None:
        assert money.min <= money.max
    period = seen.slots.period
    if period and period.start and period.end:
        assert period.start <= period.end


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "8 912 345 67 89 " * 6000,
        "a@b.ru " * 14_000,
        "@" * 100_000,
        "«" * 100_000,
        "через " * 16_000,
        "от 5 до " * 12_000,
        "меня зовут " * 9000,
        "111 " * 25_000,
        "сто " * 25_000,
        "(1)" * 33_000,
        "\u200b" * 100_000,
        "\x00" * 100_000,
        "👨‍👩‍👧‍👦" * 14_000,
        "שלום" * 25_000,
        "Z͑ͫ̓ͪ̂ͫ" * 16_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hundred_kilobytes_of_anything_are_answered(text: str) -> None:
    assert as_json(_understand(text))["text"] == text


def test_only_the_beginning_of_a_long_message_is_read() -> None:
    assert _understand("я" * LIMIT + " 89123456789").slots.phone is None
    assert _understand("я" * (LIMIT - 20) + " 89123456789").slots.phone == "+79123456789"
