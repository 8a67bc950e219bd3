"""The outbox for people: what waits, what failed and why, and opening it again by hand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from flows.ports.reading import Delivery
from integrations.storage.codec import micros, moment
from integrations.storage.cursors import after, cursor_of
from integrations.storage.database import Database
from integrations.storage.tables import outbox


class SqlDeliveries:
    """The port `Deliveries` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, status: str | None, limit: int, cursor: str = "") -> tuple[Sequence[Delivery], int, str]:
        """Entries of a status, or all that are not sent, newest first."""
        chosen = outbox.c.status != "sent" if status is None else outbox.c.status == status
        count = select(func.count()).select_from(outbox).where(chosen)
        columns = (outbox.c.id, outbox.c.key, outbox.c.kind, outbox.c.conversation, outbox.c.status, outbox.c.due)
        statement = select(*columns, outbox.c.attempts, outbox.c.error).where(chosen)
        statement = statement.order_by(outbox.c.id.desc()).limit(limit + 1)
        if key := after(cursor):
            statement = statement.where(outbox.c.id < key[0])
        rows, total = await self._database.read(
            lambda connection: (connection.execute(statement).all(), connection.execute(count).scalar_one())
        )
        items = [
            Delivery(row.key, row.kind, row.conversation, row.status, moment(row.due), row.attempts, row.error)
            for row in rows[:limit]
        ]
        return items, total, cursor_of(rows[limit - 1].id) if len(rows) > limit else ""

    async def retry(self, keys: Sequence[str], now: datetime) -> int:
        """Open failed entries again, due now, with all their attempts before them."""
        statement = (
            update(outbox)
            .where(outbox.c.key.in_(keys), outbox.c.status == "failed")
            .values(status="open", due=micros(now), attempts=0)
        )
        return await self._database.write(lambda connection: connection.execute(statement).rowcount)
