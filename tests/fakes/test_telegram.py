"""The fake Telegram keeps Telegram's own rules, so that what passes before it passes before the real one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_rules import ApiError


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


class Hook:
    """A webhook that answers as it is told and remembers what it took."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.taken: list[tuple[int, str]] = []

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        if self.answers:
            answer = self.answers.pop(0)
            if answer.status >= 300:
                return answer
        else:
            answer = web.Response()
        self.taken.append((update["update_id"], request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
        return answer

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/hook", self.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        await runner.cleanup()


async def test_a_webhook_gets_each_update_until_it_says_yes(telegram: TelegramServer) -> None:
    hook, user = Hook(), telegram.user()
    hook.answers = [web.Response(status=500), web.Response(status=503)]
    telegram.updates.retry_pause = 0.01
    async with hook.listening() as url:
        await telegram.perform("setWebhook", {"url": url, "secret_token": "s"})
        sent = [user.says("one"), user.says("two")]
        telegram.updates.redeliver(sent[0])
        await telegram.until(lambda: len(hook.taken) == 3)
    assert hook.taken == [(sent[0], "s"), (sent[1], "s"), (sent[0], "s")]
    assert telegram.updates.webhook_statuses == [500, 503, 200, 200, 200]


async def test_a_webhook_may_answer_with_a_call(telegram: TelegramServer) -> None:
    hook, user = Hook(), telegram.user()
    hook.answers = [web.json_response({"method": "sendMessage", "chat_id": user.id, "text": "at once"})]
    async with hook.listening() as url:
        await telegram.perform("setWebhook", {"url": url})
        user.says("hello")
        assert (await user.reads()).text == "at once"


async def test_what_a_webhook_did_not_take_waits_for_a_poller(telegram: TelegramServer) -> None:
    user = telegram.user()
    await telegram.perform("setWebhook", {"url": "http://127.0.0.1:9/nobody"})
    number = user.says("hello")
    with pytest.raises(ApiError) as caught:
        await telegram.perform("getUpdates", {})
    assert caught.value.code == 409
    await telegram.perform("deleteWebhook", {})
    assert [update["update_id"] for update in await telegram.perform("getUpdates", {})] == [number]


async def test_offsets_confirm_and_only_they(telegram: TelegramServer) -> None:
    user = telegram.user()
    numbers = [user.says(str(number)) for number in range(5)]
    assert len(await telegram.perform("getUpdates", {"limit": 2})) == 2
    assert len(await telegram.perform("getUpdates", {"limit": 100})) == 5
    rest = await telegram.perform("getUpdates", {"offset": numbers[2]})
    assert [update["update_id"] for update in rest] == numbers[2:]
    assert telegram.updates.pending == 3


async def test_the_second_poller_ends_the_first(telegram: TelegramServer) -> None:
    first = asyncio.create_task(telegram.perform("getUpdates", {"timeout": 30}))
    await telegram.until(lambda: len(telegram.calls) == 1)
    second = asyncio.create_task(telegram.perform("getUpdates", {"timeout": 30}))
    with pytest.raises(ApiError, match="terminated by other"):
        await first
    number = telegram.user().says("hello")
    assert [update["update_id"] for update in await second] == [number]


async def test_kinds_that_were_not_asked_for_do_not_come(telegram: TelegramServer) -> None:
    user = telegram.user()
    await telegram.perform("getUpdates", {"allowed_updates": ["callback_query"]})
    user.says("hello")
    assert telegram.updates.pending == 0


GOOD: dict[str, Any] = {"text": "x"}


@pytest.mark.parametrize(
    ("words", "params"),
    [
        ("message text is empty", {"text": ""}),
        ("must be non-empty", {"text": " \n"}),
        ("message is too long", {"text": "👋" * 2049}),
        ("Unsupported start tag", {"text": "<h1>x</h1>", "parse_mode": "HTML"}),
        ("Can't find end tag", {"text": "<b>x", "parse_mode": "HTML"}),
        ("Unmatched end tag", {"text": "<b><i>x</b></i>", "parse_mode": "HTML"}),
        ("Unclosed start tag", {"text": "5 < 6", "parse_mode": "HTML"}),
        ("Unexpected end tag", {"text": "x</b>", "parse_mode": "HTML"}),
        ("chat not found", {"text": "x", "chat_id": 1}),
        ("BUTTON_DATA_INVALID", {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "ё" * 33}]]}}),
        ("unallowed", {"reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}),
        ("is invalid", {"reply_markup": {"inline_keyboard": [[{"text": "x", "url": "nowhere"}]]}}),
        ("can't parse reply keyboard", {"reply_markup": {"buttons": []}}),
        ("reply markup", {"reply_markup": "x"}),
    ],
)
async def test_what_telegram_would_refuse_is_refused(
    telegram: TelegramServer, words: str, params: dict[str, Any]
) -> None:
    with pytest.raises(ApiError) as caught:
        await telegram.perform("sendMessage", {"chat_id": telegram.user(1).id, **GOOD, **params})
    assert words in caught.value.description
    assert caught.value.code == 400
    assert not telegram.called()


async def test_tags_do_not_count(telegram: TelegramServer) -> None:
    user = telegram.user()
    html = f"<b>{'x' * 4096}</b>"
    await telegram.perform("sendMessage", {"chat_id": user.id, "text": html, "parse_mode": "HTML"})
    assert len((await user.reads()).text) == 4096


async def test_a_press_is_answered_once_and_an_old_one_not_at_all(telegram: TelegramServer) -> None:
    user = telegram.user()
    markup = {"inline_keyboard": [[{"text": "Да, хочу", "callback_data": "yes"}]]}
    await telegram.perform("sendMessage", {"chat_id": user.id, "text": "?", "reply_markup": markup})
    user.presses("Да")
    (query,) = telegram.queries
    assert await telegram.perform("answerCallbackQuery", {"callback_query_id": query}) is True
    for params, words in (({"callback_query_id": query, "text": "x" * 201}, "TOO_LONG"), ({}, "query is too old")):
        with pytest.raises(ApiError, match=words):
            await telegram.perform("answerCallbackQuery", params)
