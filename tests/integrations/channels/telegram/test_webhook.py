"""Only Telegram comes in through the webhook, and nothing that comes in is a traceback."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import Misconfigured, Refused
from integrations.channels.telegram.api import BotApi
from integrations.channels.telegram.webhook import register, update_of
from tests.fakes.telegram import TelegramServer

SECRET = "s3cret_Value-1"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE = {"update_id": 1, "message": {"text": "x"}}


def refused(headers: dict[str, str], body: bytes, secret: str = SECRET) -> str:
    with pytest.raises(Refused) as caught:
        update_of(headers, body, secret)
    return caught.value.state


def test_an_update_with_the_secret_comes_in() -> None:
    assert update_of(HEADERS, json.dumps(UPDATE).encode(), SECRET) == UPDATE
    assert update_of({name.lower(): value for name, value in HEADERS.items()}, b'{"update_id":1}', SECRET)


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({}, SECRET),
        ({"X-Telegram-Bot-Api-Secret-Token": "other"}, SECRET),
        ({"X-Telegram-Bot-Api-Secret-Token": "секрет"}, SECRET),
        ({}, ""),
        ({"X-Telegram-Bot-Api-Secret-Token": ""}, ""),
        (HEADERS, ""),
    ],
)
def test_without_the_secret_nobody_comes_in(headers: dict[str, str], secret: str) -> None:
    assert refused(headers, json.dumps(UPDATE).encode(), secret) == "forbidden"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'{"update_id":"1"}',
        b"\xff\xfe",
        b'{"update_id":1,"m":"\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_malformed_bodies_are_refused(body: bytes) -> None:
    assert refused(HEADERS, body) == "invalid"


def test_huge_bodies_are_refused_unread() -> None:
    assert refused(HEADERS, b'{"update_id":1,"x":"' + b"x" * 1024 * 1024 + b'"}') == "too_large"


@given(st.binary(max_size=200))
def test_no_body_is_an_exception_of_another_kind(body: bytes) -> None:
    assert refused(HEADERS, body) == "invalid"


async def test_registering_tells_address_secret_and_kinds() -> None:
    async with TelegramServer() as telegram:
        api = BotApi(telegram.token, telegram.url)
        await register(api, "http://127.0.0.1:9/", SECRET)
        await api.close()
        assert telegram.updates.webhook == {"url": "http://127.0.0.1:9/telegram/webhook", "secret": SECRET}
        assert telegram.called("setWebhook")[0].params["allowed_updates"][0] == "message"


@pytest.mark.parametrize(("url", "secret"), [("ftp://x", SECRET), ("http://x.example", "no spaces, please")])
async def test_what_telegram_does_not_take_is_a_setting_to_mend(url: str, secret: str) -> None:
    async with TelegramServer() as telegram:
        api = BotApi(telegram.token, telegram.url)
        with pytest.raises(Misconfigured) as caught:
            await register(api, url, secret)
        await api.close()
    assert caught.value.setting == "PUBLIC_URL"
