"""Real processes on one database: they share the work, and one that is killed is followed without loss."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest
from sqlalchemy import text

from integrations.storage.connect import open_storage
from integrations.storage.leases import free_dead, worker_name
from integrations.storage.migrate import upgrade
from integrations.storage.urls import connect
from tests.contracts.storage_house import START, address, said

ROOT = Path(__file__).parents[3]


async def started(url: str, name: str, first: int, last: int) -> Process:
    """A worker that stores the events from `first` to before `last`."""
    module = "tests.integrations.storage.worker_process"
    arguments = (sys.executable, "-m", module, url, name, str(first), str(last))
    return await asyncio.create_subprocess_exec(*arguments, stdout=subprocess.PIPE, cwd=ROOT)


async def finished(process: Process) -> list[int]:
    """The rows it dealt with."""
    output, _ = await process.communicate()
    assert process.returncode == 0
    return [int(row) for row in output.split()]


async def numbers(url: str, statement: str) -> list[int]:
    """What a query over the whole database finds."""
    database = connect(url)
    try:
        return list(await database.read(lambda connection: connection.execute(text(statement)).scalars().all()))
    finally:
        await database.close()


async def test_two_processes_deal_with_every_event_once(url: str) -> None:
    await upgrade(url)
    workers = [await started(url, "a", 0, 60), await started(url, "b", 30, 90)]
    one, two = await asyncio.gather(*(finished(worker) for worker in workers))
    assert sorted(one + two) == await numbers(url, "SELECT id FROM inbox WHERE done_at IS NOT NULL ORDER BY id")
    assert await numbers(url, "SELECT count(*) FROM inbox") == [90]
    assert await numbers(url, "SELECT version FROM conversations") == [90]
    assert await numbers(url, "SELECT count(*) FROM outbox") == [90]


async def test_a_killed_process_is_followed_at_once(url: str) -> None:
    """Killed in the middle of its work, several times; the next one begins with what was left, not 15 s later."""
    await upgrade(url)
    for attempt in range(3):
        worker = await started(url, "a", attempt * 100, 100_000)
        assert worker.stdout is not None
        for _ in range(20):
            assert await worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
    await finished(await started(url, "a", 0, 0))
    assert await numbers(url, "SELECT id FROM inbox WHERE done_at IS NULL") == []
    (events,) = await numbers(url, "SELECT count(*) FROM inbox")
    assert await numbers(url, "SELECT version FROM conversations") == [events]
    assert await numbers(url, "SELECT count(*) FROM outbox") == [events]


@pytest.mark.parametrize(
    ("holder", "freed"),
    [
        (f"HOST:{os.getpid()}:old", True),  # the same number before a restart, as in a container
        ("HOST:4194305:old", True),  # beyond the largest number that Linux gives
        (f"HOST:{os.getppid()}:other", False),  # alive
        ("elsewhere:4194305:old", False),
        ("odd", False),
    ],
    ids=["restarted", "gone", "alive", "elsewhere", "odd"],  # not the numbers: each test worker has its own
)
async def test_leases_of_dead_processes_of_this_host_are_freed(sqlite_url: str, holder: str, *, freed: bool) -> None:
    await upgrade(sqlite_url)
    own = worker_name("new")
    dead = await open_storage(
        sqlite_url, worker=holder.replace("HOST", own.split(":", maxsplit=1)[0]), clock=lambda: START
    )
    await dead.inbox.receive([said("1")], START)
    await dead.close()
    storage = await open_storage(sqlite_url, worker=own, clock=lambda: START)
    claimed = await storage.inbox.claim(START, 10)
    assert [one.event.address for one in claimed] == ([address()] if freed else [])
    assert await storage.database.write(lambda connection: free_dead(connection, own)) == 0
    await storage.close()
