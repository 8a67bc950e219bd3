"""A backup is one moment of a working database, and a restored copy goes on where it was, on either database."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.desk import Spot
from flows.errors import Misconfigured, Refused
from flows.outbound import Dispatch
from flows.ports.desk import Copy, Thread
from flows.ports.turns import Committed
from integrations.storage.backup import backup, restore
from integrations.storage.connect import Storage, open_storage
from integrations.storage.migrate import upgrade
from tests.contracts.storage_house import CONNECTED, address, conversation, lead, message, said, turn

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
THREAD = Thread("c7-1", Spot("slack", "C1", "100.1"), "100.1", "digest", 1, mentioned=True)


@asynccontextmanager
async def working(url: str) -> AsyncIterator[Storage]:
    """A worker with a prospect in the middle of a conversation, a waiting wake-up and an unsent reply."""
    await upgrade(url)
    opened = await open_storage(url, worker="one:1:a", clock=lambda: NOW)
    base = conversation()
    (stored,) = await opened.inbox.receive([said("1")], NOW)
    wake = Dispatch("wake", "wake", address(), base.id, "bot", LATER, payload={"wake": "nudge"})
    first = turn(base, NOW, done=[stored.row], dispatches=[message(base, NOW), wake], lead=lead(base), release=True)
    assert await opened.conversations.commit(first) == Committed()
    await opened.inbox.receive([said("2")], NOW)
    await opened.threads.keep(THREAD, NOW)
    await opened.threads.copied([Copy("1.in", THREAD.spot, "101")], NOW)
    assert await opened.notices.once("told", NOW)
    yield opened
    await opened.close()


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    """The database at work."""
    async with working(url) as opened:
        yield opened


async def goes_on(url: str) -> None:
    """What was open is open, what was done is done, and new rows get new numbers."""
    copy = await open_storage(url, worker="two:1:b", clock=lambda: NOW)
    try:
        assert not await copy.inbox.receive([said("1", chat="8")], NOW)
        (stored,) = await copy.inbox.claim(NOW, 10)
        assert stored.event == replace(said("2"), at=NOW)
        base = await copy.conversations.open(address())
        assert base is not None
        assert [entry.key for entry in await copy.outbox.claim(NOW, 10, CONNECTED)] == [f"{base.id}:1:0"]
        assert [entry.key for entry in await copy.outbox.claim(LATER, 10, CONNECTED)] == [f"{base.id}:1:0", "wake"]
        (later,) = await copy.inbox.receive([said("3", chat="9")], NOW)
        assert later.row > stored.row
        assert isinstance(
            await copy.conversations.commit(turn(base, NOW, done=[stored.row], lead=lead(base))), Committed
        )
        assert (await copy.reports.transcript(base.id, 10, ""))[1] == 1
        assert await copy.leads.get(base.id) is not None
        assert await copy.threads.at(THREAD.spot) == THREAD
        await copy.threads.copied([Copy("2.in", THREAD.spot, "102")], NOW)
        assert await copy.threads.by_message(THREAD.spot, "101") == Copy("1.in", THREAD.spot, "101")
        assert not await copy.notices.once("told", NOW)
    finally:
        await copy.close()


@pytest.mark.usefixtures("storage")
async def test_a_restored_copy_goes_on_where_it_was(url: str, tmp_path: Path) -> None:
    await backup(url, tmp_path / "deep" / "copy.db")
    await restore(f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}", tmp_path / "deep" / "copy.db")
    await goes_on(f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}")
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["copy.db"]


async def test_a_backup_moves_from_a_file_to_a_server(tmp_path: Path, postgres_url: str) -> None:
    source = f"sqlite+aiosqlite:///{tmp_path / 'source.db'}"
    async with working(source):
        await backup(source, tmp_path / "copy.db")
    await restore(postgres_url, tmp_path / "copy.db")
    await goes_on(postgres_url)


async def test_a_backup_under_traffic_is_one_moment(url: str, storage: Storage, tmp_path: Path) -> None:
    """Every turn in the copy has its line, its entry and its event, and no more than that."""
    stop = asyncio.Event()

    async def traffic(chat: str) -> None:
        base, number = conversation(chat), 0
        while not stop.is_set():
            number += 1
            (stored,) = await storage.inbox.receive([said(f"{chat}-{number}", chat=chat)], NOW)
            commit = turn(base, NOW, done=[stored.row], dispatches=[message(base, NOW)], release=True)
            assert isinstance(await storage.conversations.commit(commit), Committed)
            base = replace(base, version=number)

    tasks = [asyncio.create_task(traffic(f"chat{number}")) for number in range(5)]
    await asyncio.sleep(0.05)
    await backup(url, tmp_path / "copy.db")
    stop.set()
    await asyncio.gather(*tasks)
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        count = {name: copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("turns", "messages")}
        versions = copy.execute("SELECT sum(version) FROM conversations").fetchone()[0]
        done = copy.execute("SELECT count(*) FROM inbox WHERE done_at IS NOT NULL").fetchone()[0]
    copy.close()
    assert count["turns"] == count["messages"] == versions == done > 5


@pytest.mark.usefixtures("storage")
async def test_only_an_empty_database_is_restored_into(url: str, tmp_path: Path) -> None:
    await backup(url, tmp_path / "copy.db")
    with pytest.raises(Misconfigured, match="not empty"):
        await restore(url, tmp_path / "copy.db")
    with pytest.raises(Refused, match="exists"):
        await backup(url, tmp_path / "copy.db")


async def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    target = f"sqlite+aiosqlite:///{tmp_path / 'target.db'}"
    (tmp_path / "words.db").write_text("just words " * 100)
    sqlite3.connect(tmp_path / "other.db").close()
    with sqlite3.connect(tmp_path / "newer.db") as newer:
        newer.execute("CREATE TABLE alembic_version (version_num TEXT)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    newer.close()
    for name, reason in (("words", "no backup"), ("other", "no backup"), ("newer", "newer program"), ("gone", "read")):
        with pytest.raises(Refused, match=reason):
            await restore(target, tmp_path / f"{name}.db")
    with pytest.raises(Misconfigured, match="migrate"):
        await backup(target, tmp_path / "copy.db")
