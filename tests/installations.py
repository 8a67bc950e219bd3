"""A pytest plugin: installations of the product, killed at the end, whose logs must tell nothing of people."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.assistant import ADMIN, Assistant
from tests.fakes.telegram import TOKEN
from tests.fakes.trackers.office import Office, open_office
from tests.warm import Starter

Install = Callable[..., Assistant]
_TOLD = re.compile(r"\+?7916\d{7}|kate@example\.com|anna@example\.com|Анна|Kate")
"""What prospects of the tests tell of themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests of real processes time on a busy machine."""
    for item in items:
        if {"install", "starter"} & set(getattr(item, "fixturenames", ())) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(120))


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    """Starts processes quickly, for all tests of one test process."""
    found = Starter()
    yield found
    found.close()


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """All trackers on loopback."""
    async with open_office() as made:
        yield made


@pytest.fixture
async def install(tmp_path: Path, starter: Starter) -> AsyncIterator[Install]:
    """Makes installations in folders of their own; what they log is searched for secrets when the test is over."""
    made: list[Assistant] = []

    def make(name: str = "one", **environment: str) -> Assistant:
        made.append(Assistant(tmp_path / name, starter, **{"TELEGRAM_TOKEN": TOKEN, **environment}))
        return made[-1]

    yield make
    for installation in made:
        installation.kill()
    for installation in made:
        if installation.pid:
            await installation.ended()
        tells_nothing(installation)


def tells_nothing(installation: Assistant) -> None:
    """No token, secret, phone, e-mail or name is in the log, and no traceback."""
    log = installation.log
    for secret in (TOKEN, TOKEN.partition(":")[2], ADMIN, installation.environment["SECRET_KEY"]):
        assert secret not in log, "a secret is in the log"
    assert not _TOLD.search(log), "what a prospect told is in the log"
    assert "Traceback" not in log, log
