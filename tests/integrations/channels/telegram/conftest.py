"""A channel before a strict server, and a person who can be spoken to."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from flows.model import Address
from integrations.channels.telegram.adapter import Settings, Telegram, connect
from tests.fakes.telegram import TelegramServer


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def channel(telegram: TelegramServer) -> AsyncIterator[Telegram]:
    channel = connect(Settings(token=SecretStr(telegram.token), api_url=telegram.url), pauses=(0.01,))
    yield channel
    await channel.close()


@pytest.fixture
async def address(telegram: TelegramServer) -> Address:
    """The chat of the first person, `telegram.user(1)`."""
    return Address("telegram", "4242", str(telegram.user(1).id))
