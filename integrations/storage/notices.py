"""What was told to whom, and what waits for the next digest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import insert

from integrations.storage.codec import micros, storable
from integrations.storage.database import Database
from integrations.storage.desk_tables import gathered, notices

DEAD: Final = timedelta(minutes=2)
"""Who began to tell something so long ago, and has not done so, has died."""


class SqlNotices:
    """The port `Notices` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def once(self, key: str, now: datetime) -> bool:
        """Whether this key is told for the first time."""
        statement = insert(notices).values(key=key, at=micros(now), done=True).on_conflict_do_nothing()
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def begin(self, key: str, now: datetime) -> bool:
        """Whether to tell what the key stands for: one statement, so that of two workers one is told so."""
        statement = (
            insert(notices)
            .values(key=key, at=micros(now), done=False)
            .on_conflict_do_update(
                index_elements=[notices.c.key],
                set_={"at": micros(now)},
                where=and_(~notices.c.done, notices.c.at <= micros(now - DEAD)),
            )
        )
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def done(self, key: str, now: datetime) -> None:
        """It has been told."""
        values = {"at": micros(now), "done": True}
        statement = insert(notices).values(key=key, **values)
        statement = statement.on_conflict_do_update(index_elements=[notices.c.key], set_=values)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    async def gather(self, key: str, kind: str, conversation: str, text: str, now: datetime) -> None:
        """Keep something for the next digest."""
        row = {"key": key, "kind": kind, "conversation": conversation, "text": storable(text), "at": micros(now)}
        statement = insert(gathered).values(row).on_conflict_do_nothing()
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    async def gathered(self, until: datetime) -> Sequence[tuple[str, str, str]]:
        """Kind, conversation and text of what waits for a digest, oldest first."""
        g = gathered.c
        waiting = and_(~g.told, g.at < micros(until))
        statement = select(g.kind, g.conversation, g.text).where(waiting).order_by(g.at, g.key)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [(kind, conversation, text) for kind, conversation, text in rows]

    async def told(self, until: datetime) -> None:
        """Keep the keys of what has been told, and not its words."""
        waiting = and_(~gathered.c.told, gathered.c.at < micros(until))
        statement = update(gathered).where(waiting).values(told=True, text="")
        await self._database.write(lambda connection: connection.execute(statement).rowcount)
