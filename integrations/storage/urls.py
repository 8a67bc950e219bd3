"""DATABASE_URL read: which database it names."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from flows.errors import Misconfigured
from integrations.storage.database import Database
from integrations.storage.sqlite import SqliteDatabase


def connect(url: str) -> Database:
    """The database of a DATABASE_URL. Raises `Misconfigured` when it is neither of the two kinds."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    kind = parsed.get_backend_name() if parsed is not None else ""
    if parsed is not None and kind == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return SqliteDatabase(str(parsed.database))
    if parsed is not None and kind == "postgresql":
        # Imported only where it is used: the asynchronous engine brings the whole object mapper into the start.
        from integrations.storage.postgres import PostgresDatabase  # noqa: PLC0415

        return PostgresDatabase(parsed.set(drivername="postgresql+asyncpg"))
    raise Misconfigured(
        "DATABASE_URL",
        "it names no database that this program knows",
        "Write sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user:password@host/name",
    )
