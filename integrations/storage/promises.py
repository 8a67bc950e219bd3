"""What bot and reps promised to prospects, until it is kept or dropped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.ports.ledger import Promise
from integrations.storage.codec import micros, moment, storable
from integrations.storage.database import Database
from integrations.storage.desk_tables import promises
from integrations.storage.prepared import fixed

_p = promises.c
_PROMISE: Final = select(promises)
_OPEN: Final = _p.state == fixed("open")  # as the partial index has it


class SqlPromises:
    """The port `Promises` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, made: Sequence[Promise]) -> None:
        """Add; known ids are left as they are."""
        rows = [
            {
                "id": promise.id,
                "conversation": promise.conversation,
                "by": promise.by,
                "quote": storable(promise.quote),
                "made_at": micros(promise.made_at),
                "due": micros(promise.due) if promise.due else None,
                "state": promise.state,
                "reminded": promise.reminded,
            }
            for promise in made
        ]
        if rows:
            statement = insert(promises).on_conflict_do_nothing()
            await self._database.write(lambda connection: connection.execute(statement, rows).close())

    async def of(self, conversation: str) -> Sequence[Promise]:
        """Open ones, oldest first."""
        return await self._all(_PROMISE.where(_p.conversation == conversation, _OPEN).order_by(_p.made_at, _p.id))

    async def due(self, before: datetime, limit: int) -> Sequence[Promise]:
        """Open, due before that time, not reminded of."""
        late = _PROMISE.where(_OPEN, _p.due < micros(before), ~_p.reminded)
        return await self._all(late.order_by(_p.due, _p.id).limit(limit))

    async def reminded(self, promise: str) -> None:
        """Its owner was reminded."""
        statement = update(promises).where(_p.id == promise).values(reminded=True)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    async def end(self, promise: str, state: Literal["kept", "dropped"]) -> bool:
        """Close one; False when it was not open."""
        statement = update(promises).where(_p.id == promise, _OPEN).values(state=state)
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def _all(self, statement: Select[Any]) -> list[Promise]:
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_promise(row) for row in rows]


def _promise(row: Any) -> Promise:  # noqa: ANN401 - a row of `_PROMISE`
    return Promise(
        id=row.id,
        conversation=row.conversation,
        by=row.by,
        quote=row.quote,
        made_at=moment(row.made_at),
        due=None if row.due is None else moment(row.due),
        state=row.state,
        reminded=row.reminded,
    )
