"""A database as the adapters see it: jobs that write and jobs that read, each one transaction, on either dialect."""

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Job: TypeAlias = Callable[[Connection], T]
"""The statements of one transaction, written once for SQLite and PostgreSQL."""


class Database(Protocol):
    """Runs jobs. Both raise `StorageDown` when the database is locked, full or away: then nothing was stored."""

    @property
    def embedded(self) -> bool:
        """Whether it is this program's own file, and not a server that others may be using."""
        ...

    async def write(self, job: Job[T]) -> T:
        """Run a job that may write, and commit it durably."""
        ...

    async def read(self, job: Job[T]) -> T:
        """Run a job that only reads, all its statements on one snapshot."""
        ...

    async def close(self) -> None:
        """Finish what runs and let the connections go."""
        ...
