"""Leads that may be one person's: found by what they share, merged and taken apart again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.model import Contact
from flows.ports.ledger import Twin
from integrations.storage.codec import loads, micros
from integrations.storage.database import Database
from integrations.storage.desk_tables import twins
from integrations.storage.rows import audit_row
from integrations.storage.shapes import read
from integrations.storage.statements import AUDIT
from integrations.storage.tables import leads

_l, _t = leads.c, twins.c
_OVER: Final = ("won", "lost", "not_a_fit")
_KNOWN: Final = select(_l.id, _l.phone, _l.email, _l.contact)
_PAIR: Final = [_t.first, _t.second]


class SqlTwins:
    """The port `Twins` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, lead: str) -> Sequence[Twin]:
        """Other open leads with the same phone or e-mail: these columns are filled only where that was agreed to."""

        def job(connection: Connection) -> list[Twin]:
            mine = connection.execute(_KNOWN.where(_l.id == lead)).first()
            if mine is None:
                return []
            same = [column == value for column, value in ((_l.phone, mine.phone), (_l.email, mine.email)) if value]
            if not same:
                return []
            others = and_(_l.id != lead, _l.merged_into == "", _l.status.not_in(_OVER))
            statement = _KNOWN.where(or_(*same), others).order_by(_l.created_at, _l.id)
            return [_twin(mine, other) for other in connection.execute(statement)]

        return await self._database.read(job)

    async def merge(self, lead: str, other: str, key: str, by: str, now: datetime, *, verified: bool) -> bool:
        """Make `lead` a part of `other`, or of what that is a part of."""

        def job(connection: Connection) -> bool:
            held = _hold(connection, lead, other)
            kept = other if lead in held and other in held and not held[lead] else ""
            while kept and (into := _merged_into(connection, kept)):
                kept = into
            if kept in {"", lead}:
                return False
            connection.execute(update(leads).where(_l.id == lead).values(merged_into=kept, updated_at=micros(now)))
            values = {"shared": key, "verified": verified, "state": "merged"}
            row = _pair(lead, kept) | values | {"by": by, "at": micros(now)}
            same = insert(twins).values(row).on_conflict_do_update(index_elements=_PAIR, set_=row)
            connection.execute(same)
            _audit(connection, by, "merge", lead, kept, now)
            return True

        return await self._database.write(job)

    async def undo(self, lead: str, by: str, now: datetime) -> bool:
        """Take a merge back: the lead is one of its own again, with all that it was."""

        def job(connection: Connection) -> bool:
            kept = _hold(connection, lead).get(lead, "")
            if not kept:
                return False
            connection.execute(update(leads).where(_l.id == lead).values(merged_into="", updated_at=micros(now)))
            first, second = sorted((lead, kept))
            pair = and_(_t.first == first, _t.second == second)
            connection.execute(update(twins).where(pair).values(state="undone", by=by, at=micros(now)))
            _audit(connection, by, "merge_undo", lead, kept, now)
            return True

        return await self._database.write(job)

    async def flag(self, twin: Twin, now: datetime) -> bool:
        """Note a possible duplicate; False when anything is known of the pair."""
        values = {"shared": twin.key, "verified": twin.verified, "state": twin.state, "at": micros(now)}
        statement = insert(twins).values(_pair(twin.lead, twin.other) | values).on_conflict_do_nothing()
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def of(self, lead: str) -> Sequence[Twin]:
        """What is known of a lead, oldest first."""
        statement = select(twins).where(or_(_t.first == lead, _t.second == lead)).order_by(_t.at, _t.first, _t.second)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_known(row) for row in rows]


def forget(connection: Connection, lead: str) -> None:
    """Drop what was guessed from a contact that is forgotten; a merge stays, what it rested on does not."""
    mine = or_(_t.first == lead, _t.second == lead)
    connection.execute(delete(twins).where(mine, _t.state != "merged"))
    connection.execute(update(twins).where(mine).values(shared=""))


def _hold(connection: Connection, *some: str) -> dict[str, str]:
    """Lock leads, always in the same order, and tell what each is a part of."""
    statement = select(_l.id, _l.merged_into).where(_l.id.in_(some)).order_by(_l.id).with_for_update()
    return dict(connection.execute(statement).all())


def _merged_into(connection: Connection, lead: str) -> str:
    return str(connection.execute(select(_l.merged_into).where(_l.id == lead)).scalar() or "")


def _pair(lead: str, other: str) -> dict[str, object]:
    first, second = sorted((lead, other))
    return {"first": first, "second": second, "lead": lead}


def _audit(connection: Connection, by: str, action: str, lead: str, kept: str, now: datetime) -> None:
    AUDIT.many(connection, [audit_row({"by": by, "action": action, "lead": lead, "into": kept}, micros(now))])


def _twin(mine: Any, other: Any) -> Twin:  # noqa: ANN401 - rows of `_KNOWN`
    key = "phone" if mine.phone and mine.phone == other.phone else "email"
    contacts = [read(Contact, loads(row.contact)) for row in (mine, other)]
    # A messenger that vouches for a phone does not vouch for the e-mail beside it.
    vouched = key == "phone" or not any(contact.phone for contact in contacts)
    return Twin(mine.id, other.id, key, vouched and all(contact.verified for contact in contacts))


def _known(row: Any) -> Twin:  # noqa: ANN401 - a row of `twins`
    other = row.second if row.lead == row.first else row.first
    return Twin(row.lead, other, row.shared, row.verified, row.state)
