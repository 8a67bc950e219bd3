"""The people who work here, and the record of who did what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.model import Json
from flows.ports.people import Person
from integrations.storage.codec import micros, moment
from integrations.storage.database import Database
from integrations.storage.rows import audit_row
from integrations.storage.statements import AUDIT
from integrations.storage.tables import staff

_COLUMNS = (staff.c.id, staff.c.email, staff.c.role, staff.c.name, staff.c.telegram, staff.c.slack, staff.c.away_until)


class SqlStaff:
    """The port `Staff` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, person: Person, now: datetime) -> Person:
        """Add or change by e-mail, letter case aside; who has no id gets one, who is known keeps theirs."""
        email = person.email.strip().casefold()
        values = {"role": person.role, "name": person.name, "telegram": person.telegram, "slack": person.slack}
        identity = person.id or uuid5(NAMESPACE_URL, f"mailto:{email}").hex[:12]

        def job(connection: Connection) -> Person:
            row = {"id": identity, "email": email, "created_at": micros(now), "updated_at": micros(now), **values}
            changed = {**values, "updated_at": micros(now)}
            statement = insert(staff).values(row).on_conflict_do_update(index_elements=[staff.c.email], set_=changed)
            connection.execute(statement)
            return _person(connection.execute(select(*_COLUMNS).where(staff.c.email == email)).one())

        return await self._database.write(job)

    async def list(self) -> Sequence[Person]:
        """Everybody, by e-mail."""
        statement = select(*_COLUMNS).order_by(staff.c.email)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_person(row) for row in rows]

    async def away(self, person: str, until: datetime | None) -> bool:
        """Say until when somebody is away."""
        at = None if until is None else micros(until)
        statement = update(staff).where(staff.c.id == person).values(away_until=at)
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def audit(self, by: str, action: str, details: Mapping[str, Json], now: datetime) -> None:
        """Write down who did what; it is durable when this returns."""
        row = audit_row({**details, "by": by, "action": action}, micros(now))
        await self._database.write(lambda connection: AUDIT.many(connection, [row]))


def _person(row: Any) -> Person:  # noqa: ANN401 - a row of `_COLUMNS`
    identity, email, role, name, telegram, slack, away = row
    return Person(identity, email, role, name, telegram, slack, None if away is None else moment(away))
