"""Backup and restore: one file format, a SQLite database, whichever database it is taken from or brought into."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, NullPool, create_engine, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from flows.errors import Misconfigured, Refused
from integrations.storage.migrate import current, migrate, newest, upgrade_on
from integrations.storage.schema import SCHEMA
from integrations.storage.tables import addresses, outbox
from integrations.storage.urls import connect

_CHUNK: Final = 1000  # rows in memory at a time


async def backup(url: str, file: Path) -> None:
    """Copy the database to a new file while others work on it: one moment of all tables, whole or not at all.

    Raises `Refused` when the file exists, `Misconfigured` when the schema is older than this program, `StorageDown`
    when the database cannot be read.
    """
    part = await asyncio.to_thread(_new_part, file)
    database = connect(url)
    try:
        await database.read(_demand_newest)
        take = _vacuum if database.embedded else _dump
        await database.read(lambda connection: take(connection, part))
        await asyncio.to_thread(_settle, part, file)
    finally:
        part.unlink(missing_ok=True)
        await database.close()


async def restore(url: str, file: Path) -> None:
    """Fill an empty database from a backup, in one transaction; an older backup is brought to the newest step first.

    Leases in it are dropped: the workers that held them are not here, and the work goes on at once. Raises `Refused`
    when the file is no backup, `Misconfigured` when the database is not empty.
    """
    with tempfile.TemporaryDirectory(prefix="assistant-restore-") as folder:
        ready = await asyncio.to_thread(_prepared, file, Path(folder))
        database = connect(url)
        try:
            await migrate(database)
            await database.write(lambda connection: _fill(connection, ready))
        finally:
            await database.close()


# ------------------------------------------------------------------ taking
def _demand_newest(connection: Connection) -> None:
    at = current(connection)
    if at != newest():
        step = f"at step {at}" if at else "empty"
        raise Misconfigured("DATABASE_URL", f"the database is {step}, not at {newest()}", "Run `assistant migrate`")


def _new_part(file: Path) -> Path:
    """Where the copy grows until it is whole."""
    if file.exists():
        raise _refused(file, "exists; name a new file, or remove it", "exists")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)  # a copy is for its owner alone, as the database is
    return part


def _refused(file: Path, reason: str, state: str) -> Refused:
    return Refused(f"{file} {reason}", state)


def _vacuum(connection: Connection, file: Path) -> None:
    """What this moment shows, compact; unlike SQLite's page copy it does not begin anew at each write."""
    driver: Any = connection.connection.driver_connection
    driver.execute("COMMIT")  # it brings its own transaction
    try:
        driver.execute("VACUUM INTO ?", (str(file),))
    finally:
        driver.execute("BEGIN")


def _dump(connection: Connection, file: Path) -> None:
    """All tables of one snapshot."""
    with _file(file) as target:
        upgrade_on(target)
        _pour(connection, target)


def _settle(part: Path, file: Path) -> None:
    """Give a finished copy its name once it is on the disk."""
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.rename(file)


# ------------------------------------------------------------------ bringing back
def _prepared(file: Path, folder: Path) -> Path:
    """The backup at the newest step: itself, or a copy that was brought there."""
    try:
        with _file(file, read_only=True) as connection:
            at = current(connection)
    except (DatabaseError, sqlite3.Error) as error:
        raise _refused(file, "is no backup, or cannot be read", "invalid") from error
    if not at:
        raise _refused(file, "is a database, but no backup of this program", "invalid")
    if at > newest():
        raise _refused(file, f"was made by a newer program, at step {at}; restore it with that one", "newer")
    if at == newest():
        return file
    copy = folder / "older.db"
    shutil.copyfile(file, copy)
    with _file(copy) as connection:
        upgrade_on(connection)
    return copy


def _fill(connection: Connection, file: Path) -> None:
    for table in SCHEMA.sorted_tables:
        if connection.execute(select(text("1")).select_from(table).limit(1)).first():
            raise Misconfigured(
                "DATABASE_URL", f"the database is not empty: it has {table.name}", "Restore into an empty database"
            )
    with _file(file, read_only=True) as source:
        _pour(source, connection)
    for leased in (addresses, outbox):
        connection.execute(update(leased).values(leased_by="", leased_until=0))
    if connection.dialect.name == "postgresql":
        _count_on(connection)


def _count_on(connection: Connection) -> None:
    """Let the counters of a server go on after the rows that came with their numbers."""
    for table in SCHEMA.sorted_tables:
        key = table.primary_key.columns[0]
        if key is table.autoincrement_column:
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            highest = select(func.coalesce(func.max(key) + 1, 1)).scalar_subquery()
            connection.execute(select(func.setval(sequence, highest, text("false"))))


def _pour(source: Connection, target: Connection) -> None:
    """Every row of every table, a chunk at a time."""
    for table in SCHEMA.sorted_tables:
        rows = source.execution_options(stream_results=True, yield_per=_CHUNK).execute(select(table)).mappings()
        for chunk in rows.partitions(_CHUNK):
            target.execute(insert(table), [dict(row) for row in chunk])


@contextmanager
def _file(file: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """A SQLite file in one transaction."""
    uri = f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    engine = create_engine(
        URL.create("sqlite+pysqlite"),
        creator=lambda: sqlite3.connect(uri, uri=True, check_same_thread=False),
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        yield connection
    engine.dispose()
