"""Nothing is confirmed to Telegram that was not stored, whatever fails meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from flows.errors import Misconfigured, StorageDown
from flows.model import Json
from integrations.channels.telegram.api import BotApi
from integrations.channels.telegram.poller import Poller
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_faults import Fault, broken, flood, garbage

QUICK = (0.01,)


class Shelf:
    """Keeps what it is given, unless it is told to fail."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.attempts = 0
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, updates: Sequence[Json]) -> None:
        self.attempts += 1
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        for update in updates:
            assert isinstance(update, dict)
            message = update["message"]
            assert isinstance(message, dict)
            self.texts.append(str(message["text"]))


@asynccontextmanager
async def polling(telegram: TelegramServer, shelf: Shelf) -> AsyncIterator[asyncio.Task[None]]:
    api = BotApi(telegram.token, telegram.url)
    task = asyncio.create_task(Poller(api, shelf, QUICK).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        await api.close()


async def confirmed(telegram: TelegramServer) -> None:
    await telegram.until(lambda: telegram.updates.pending == 0)


async def test_updates_are_stored_in_order_and_then_confirmed(telegram: TelegramServer) -> None:
    shelf, user = Shelf(), telegram.user()
    for number in range(250):
        user.says(str(number))
    async with polling(telegram, shelf):
        await confirmed(telegram)
    assert shelf.texts == [str(number) for number in range(250)]
    assert shelf.attempts == 3


async def test_nothing_is_confirmed_while_it_is_being_stored(telegram: TelegramServer) -> None:
    shelf, user = Shelf(), telegram.user()
    shelf.gate.clear()
    user.says("one")
    async with polling(telegram, shelf):
        await telegram.until(lambda: bool(telegram.called("getUpdates")))
        user.says("two")
        assert telegram.updates.pending == 2
        shelf.gate.set()
        await confirmed(telegram)
    assert shelf.texts == ["one", "two"]


@pytest.mark.parametrize("failure", [StorageDown("locked"), StorageDown("full", 0.02), RuntimeError("a bug")])
async def test_what_could_not_be_stored_comes_again(telegram: TelegramServer, failure: Exception) -> None:
    shelf, user = Shelf(), telegram.user()
    shelf.failures = [failure, failure]
    user.says("keep me")
    async with polling(telegram, shelf):
        await telegram.until(lambda: shelf.attempts >= 2)
        assert telegram.updates.pending == 1
        await confirmed(telegram)
    assert shelf.texts == ["keep me"]
    assert shelf.attempts == 3


async def test_a_poller_stopped_while_storing_leaves_the_update_to_the_next(telegram: TelegramServer) -> None:
    shelf, user = Shelf(), telegram.user()
    shelf.gate.clear()
    user.says("survives")
    async with polling(telegram, shelf):
        await telegram.until(lambda: bool(telegram.called("getUpdates")))
    assert shelf.texts == []
    again = Shelf()
    async with polling(telegram, again):
        await confirmed(telegram)
    assert again.texts == ["survives"]


@pytest.mark.parametrize(
    "fault",
    [
        flood(0),
        broken(),
        garbage(),
        Fault("reset"),
        Fault("lost"),
        Fault("cut"),
        Fault("raw", 200, body=b'{"ok":true,"result":7}'),
        Fault("refuse", 409, description="Conflict: terminated by other getUpdates request"),
    ],
)
async def test_troubles_pass_and_nothing_is_lost(telegram: TelegramServer, fault: Fault) -> None:
    shelf, user = Shelf(), telegram.user()
    telegram.fail(fault, method="getUpdates", times=3)
    user.says("still here")
    async with polling(telegram, shelf):
        await confirmed(telegram)
    assert shelf.texts == ["still here"]


async def test_a_server_that_is_gone_for_a_while_is_found_again(telegram: TelegramServer) -> None:
    shelf, user = Shelf(), telegram.user()
    user.says("before")
    async with polling(telegram, shelf):
        await confirmed(telegram)
        async with telegram.gone():
            user.says("meanwhile")
            await asyncio.sleep(0.05)
        await telegram.until(lambda: shelf.texts == ["before", "meanwhile"])


async def test_a_webhook_left_behind_is_removed_and_its_updates_kept(telegram: TelegramServer) -> None:
    shelf, user = Shelf(), telegram.user()
    user.says("waits")
    telegram.updates.set_webhook({"url": "http://127.0.0.1:9/nobody"})
    async with polling(telegram, shelf):
        await telegram.until(lambda: shelf.texts == ["waits"])
    assert not telegram.updates.webhook


async def test_a_revoked_token_stops_it_with_a_remedy(telegram: TelegramServer) -> None:
    telegram.fail(Fault("refuse", 401, description="Unauthorized"), method="getUpdates")
    async with polling(telegram, Shelf()) as task:
        with pytest.raises(Misconfigured) as caught:
            await task
    assert caught.value.setting == "TELEGRAM_TOKEN"
    assert telegram.token not in str(caught.value)


async def test_it_asks_for_the_kinds_it_understands(telegram: TelegramServer) -> None:
    shelf, user = Shelf(), telegram.user()
    user.says("x")
    async with polling(telegram, shelf):
        await confirmed(telegram)
    first = telegram.called("getUpdates")[0].params
    assert first["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert "offset" not in first
