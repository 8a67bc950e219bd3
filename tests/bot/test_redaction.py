"""No secret, phone or e-mail address passes; what is none of these stays readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import HIDDEN, Redactor

REDACTOR = Redactor(["s3cret-value", "ab"])


@pytest.mark.parametrize(
    "hidden",
    [
        "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        "s3cret-value",
        "xoxb-12345-abcdef",
        "xapp-1-A02-123-abc",
        "anna.k+shop@mail.example.com",
        "я@почта.рф",
        "+79161234567",
        "+7 916 123-45-67",
        "8 (916) 123-45-67",
        "89161234567",
        "+1 (415) 555-0132",
        "+44 20 7946 0958",
        "916 123-45-67",
    ],
)
@pytest.mark.parametrize("around", ["{}", "before {} after", "x={},", '{{"k": "{}"}}', "<{}>"])
def test_contacts_and_secrets_are_hidden(hidden: str, around: str) -> None:
    text = REDACTOR.text(around.format(hidden))
    assert hidden not in text
    assert HIDDEN in text


@pytest.mark.parametrize(
    "text",
    [
        "https://api.telegram.org/bot42:AbCdEf/sendMessage",
        "Authorization: Bearer abc.def-123",
        "postgresql+asyncpg://user:hunter22@host/name",
        "https://x.example/?token=abcdef&key=ghijkl",
    ],
)
def test_tokens_in_addresses_are_hidden(text: str) -> None:
    shown = REDACTOR.text(text)
    for secret in ("AbCdEf", "abc.def-123", "hunter22", "abcdef", "ghijkl"):
        assert secret not in shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T10:00:00.123456+03:00",
        "turn committed",
        "telegram:1234567:-1001234567890:",
        "127.0.0.1:8080",
        "version 1.2.3",
        "ab",
        "5 of 300 in 0.25 s",
        "c0ffee12-3456-7890-abcd-ef0123456789",
    ],
)
def test_what_is_no_contact_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_fields_are_searched_to_their_depth() -> None:
    event = {"a": [{"b": ("x", "+79161234567")}], "n": 5, "t": True, "none": None, "o": ValueError("a@b.example")}
    shown = REDACTOR(None, "info", dict(event))
    assert shown["a"] == [{"b": ["x", HIDDEN]}]
    assert (shown["n"], shown["t"], shown["none"]) == (5, True, None)
    assert shown["o"] == HIDDEN


def test_a_field_without_end_is_hidden() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    assert HIDDEN in str(REDACTOR(None, "info", {"x": endless}))


@given(st.text(alphabet="+0123456789 ()-@.abcя:/", max_size=60))
def test_nothing_is_hidden_twice_or_raises(text: str) -> None:
    once = REDACTOR.text(text)
    assert REDACTOR.text(once) == once
