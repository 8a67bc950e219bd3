"""What reps wrote that has not simply left: asked about, on its way, or taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.desk import Spot
from flows.model import File
from flows.ports.desk import Held, HeldState
from integrations.storage.codec import dumps, loads, micros, moment, storable
from integrations.storage.database import Database
from integrations.storage.desk_tables import holds
from integrations.storage.shapes import read

_h = holds.c
_HELD: Final = select(holds)
_OLDEST: Final = (_h.at, _h.id)


class SqlHolds:
    """The port `Holds` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, held: Held) -> bool:
        """Add, or replace by id; whether it was new."""
        values = _values(held)
        add = insert(holds).values({"id": held.id, **values}).on_conflict_do_nothing()
        replace = update(holds).where(_h.id == held.id).values(values)

        def job(connection: Connection) -> bool:
            if connection.execute(add).rowcount:
                return True
            connection.execute(replace)
            return False

        return await self._database.write(job)

    async def get(self, held: str) -> Held | None:
        """One."""
        found = await self._all(_HELD.where(_h.id == held))
        return found[0] if found else None

    async def move(self, held: str, expect: HeldState, state: HeldState, *, entry: str = "") -> bool:
        """Compare and set the state; the entry stays where none is given."""
        values = {"state": state, "entry": entry} if entry else {"state": state}
        statement = update(holds).where(_h.id == held, _h.state == expect).values(values)
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def of(self, conversation: str, state: HeldState) -> Sequence[Held]:
        """Those of a conversation, oldest first."""
        return await self._all(_HELD.where(_h.conversation == conversation, _h.state == state).order_by(*_OLDEST))

    async def forgotten(self, before: datetime, limit: int) -> Sequence[Held]:
        """Asked about before that time, not decided and not reminded of."""
        asked = _HELD.where(_h.state == "asked", ~_h.reminded, _h.at < micros(before))
        return await self._all(asked.order_by(*_OLDEST).limit(limit))

    async def reminded(self, held: str) -> None:
        """Its person was reminded."""
        statement = update(holds).where(_h.id == held).values(reminded=True)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    async def overdue(self, before: datetime, limit: int) -> Sequence[Held]:
        """On their way, though they were due before that time."""
        late = _HELD.where(_h.state == "sending", _h.due < micros(before))
        return await self._all(late.order_by(*_OLDEST).limit(limit))

    async def _all(self, statement: Select[Any]) -> list[Held]:
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_held(row) for row in rows]


def _values(held: Held) -> dict[str, object]:
    return {
        "conversation": held.conversation,
        "desk": held.spot.desk,
        "channel": held.spot.channel,
        "thread": held.spot.thread,
        "message": held.message,
        "by": held.by,
        "member": held.member,
        "text": storable(held.text),
        "files": dumps(held.files),
        "state": held.state,
        "at": micros(held.at),
        "due": micros(held.due),
        "entry": held.entry,
        "prompt": held.prompt,
        "reminded": held.reminded,
    }


def _held(row: Any) -> Held:  # noqa: ANN401 - a row of `_HELD`
    files = loads(row.files)
    return Held(
        id=row.id,
        conversation=row.conversation,
        spot=Spot(row.desk, row.channel, row.thread),
        message=row.message,
        by=row.by,
        member=row.member,
        text=row.text,
        files=tuple(read(File, file) for file in files) if isinstance(files, list) else (),
        state=row.state,
        at=moment(row.at),
        due=moment(row.due),
        entry=row.entry,
        prompt=row.prompt,
        reminded=row.reminded,
    )
