"""What went wrong in a database, in the product's terms: `StorageDown` when nothing was stored and waiting may help."""

import sqlite3
from typing import Final

from asyncpg import InterfaceError, PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from flows.errors import StorageDown

_AGAIN: Final = 1.0  # seconds
_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: "the database is locked by another program; end it, or wait until it is done",
    sqlite3.SQLITE_LOCKED: "the database is locked by another program; end it, or wait until it is done",
    sqlite3.SQLITE_READONLY: "the database cannot be written; let this user write the file and its folder",
    sqlite3.SQLITE_IOERR: "the disk refuses to write the database; check its free space, its limits and its health",
    sqlite3.SQLITE_FULL: "the disk is full; make room on it",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged; restore a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a database; check DATABASE_URL",
}
# Classes and codes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES: Final = {
    "53100": "the disk of the database server is full; make room on it",
    "25006": "the database takes no writes; it is a standby or set to read only",
    "55000": "the database server does not let anybody into this database at the moment",
    "55P03": "the database is locked by another program; end it, or wait until it is done",
    "08": "the connection to the database server broke",
    "28": "the database server refuses the user; check DATABASE_URL",
    "3D": "there is no such database on the server; create it, or check DATABASE_URL",
    "53": "the database server has no room for more connections or memory",
    "57P": "the database server is shutting down or starting",
    "58": "the database server has trouble with its files",
}


def storage_down(error: BaseException) -> StorageDown | None:
    """The same fault as `StorageDown`; None when it is about the data or the program, not about the database."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    text: str | None = None
    if isinstance(cause, sqlite3.Error):
        text = _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    elif isinstance(cause, OSError | PoolTimeout):
        text = "the database server does not answer; check that it runs and that DATABASE_URL names it"
    elif state := _sqlstate(cause):
        text = _POSTGRES.get(state) or _POSTGRES.get(state[:3]) or _POSTGRES.get(state[:2])
    elif isinstance(error, DBAPIError) and error.connection_invalidated:
        text = _POSTGRES["08"]
    return StorageDown(text, _AGAIN) if text else None


def _sqlstate(error: BaseException) -> str:
    """PostgreSQL's five letters; SQLAlchemy wraps the driver's error, which keeps them."""
    seen: BaseException | None = error
    while seen is not None:
        state = getattr(seen, "sqlstate", None)
        if isinstance(state, str):
            return state
        if isinstance(seen, InterfaceError) and not isinstance(seen, PostgresError):
            return "08000"
        seen = seen.__cause__
    return ""
