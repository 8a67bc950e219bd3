"""SQLite: one thread that writes, a few that read, and a thread job for a whole transaction, never for a statement."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from integrations.storage.database import Job
from integrations.storage.faults import storage_down

T = TypeVar("T")
BUSY = 5_000  # milliseconds to wait for another process's transaction
_READERS: Final = 2
# WAL lets readers and the writer go on beside each other; FULL syncs each commit, which a group of turns shares. The
# log is copied into the file at 16 MB, not at SQLite's 4: a page that many turns changed is then copied once for all.
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -4096",
    "PRAGMA wal_autocheckpoint = 4000",
)


class SqliteDatabase:
    """A database in a file; its folder is made when it is missing."""

    embedded = True

    def __init__(self, file: str) -> None:
        Path(file).absolute().parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # it is there, or SQLite says below what is wrong
            # What prospects say is for the file's owner alone; the log beside it takes its mode over.
            Path(file).touch(mode=0o600, exist_ok=False)
        self._closed = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="storage-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="storage-reader")
        self._writing = _engine(file, "BEGIN IMMEDIATE", poolclass=StaticPool)
        self._reading = _engine(file, "BEGIN", poolclass=QueuePool, pool_size=_READERS, max_overflow=0)

    async def write(self, job: Job[T]) -> T:
        """Run a job in the writer's thread, in one transaction that is on the disk when this returns."""
        return await self._run(self._writer, self._writing, job)

    async def read(self, job: Job[T]) -> T:
        """Run a job in a reader's thread, on one snapshot, beside the writer."""
        return await self._run(self._readers, self._reading, job)

    async def close(self) -> None:
        """Wait for the jobs that run, then close the file; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, self._writing.dispose)
        await loop.run_in_executor(self._readers, self._reading.dispose)
        self._writer.shutdown()
        self._readers.shutdown()

    async def _run(self, threads: ThreadPoolExecutor, engine: Engine, job: Job[T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, _transact, engine, job)
        except (DBAPIError, sqlite3.Error) as error:
            down = storage_down(error)
            if down is None:
                raise
            raise down from error


def _transact(engine: Engine, job: Callable[[Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return job(connection)
    except (DBAPIError, sqlite3.Error) as error:
        if storage_down(error) is not None:
            # A connection that met a full or failing disk may keep a broken view of the log: begin afresh.
            engine.dispose()
        raise


def _engine(file: str, begin: str, **pool: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own keywords
    # Statements that Prepared runs bypass SQLAlchemy's log and hooks; nothing here relies on those.
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=file), connect_args={"check_same_thread": False}, **pool
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY}")
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is not IMMEDIATE
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(begin)

    return engine
