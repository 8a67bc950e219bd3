"""A database that is locked, full or away: a clear error, nothing confirmed unstored, everything answered later."""

import asyncio
import resource
import sqlite3
from pathlib import Path

import pytest

from integrations.storage.migrate import upgrade
from tests.assistant import Assistant, eventually
from tests.fakes.telegram_user import User
from tests.faults.breaking import BreakingTelegram
from tests.faults.traffic import WAY, prospect
from tests.installations import Install, tells_nothing

ROOM = 200 * 1024
"""Bytes that a file may have while the disk is "full": room for the log, none for the database's own log."""


def database(installation: Assistant) -> Path:
    return installation.folder / "data" / "assistant.db"


async def unstored(installation: Assistant, telegram: BreakingTelegram, word: str) -> None:
    """The log says what is wrong and what to do; Telegram still holds what was not stored."""
    await eventually(lambda: word in installation.log, 30)
    assert telegram.updates.pending >= 1
    logged = [entry for entry in installation.entries("telegram updates not stored") if word in entry["problem"]]
    assert {entry["level"] for entry in logged} == {"error"}


@pytest.mark.timeout(120)
async def test_a_locked_database(install: Install, telegram: BreakingTelegram) -> None:
    one = prospect(telegram)
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        await one.step(0)
        await one.step(1)
        other = sqlite3.connect(database(installation), isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            walking = asyncio.ensure_future(one.step(2))
            await unstored(installation, telegram, "locked by another program")
            assert len(one.texts) == 2
            async with installation.api() as api:
                assert (await api.get("/healthz")).status_code == 200
        finally:
            other.execute("ROLLBACK")
            other.close()
        await walking
        await one.step(3)
        assert len(one.told) == 4


@pytest.mark.timeout(120)
async def test_a_full_disk(install: Install, telegram: BreakingTelegram) -> None:
    one, later = prospect(telegram), prospect(telegram)
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        await one.step(0)
        _, most = resource.prlimit(installation.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(installation.pid, resource.RLIMIT_FSIZE, (ROOM, most))
        crowd = [telegram.user() for _ in range(5)]
        filling = asyncio.ensure_future(fill(installation, crowd))
        await unstored(installation, telegram, "disk")
        await filling
        resource.prlimit(installation.pid, resource.RLIMIT_FSIZE, (most, most))
        await one.step(1)
        await later.goes()
        for user in crowd:
            await telegram.until(lambda user=user: bool(user.visible), 30)  # type: ignore[misc]
        await eventually(lambda: not telegram.updates.pending)
        assert len(later.told) == len(WAY)


async def fill(installation: Assistant, crowd: list[User]) -> None:
    """Write long messages until the disk is full."""
    for _ in range(60):
        if "disk" in installation.log:
            return
        for user in crowd:
            user.says("зерно " * 600)
        await asyncio.sleep(0.2)
    raise AssertionError("the disk never was full")


@pytest.mark.timeout(120)
async def test_a_database_server_that_breaks_off(
    install: Install, telegram: BreakingTelegram, postgres_url: str
) -> None:
    import asyncpg

    await upgrade(postgres_url)
    one = prospect(telegram)
    async with install(TELEGRAM_API_URL=telegram.url, DATABASE_URL=postgres_url) as installation:
        await one.step(0)
        admin = await asyncpg.connect(postgres_url.replace("+asyncpg", "").rpartition("/")[0] + "/postgres")
        name = postgres_url.rpartition("/")[2]
        try:
            await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            walking = asyncio.ensure_future(one.step(1))
            await eventually(lambda: bool(installation.entries("telegram updates not stored")), 30)
            assert telegram.updates.pending == 1
            await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        finally:
            await admin.close()
        await walking
        for step in range(2, len(WAY)):
            await one.step(step)
        assert one.told == one.texts


async def test_a_database_that_cannot_be_opened_ends_the_start_with_one_clear_line(
    install: Install, tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "notes.txt").write_text("no database at all, but a text of some length" * 100)
    installation = install(DATABASE_URL="sqlite+aiosqlite:///notes.txt", TELEGRAM_TOKEN="")
    with pytest.raises(AssertionError, match="did not start"):
        await installation.start()
    assert await installation.ended() == 1
    assert "not a database" in installation.log
    tells_nothing(installation)
