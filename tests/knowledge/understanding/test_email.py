"""E-mail addresses are found as people type them, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.email import find_emails


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("пишите ivan@mail.ru.", "ivan@mail.ru"),
        ("(ivan@mail.ru)", "ivan@mail.ru"),
        ("mailto:ivan@mail.ru?subject=1", "ivan@mail.ru"),
        ("почта:ivan.petrov+shop@MAIL.ru,тел ниже", "ivan.petrov+shop@mail.ru"),
        ("mail: Petrov@Рога-и-копыта.рф", "Petrov@рога-и-копыта.рф"),
        ("юзер@екзампл.рф", "юзер@екзампл.рф"),
        ("Иван <ivan@mail.ru>", "ivan@mail.ru"),
        ("ivan@mail.ru.Жду ответа", "ivan@mail.ru"),
        ("ivan @ mail.ru", "ivan@mail.ru"),
        ("ivan собака mail точка ru", "ivan@mail.ru"),
        ("john (at) acme.com", "john@acme.com"),
        ("john at acme dot com", "john@acme.com"),
        ("iv\u200ban@mail.ru", "ivan@mail.ru"),
    ],
)
def test_an_address_in_a_text(text: str, address: str) -> None:
    assert [found.value for found in find_emails(text)] == [address]


@pytest.mark.parametrize(
    "text",
    [
        "@ivan_petrov",
        "ivan@mail",
        "a@@b.ru",
        "ivan@-mail.ru",
        "Alice@abc is invalid",
        "me@host.localhost",
        "собака лает",
        "see you at noon",
        "",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert find_emails(text) == []


def test_several_addresses_and_their_places() -> None:
    text = "a@b.co,c@d.org"
    found = find_emails(text)
    assert [(one.value, text[one.start : one.end]) for one in found] == [("a@b.co", "a@b.co"), ("c@d.org", "c@d.org")]


@given(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,5})?@[a-z]{2,8}\.(ru|com|org)", fullmatch=True))
def test_a_plain_address_is_found_among_words(address: str) -> None:
    assert [found.value for found in find_emails(f"моя почта {address}, жду")] == [address]
