"""The channel as its port promises it, against the strict server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from flows.errors import Misconfigured, Refused
from flows.events import Event, Said
from flows.model import Address, File
from flows.outbound import Choice, Outbound
from flows.ports.turns import Channel
from integrations.channels.telegram.adapter import Settings, Telegram, connect
from integrations.channels.telegram.api import prewarm
from integrations.discovery import adapter
from tests.fakes.telegram import TelegramServer

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COMMANDS = {"": [("start", "Begin"), ("help", "Help")], "ru": [("start", "Начать"), ("help", "Помощь")]}
SECRET = "hook-secret"


def clock() -> datetime:
    return NOW


class Received:
    """Keeps the events that the channel hands over."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, events: Sequence[Event]) -> None:
        self.events.extend(events)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Said)]


def settings(telegram: TelegramServer, **more: str) -> Settings:
    return Settings.model_validate({"token": SecretStr(telegram.token), "api_url": telegram.url, **more})


@asynccontextmanager
async def running(channel: Telegram, received: Received) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(channel.run(received, clock, COMMANDS))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_it_is_found_by_its_folder_and_is_a_channel(channel: Telegram) -> None:
    found = adapter("channels", "telegram")
    assert (found.settings, found.connect) == (Settings, connect)
    port: Channel = channel
    assert port is channel


async def test_a_conversation_goes_both_ways(telegram: TelegramServer, channel: Telegram) -> None:
    received, user = Received(), telegram.user(1, username="anna")
    user.says("/start ads")
    async with running(channel, received):
        await telegram.until(lambda: received.texts == ["/start ads"])
        where = received.events[0].address
        receipt = await channel.send(where, Outbound("**Здравствуйте!** Нужна цена?", (Choice("Да", "a|1|yes"),)))
        message = await user.reads()
        assert (str(message.id), message.text, message.labels) == (receipt, "Здравствуйте! Нужна цена?", ["Да"])
        user.presses("Да")
        await telegram.until(lambda: len(received.events) == 2)
        press = received.events[1]
        assert isinstance(press, Said)
        assert press.choice == "a|1|yes"
        await channel.acknowledge(where, press.callback, "Хорошо " * 100)
        assert telegram.queries[press.callback]
    assert channel.bot.username == "shop_bot"
    assert telegram.commands["ru"][0] == {"command": "start", "description": "Начать"}
    assert telegram.commands[""][1]["description"] == "Help"


async def test_it_waits_for_a_server_that_is_gone(telegram: TelegramServer, channel: Telegram) -> None:
    received, user = Received(), telegram.user()
    user.says("hello")
    async with telegram.gone():
        task = asyncio.create_task(channel.run(received, clock, COMMANDS))
        await asyncio.sleep(0.05)
        ready = channel.ready
    await telegram.until(lambda: received.texts == ["hello"])
    assert (ready, channel.ready) == (False, True)
    task.cancel()
    await asyncio.wait({task})


async def test_a_wrong_token_stops_the_start_with_a_remedy(telegram: TelegramServer) -> None:
    wrong = connect(Settings(token=SecretStr("4242:AAwrong"), api_url=telegram.url))
    with pytest.raises(Misconfigured) as caught:
        await wrong.run(Received(), clock, COMMANDS)
    assert (caught.value.setting, "BotFather" in caught.value.remedy) == ("TELEGRAM_TOKEN", True)
    assert "AAwrong" not in str(caught.value)
    await wrong.close()


@pytest.mark.parametrize(
    ("setting", "given"),
    [
        ("TELEGRAM_TOKEN", {"token": "no token"}),
        ("TELEGRAM_TOKEN", {"token": ""}),
        ("TELEGRAM_API_URL", {"api_url": "ftp://example.com"}),
        ("TELEGRAM_API_URL", {"api_url": "example.com"}),
        ("TELEGRAM_PROXY", {"proxy": "socks9://example.com:1"}),
        ("PUBLIC_URL", {"mode": "webhook"}),
    ],
)
def test_settings_that_cannot_be_are_named(setting: str, given: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as caught:
        connect(Settings.model_validate({"token": "4242:AAx", **given}))
    assert caught.value.setting == setting


async def test_files_go_by_reference_and_come_down(
    telegram: TelegramServer, channel: Telegram, address: Address
) -> None:
    user = telegram.user(1)
    user.sends(user.photo(b"\x89PNG"))
    received = Received()
    async with running(channel, received):
        await telegram.until(lambda: bool(received.events))
    said = received.events[0]
    assert isinstance(said, Said)
    assert await channel.fetch(said.files[0]) == b"\x89PNG"
    await channel.send(address, Outbound("Каталог", files=(said.files[0], File("document", said.files[0].ref))))
    assert [message.media for message in user.visible] == ["photo", "document", ""]


# ------------------------------------------------------------ webhook
async def test_a_webhook_registers_itself_and_lets_telegram_in(telegram: TelegramServer) -> None:
    channel = connect(
        settings(telegram, mode="webhook", public_url="http://127.0.0.1:9", webhook_secret=SECRET), pauses=(0.01,)
    )
    await channel.run(Received(), clock, COMMANDS)
    assert channel.ready
    assert telegram.updates.webhook == {"url": "http://127.0.0.1:9/telegram/webhook", "secret": SECRET}
    body = b'{"update_id":5,"message":{"message_id":1,"text":"hi","chat":{"id":7,"type":"private"},"from":{"id":7}}}'
    (event,) = channel.webhook_events({"x-telegram-bot-api-secret-token": SECRET}, body, clock)
    assert isinstance(event, Said)
    assert (event.id, event.text, event.at) == ("5", "hi", NOW)
    with pytest.raises(Refused) as caught:
        channel.webhook_events({}, body, clock)
    assert caught.value.state == "forbidden"
    await channel.close()


def test_prewarming_twice_is_harmless() -> None:
    prewarm()
    prewarm()
