"""Fixtures for all tests: private servers, empty databases, a free port."""

import asyncio
import os
import secrets
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import asyncpg
import pytest
from hypothesis import settings

from tests import servers

pytest_plugins = ["tests.skips", "tests.installations"]

# Machines differ in speed, so no example has a deadline; a failing example prints how to repeat it.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on."""
    return servers.unused_port()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that this test process owns, without a database name.

    TEST_POSTGRES_URL (`postgresql+asyncpg://user@host:port`, a user who may create databases) names another one.
    """
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        yield named.rstrip("/")
        return
    try:
        with servers.postgres() as url:
            yield url
    except servers.Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database, as DATABASE_URL takes it; dropped after the test."""
    name = f"test_{secrets.token_hex(8)}"
    admin = f"{postgres_server.replace('+asyncpg', '')}/postgres"
    _execute(admin, f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield f"{postgres_server}/{name}"
    _execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with asyncio.Runner() as runner:
        runner.run(run())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a Redis server that this test process owns.

    TEST_REDIS_URL names another one, which the tests empty; then they run in one process (`make test JOBS=0`).
    """
    named = os.environ.get("TEST_REDIS_URL")
    if named:
        yield named
        return
    try:
        with servers.redis() as url:
            yield url
    except servers.Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of an empty Redis server, as REDIS_URL takes it."""
    parts = urlsplit(redis_server)
    with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=10) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        answer = connection.recv(64)
    assert answer == b"+OK\r\n", answer
    return redis_server
