"""Telegram handles are found; names elsewhere are not handles."""

import pytest

from knowledge.understanding.telegram import find_telegram


@pytest.mark.parametrize(
    "text",
    ["@ivan_petrov", "пишите @ivan_petrov.", "https://t.me/ivan_petrov", "тг: ivan_petrov", "telegram - ivan_petrov"],
)
def test_a_handle(text: str) -> None:
    found = find_telegram(text)
    assert found is not None
    assert found.value == "ivan_petrov"


@pytest.mark.parametrize(
    "text",
    ["my insta is @maria_shop", "@maria.shop", "ivan@mail.ru", "@abc", "телеграм удобнее", "t.me/joinchat/abcdef"],
)
def test_no_handle(text: str) -> None:
    assert find_telegram(text) is None
