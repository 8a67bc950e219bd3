"""Fixtures for the whole way: a Telegram, and a process that is started as a shell starts it."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.telegram import TelegramServer


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    """A Bot API on loopback."""
    async with TelegramServer() as server:
        yield server
