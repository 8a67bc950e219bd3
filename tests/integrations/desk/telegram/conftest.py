"""A forum of the strict Telegram, the desk before it, and a colleague in it."""

from collections.abc import AsyncIterator

import pytest

from tests.contracts.desk_telegram import TelegramHouse, telegram_house


@pytest.fixture
async def house() -> AsyncIterator[TelegramHouse]:
    async with telegram_house() as opened:
        yield opened
