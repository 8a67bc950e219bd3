"""PostgreSQL: the same jobs as on SQLite, run on asyncpg's connections."""

from typing import Final, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from integrations.storage.database import Job
from integrations.storage.faults import storage_down

T = TypeVar("T")
_POOL: Final = 5  # the committer, the schedule and a few readers
_SECONDS: Final = 5.0  # to wait for a lock, a free connection or the server


class PostgresDatabase:
    """A database on a server."""

    embedded = False

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=_POOL,
            pool_timeout=_SECONDS,
            connect_args={
                "timeout": _SECONDS,
                "server_settings": {"lock_timeout": f"{_SECONDS:g}s", "application_name": "assistant"},
            },
        )
        self._snapshot = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def write(self, job: Job[T]) -> T:
        """Run a job in one transaction that is durable when this returns."""
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(job)
        except (DBAPIError, OSError, PoolTimeout) as error:
            down = storage_down(error)
            if down is None:
                raise
            raise down from error

    async def read(self, job: Job[T]) -> T:
        """Run a job on one snapshot."""
        try:
            async with self._snapshot.connect() as connection:
                return await connection.run_sync(job)
        except (DBAPIError, OSError, PoolTimeout) as error:
            down = storage_down(error)
            if down is None:
                raise
            raise down from error

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
