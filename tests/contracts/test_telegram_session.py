"""One suite over every session that may carry the Bot API: ours, ours over aiohttp, and aiogram's own."""

import asyncio
import traceback
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Update

from integrations.channels.telegram.session import FileSession, LeanSession
from tests.fakes.telegram import TOKEN, TelegramServer
from tests.fakes.telegram_faults import Fault, broken, flood, garbage, migrated

SESSIONS = {"lean": LeanSession, "files": FileSession, "aiogram": AiohttpSession}


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(prefix="/behind/a/proxy") as server:
        yield server


async def close(session: BaseSession) -> None:
    """Close a session; aiohttp's at once, without aiogram's quarter of a second of grace."""
    if isinstance(session, AiohttpSession):
        await (await session.create_session()).close()
    else:
        await session.close()


@pytest.fixture(params=SESSIONS)
async def bot(request: pytest.FixtureRequest, telegram: TelegramServer) -> AsyncIterator[Bot]:
    session: BaseSession = SESSIONS[request.param](api=TelegramAPIServer.from_base(telegram.url))
    yield Bot(telegram.token, session=session)
    await close(session)


@pytest.fixture(params=["lean", "files"])
async def caller(request: pytest.FixtureRequest, telegram: TelegramServer) -> AsyncIterator["Caller"]:
    session = LeanSession if request.param == "lean" else FileSession
    caller = Caller(telegram, session(api=TelegramAPIServer.from_base(telegram.url)))
    yield caller
    await close(caller.session)


class Caller:
    """Makes calls as they stand on the wire."""

    def __init__(self, telegram: TelegramServer, session: LeanSession | FileSession) -> None:
        self.session = session
        self.bot = Bot(telegram.token, session=session)

    async def say(self, chat: int, text: str, seconds: float | None = None) -> object:
        return await self.session.call(self.bot, "sendMessage", {"chat_id": chat, "text": text}, seconds)


async def test_a_message_arrives_as_it_was_written(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    text = 'Привет 👋🏽 "кавычки" \\ \n\u2028 & <тег> %s'
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да ✅", callback_data="a|1|ё")]])
    sent = await bot.send_message(user.id, text, reply_markup=keyboard, disable_notification=True)
    message = await user.reads()
    assert (message.id, message.text, message.labels) == (sent.message_id, text, ["Да ✅"])


async def test_a_plain_call_arrives_too(telegram: TelegramServer, caller: Caller) -> None:
    user = telegram.user()
    result = await caller.say(user.id, "Привет 👋🏽")
    assert isinstance(result, dict)
    assert (result["message_id"], result["text"]) == ((await user.reads()).id, "Привет 👋🏽")


async def test_typed_methods_return_what_aiogram_returns(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    user.says("/start")
    me = await bot.get_me()
    updates = await bot.get_updates(timeout=1)
    assert me.username == "shop_bot"
    assert isinstance(updates[0], Update)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start"
    assert await bot.send_chat_action(user.id, "typing") is True


REFUSALS = {
    "flood": (flood(7), TelegramRetryAfter),
    "migrated": (migrated(-100500), TelegramMigrateToChat),
    "bad request": (Fault("refuse", 400, description="Bad Request: chat not found"), TelegramBadRequest),
    "unauthorized": (Fault("refuse", 401, description="Unauthorized"), TelegramUnauthorizedError),
    "forbidden": (
        Fault("refuse", 403, description="Forbidden: bot was blocked by the user"),
        TelegramForbiddenError,
    ),
    "not found": (Fault("refuse", 404, description="Not Found"), TelegramNotFound),
    "conflict": (Fault("refuse", 409, description="Conflict: terminated by other"), TelegramConflictError),
    "broken": (broken(), TelegramServerError),
    "garbage": (garbage(), ClientDecodeError),
    "garbage that says it is fine": (Fault("raw", 200, body=b"{" * 50), ClientDecodeError),
    "another shape": (Fault("raw", 200, body=b"[1]"), ClientDecodeError),
    "dropped": (Fault("reset"), TelegramNetworkError),
    "done but unanswered": (Fault("lost"), TelegramNetworkError),
    "cut short": (Fault("cut"), TelegramNetworkError),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_each_refusal_is_aiograms_exception(telegram: TelegramServer, bot: Bot, name: str) -> None:
    fault, expected = REFUSALS[name]
    user = telegram.user()
    telegram.fail(fault)
    with pytest.raises(expected) as caught:
        await bot.send_message(user.id, "hello")
    assert type(caught.value) is expected
    assert getattr(caught.value, "retry_after", 7) == 7
    assert getattr(caught.value, "migrate_to_chat_id", -100500) == -100500
    assert (await bot.send_message(user.id, "and again")).message_id


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_plain_call_is_refused_alike(telegram: TelegramServer, caller: Caller, name: str) -> None:
    fault, expected = REFUSALS[name]
    user = telegram.user()
    telegram.fail(fault)
    with pytest.raises(expected) as caught:
        await caller.say(user.id, "hello")
    assert type(caught.value) is expected
    assert getattr(caught.value, "retry_after", 7) == 7
    assert await caller.say(user.id, "and again")


@pytest.mark.parametrize("body", [b"{}", b'{"ok":false}', b'{"ok":false,"description":null}', b"null", b""])
async def test_a_broken_server_without_words_is_an_error_all_the_same(
    telegram: TelegramServer, caller: Caller, body: bytes
) -> None:
    telegram.fail(Fault("raw", 500, body=body))
    with pytest.raises((TelegramServerError, ClientDecodeError)):
        await caller.say(telegram.user().id, "hello")


@pytest.mark.parametrize("kind", ["lost", "cut"])
async def test_what_may_have_been_done_is_never_done_twice(telegram: TelegramServer, bot: Bot, kind: str) -> None:
    user = telegram.user()
    await bot.send_message(user.id, "this makes the connection a pooled one")
    telegram.fail(REFUSALS["done but unanswered" if kind == "lost" else "cut short"][0])
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(user.id, "once")
    assert [message.text for message in user.visible].count("once") == 1


async def test_a_hanging_server_is_given_up(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    telegram.fail(Fault("hang"))
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(user.id, "hello", request_timeout=1)
    assert (await bot.send_message(user.id, "and again")).message_id


async def test_a_plain_call_has_its_own_timeout(telegram: TelegramServer, caller: Caller) -> None:
    user = telegram.user()
    telegram.fail(Fault("hang"))
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await caller.say(user.id, "hello", seconds=0.1)
    assert await caller.say(user.id, "and again")


async def test_connections_closed_while_idle_cost_nothing(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    for number in range(5):
        telegram.fail(Fault("close_after"))
        await bot.send_message(user.id, f"message {number}")
        await asyncio.sleep(0.02)
    assert [message.text for message in user.visible] == [f"message {number}" for number in range(5)]


async def test_replies_may_come_in_chunks(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    telegram.fail(Fault("chunked"), times=3)
    ids = [(await bot.send_message(user.id, "привет " * 300)).message_id for _ in range(3)]
    assert ids == [message.id for message in user.visible]
    assert (await bot.get_me()).username == "shop_bot"


async def test_replies_may_be_large(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    for _ in range(100):
        user.says("ё" * 4096)
    updates = await bot.get_updates(limit=100, timeout=0)
    assert len(updates) == 100


async def test_concurrent_calls_do_not_mix(telegram: TelegramServer, bot: Bot) -> None:
    users = [telegram.user() for _ in range(60)]
    sent = await asyncio.gather(*(bot.send_message(user.id, f"for {user.id}") for user in users))
    for user, message in zip(users, sent, strict=True):
        assert [(seen.id, seen.text) for seen in user.visible] == [(message.message_id, f"for {user.id}")]


async def test_a_cancelled_call_leaves_no_reply_for_the_next(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    telegram.fail(Fault("hang"), method="sendMessage")
    call = asyncio.ensure_future(bot.send_message(user.id, "never mind"))
    await telegram.until(lambda: telegram.faults[0].times == 0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await bot.get_me()).id == telegram.bot["id"]


async def test_files_go_up_and_come_down(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    content = bytes(range(256)) * 4096
    sent = await bot.send_document(user.id, BufferedInputFile(content, "цены.xlsx"), caption="Прайс")
    assert sent.message_id == (await user.reads()).id
    assert telegram.called("sendDocument")[0].params["caption"] == "Прайс"
    path = next(iter(telegram.stored_files))
    buffer = await bot.download(f"file-{path}")
    assert buffer is not None
    assert buffer.read() == content


async def test_a_server_that_was_gone_is_found_again(telegram: TelegramServer, bot: Bot) -> None:
    user = telegram.user()
    await bot.send_message(user.id, "before")
    async with telegram.gone():
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(user.id, "nobody hears")
    await bot.send_message(user.id, "after")
    assert [message.text for message in user.visible] == ["before", "after"]


async def test_the_token_is_in_no_error(telegram: TelegramServer, caller: Caller) -> None:
    user = telegram.user()
    echo = f"The page http://host/bot{TOKEN}/sendMessage was not found".encode()
    secret = TOKEN.split(":")[1]
    faults = [Fault("raw", 404, body=echo), Fault("raw", 404, body=b'"%b"' % echo), Fault("reset"), garbage()]
    errors: list[AiogramError] = []
    for fault in faults:
        telegram.fail(fault, times=2)
        for attempt in (caller.say(user.id, "x"), caller.bot.send_message(user.id, "x")):
            with pytest.raises(AiogramError) as caught:
                await attempt
            errors.append(caught.value)
    with pytest.raises(AiogramError) as refused:
        await caller.bot.download_file("no/such/file")
    async with telegram.gone():
        with pytest.raises(AiogramError) as gone:
            await caller.bot.send_message(user.id, "x")
        with pytest.raises(AiogramError) as away:
            await caller.bot.download_file("no/such/file")
    for error in (*errors, refused.value, gone.value, away.value):
        assert secret not in "".join(traceback.format_exception(error)) + repr(error)


async def test_a_wrong_token_is_told_so(telegram: TelegramServer, caller: Caller) -> None:
    stranger = Bot("4243:AAanother_token-that_is_nobodys-secret", session=caller.session)
    with pytest.raises(TelegramUnauthorizedError):
        await caller.session.call(stranger, "getMe", {})
