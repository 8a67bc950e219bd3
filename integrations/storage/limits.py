"""Rate limits that all workers keep together: calls at an even pace, with a small burst."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from integrations.storage.codec import micros
from integrations.storage.database import Database
from integrations.storage.tracker_tables import limits

_SECOND: Final = 1_000_000
_BURST: Final = 33  # one call in so many may come at once with others


class SqlBudget:
    """The port `Budget` over a database.

    A burst of b calls and then an even pace of (calls - b) in the time keep within the limit in every window of that
    length, also in one that slides: so no service is ever asked too often, and 97 % of what it allows is used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, limit: int, seconds: float, now: datetime) -> float:
        """Take one of `limit` calls in `seconds`; 0, or how long to wait."""
        burst = max(limit // _BURST, 1)
        pace = round(seconds * _SECOND / max(limit - burst, 1))
        at = micros(now)

        def job(connection: Connection) -> float:
            found = select(limits.c.free_at).where(limits.c.name == name).with_for_update()
            following = max(connection.execute(found).scalar() or 0, at) + pace
            early = following - at - burst * pace
            if early > 0:
                return early / _SECOND
            statement = insert(limits).values(name=name, free_at=following)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"free_at": following}))
            return 0.0

        return await self._database.write(job)
