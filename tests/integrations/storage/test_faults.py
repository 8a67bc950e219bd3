"""A database that is locked, full, read only or away: a clear error, nothing half stored, and work goes on after it."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from asyncpg.exceptions import ObjectNotInPrerequisiteStateError
from sqlalchemy import make_url, text

from flows.errors import StorageDown
from flows.ports.turns import Committed
from integrations.storage import sqlite
from integrations.storage.connect import Storage, open_storage
from integrations.storage.faults import storage_down
from integrations.storage.migrate import upgrade
from integrations.storage.urls import connect
from tests.contracts.storage_house import START, conversation, message, said, turn


async def opened(url: str) -> Storage:
    """A worker on a fresh database."""
    await upgrade(url)
    return await open_storage(url, worker="one:1:a", clock=lambda: START)


async def test_a_locked_database_confirms_nothing_and_recovers(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 50)
    storage = await opened(sqlite_url)
    other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageDown, match="locked by another program"):
        await storage.inbox.receive([said("1")], START)
    with pytest.raises(StorageDown, match="locked"):
        await storage.conversations.commit(turn(conversation(), START))
    other.execute("ROLLBACK")
    other.close()
    (stored,) = await storage.inbox.receive([said("1")], START)
    assert await storage.conversations.commit(turn(conversation(), START, done=[stored.row])) == Committed()
    await storage.close()


async def test_a_mark_that_could_not_be_stored_is_stored_later(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 50)
    monkeypatch.setattr("integrations.storage.group.AGAIN", 0.05)
    storage = await opened(sqlite_url)
    base = conversation()
    reply = message(base, START)
    await storage.conversations.commit(turn(base, START, dispatches=[reply]))
    other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    await storage.outbox.sent(reply.key, "17", START)
    with pytest.raises(StorageDown):
        await storage.inbox.receive([said("1")], START)
    other.execute("ROLLBACK")
    other.close()
    for _ in range(1000):
        if (await storage.deliveries.list("sent", 1))[0]:
            break
        await asyncio.sleep(0.02)
    assert [one.status for one in (await storage.deliveries.list("sent", 1))[0]] == ["sent"]
    await storage.close()


FILL = """
import asyncio, resource, signal, sys
from flows.errors import StorageDown
from tests.contracts.storage_house import START, said
from integrations.storage.connect import open_storage

async def main(url):
    storage = await open_storage(url, worker="one:1:a", clock=lambda: START)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    number = 0
    try:
        while True:
            await storage.inbox.receive([said(str(number), text="x" * 5000)], START)
            number += 1
    except StorageDown as error:
        print(number, error, sep="|")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(len(await storage.inbox.receive([said(str(number))], START)))
    await storage.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_a_full_disk_loses_nothing_that_was_confirmed(sqlite_url: str) -> None:
    """A real limit: the kernel refuses to let the process's files grow."""
    await upgrade(sqlite_url)
    run = [sys.executable, "-c", FILL, sqlite_url]
    program = await asyncio.create_subprocess_exec(*run, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    output, _ = await program.communicate()
    first, second = output.decode().splitlines()
    confirmed, reason = first.split("|")
    assert "the disk" in reason
    assert second == "1"
    database = connect(sqlite_url)
    kept = await database.read(lambda connection: connection.execute(text("SELECT count(*) FROM inbox")).scalar())
    await database.close()
    assert kept == int(confirmed) + 1 > 5


async def test_a_database_at_its_limit_says_that_it_is_full(sqlite_url: str) -> None:
    storage = await opened(sqlite_url)
    pages = await storage.database.write(lambda connection: connection.execute(text("PRAGMA page_count")).scalar())
    limit = text(f"PRAGMA max_page_count = {pages}")
    await storage.database.write(lambda connection: connection.execute(limit).scalar())
    with pytest.raises(StorageDown, match="disk is full"):
        await storage.inbox.receive([said("1", text="x" * 100_000)], START)
    assert await storage.inbox.receive([said("1")], START)
    await storage.close()


async def test_a_file_that_may_not_be_written_says_so(sqlite_url: str) -> None:
    storage = await opened(sqlite_url)
    await storage.database.write(lambda connection: connection.execute(text("PRAGMA query_only = ON")))
    with pytest.raises(StorageDown, match="cannot be written"):
        await storage.inbox.receive([said("1")], START)
    await storage.close()


async def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "words.db").write_text("just words " * 500)
    with pytest.raises(StorageDown, match="not a database"):
        await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'words.db'}", worker="one:1:a", clock=lambda: START)


async def test_a_server_that_is_away_says_so(free_port: int) -> None:
    with pytest.raises(StorageDown, match="does not answer"):
        await open_storage(
            f"postgresql+asyncpg://postgres@127.0.0.1:{free_port}/none", worker="one:1:a", clock=lambda: START
        )


async def test_a_server_without_that_database_says_so(postgres_server: str) -> None:
    with pytest.raises(StorageDown, match="no such database"):
        await open_storage(f"{postgres_server}/nowhere", worker="one:1:a", clock=lambda: START)


async def test_a_cut_connection_fails_one_group_and_the_next_goes_on(postgres_url: str) -> None:
    storage = await opened(postgres_url)
    await storage.inbox.receive([said("1")], START)
    database = connect(postgres_url)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    kill = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    await database.write(lambda connection: connection.execute(kill).all())
    await database.close()
    with pytest.raises(StorageDown):
        await storage.inbox.receive([said("2")], START)
    assert [one.event.id for one in await storage.inbox.receive([said("2")], START)] == ["2"]
    await storage.close()


async def test_hostile_text_is_stored_as_far_as_it_can_be(url: str) -> None:
    storage = await opened(url)
    odd = "a\0b\ud83dc'; DROP TABLE inbox; --"
    event = said(f"1{odd}", chat=f"7{odd}", text=odd)
    (stored,) = await storage.inbox.receive([event], START)
    assert not await storage.inbox.receive([event], START)
    base = conversation(f"7{odd}", id="c1", slots={"need": odd, "n": 10**40}, source=odd, quotes={"need": odd})
    reply = message(base, START, odd)
    commit = turn(base, START, done=[stored.row], dispatches=[reply], release=True)
    assert await storage.conversations.commit(commit) == Committed()
    assert (await storage.reports.transcript("c1", 10, ""))[0][0].text == "a\ufffdb\ufffdc'; DROP TABLE inbox; --"
    assert not await storage.inbox.receive([event], START)
    assert (await storage.conversations.get("c1")) is not None
    await storage.close()


def test_a_database_that_lets_nobody_in_is_down_not_a_fault_of_ours() -> None:
    down = storage_down(ObjectNotInPrerequisiteStateError("database is not currently accepting connections"))
    assert down is not None
    assert "does not let anybody" in str(down)
