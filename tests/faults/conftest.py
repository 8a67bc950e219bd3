"""Fixtures for faults: a Telegram that breaks where it is told."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.breaking import BreakingTelegram


@pytest.fixture
async def telegram() -> AsyncIterator[BreakingTelegram]:
    """A Bot API on loopback."""
    async with BreakingTelegram() as server:
        yield server
