"""The cards of leads in the trackers: which they are, what they show, and whose move was the newest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, insert, not_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from flows.model import BOT, Json, LeadStatus
from flows.ports.tracker import Carded, CardRef
from integrations.storage.codec import dumps, mapping, micros, moment
from integrations.storage.database import Database
from integrations.storage.rows import audit_row
from integrations.storage.statements import AUDIT
from integrations.storage.tables import lead_statuses, leads
from integrations.storage.tracker_tables import cards

_SELECT: Final = select(cards)


class SqlCards:
    """The port `Cards` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, lead: str, tracker: str) -> Carded | None:
        """One."""
        statement = _SELECT.where(cards.c.lead == lead, cards.c.tracker == tracker)
        return _carded(await self._database.read(lambda connection: connection.execute(statement).first()))

    async def by_card(self, tracker: str, card: str) -> Carded | None:
        """By the tracker's id."""
        statement = _SELECT.where(cards.c.tracker == tracker, cards.c.card == card)
        return _carded(await self._database.read(lambda connection: connection.execute(statement).first()))

    async def keep(self, carded: Carded, now: datetime) -> None:
        """Add or replace; the lead's `trackers` show it. A move that came meanwhile is not forgotten."""
        values = _values(carded, now)
        changed = {name: value for name, value in values.items() if name not in {"lead", "tracker", "moved_at"}}

        def job(connection: Connection) -> None:
            statement = upsert(cards).values(values)
            connection.execute(statement.on_conflict_do_update(index_elements=["lead", "tracker"], set_=changed))
            if carded.ref is not None:
                _show(connection, carded.lead, carded.tracker, carded.ref)

        await self._database.write(job)

    async def all(self, tracker: str, after: str, limit: int) -> Sequence[Carded]:
        """Those with a card, by lead, beyond `after`."""
        chosen = (cards.c.tracker == tracker, cards.c.card != "", cards.c.lead > after)
        statement = _SELECT.where(*chosen).order_by(cards.c.lead).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [found for row in rows if (found := _carded(row)) is not None]

    async def moves(self, tracker: str, since: datetime, until: datetime) -> int:
        """How many cards were moved between two times."""
        chosen = (cards.c.tracker == tracker, cards.c.moved_at.between(micros(since), micros(until)))
        statement = select(func.count()).select_from(cards).where(*chosen)
        return await self._database.read(lambda connection: connection.execute(statement).scalar_one())

    async def behind(self, before: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Lead, tracker and time of change; a lead whose first card is still to be made is nobody's business here."""
        changed = (cards.c.card != "", leads.c.updated_at > cards.c.updated_at, leads.c.updated_at < micros(before))
        statement = (
            select(cards.c.lead, cards.c.tracker, leads.c.updated_at)
            .select_from(cards.join(leads, leads.c.id == cards.c.lead))
            .where(*changed)
            .order_by(leads.c.updated_at)
            .limit(limit)
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [(row.lead, row.tracker, moment(row.updated_at)) for row in rows]

    async def moved(self, carded: Carded, status: LeadStatus | None, at: datetime, now: datetime) -> bool:
        """The newest move of a lead wins, in whichever tracker or by whoever it was made; each is in the audit."""
        when, by = micros(at), f"tracker:{carded.tracker}"
        details: dict[str, Json] = {
            "lead": carded.lead,
            "column": carded.column,
            "status": status,
            "moved_at": at.isoformat(),
        }

        def job(connection: Connection) -> bool:
            lead = select(leads.c.status).where(leads.c.id == carded.lead).with_for_update()
            before = connection.execute(lead).scalar()
            counts = before is not None and _newest(connection, carded.lead) < when
            action = {"by": by, "action": "moved" if counts else "moved_before", **details}
            AUDIT.many(connection, [audit_row(action, micros(now))])
            if counts:
                _move(connection, carded, status or str(before), when, micros(now))
            if counts and status is not None and status != before:
                row = {"lead": carded.lead, "status": status, "by": by, "at": micros(now)}
                connection.execute(insert(lead_statuses), row)
                change = update(leads).where(leads.c.id == carded.lead)
                connection.execute(change.values(status=status, updated_at=micros(now)))
            return counts

        return await self._database.write(job)


def _newest(connection: Connection, lead: str) -> int:
    """When the lead was last moved, by the tracker's clock, or by people elsewhere, by ours."""
    by_people = and_(lead_statuses.c.by != BOT, not_(lead_statuses.c.by.startswith("tracker:")))
    times = (
        select(func.max(cards.c.moved_at)).where(cards.c.lead == lead),
        select(func.max(lead_statuses.c.at)).where(lead_statuses.c.lead == lead, by_people),
    )
    return max(connection.execute(time).scalar() or 0 for time in times)


def _move(connection: Connection, carded: Carded, status: str, when: int, now: int) -> None:
    here = (cards.c.lead == carded.lead, cards.c.tracker == carded.tracker)
    values = {"moved_at": when, "place": carded.column, "status": status, "updated_at": now}
    connection.execute(update(cards).where(*here).values(values))


def _show(connection: Connection, lead: str, tracker: str, ref: CardRef) -> None:
    """Put the card among the lead's trackers."""
    known = connection.execute(select(leads.c.trackers).where(leads.c.id == lead).with_for_update()).scalar()
    if known is not None:
        trackers = {**mapping(known), tracker: {"id": ref.id, "url": ref.url}}
        connection.execute(update(leads).where(leads.c.id == lead).values(trackers=dumps(trackers)))


def _values(carded: Carded, now: datetime) -> dict[str, object]:
    return {
        "lead": carded.lead,
        "tracker": carded.tracker,
        "card": carded.ref.id if carded.ref else "",
        "url": carded.ref.url if carded.ref else "",
        "shown": carded.shown,
        "tried": carded.tried,
        "attached": carded.attached,
        "status": carded.status or "",
        "moved_at": micros(carded.moved_at) if carded.moved_at else None,
        "place": carded.column,
        "updated_at": micros(now),
    }


def _carded(row: Row[Any] | None) -> Carded | None:
    if row is None:
        return None
    return Carded(
        lead=row.lead,
        tracker=row.tracker,
        ref=CardRef(row.card, row.url, row.place) if row.card else None,
        shown=row.shown,
        tried=bool(row.tried),
        attached=bool(row.attached),
        status=row.status or None,
        moved_at=moment(row.moved_at) if row.moved_at is not None else None,
        column=row.place,
        kept_at=moment(row.updated_at),
    )
