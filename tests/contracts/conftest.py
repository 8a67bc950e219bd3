"""What contract suites iterate: every implementation of a port."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.desk_house import DeskHouse
from tests.contracts.desk_houses import HOUSES
from tests.contracts.storage_house import STORES, House, open_house, store_url


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each store in turn."""
    return store_url(request.param, request, tmp_path)


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    """A clock, and workers over the store."""
    async with open_house(url) as opened:
        yield opened


@pytest.fixture(params=HOUSES)
async def office(request: pytest.FixtureRequest) -> AsyncIterator[DeskHouse]:
    """Each desk in turn."""
    async with HOUSES[request.param]() as opened:
        yield opened
