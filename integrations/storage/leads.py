"""The leads: pages, one by one, and all of them as a stream that holds a few hundred at a time."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, or_, select, update

from flows.model import Contact, Json, Lead, LeadStatus, Money, Score
from flows.ports.reading import Filter, LeadRow, Page
from integrations.storage.codec import loads, mapping, micros, moment, storable
from integrations.storage.cursors import after, cursor_of
from integrations.storage.database import Database, Job
from integrations.storage.rows import PURPOSE
from integrations.storage.shapes import read
from integrations.storage.tables import consents, lead_statuses, leads

_CHUNK: Final = 500
_STATUS_CHANGE: Final = insert(lead_statuses)
_newest = consents.alias("newest")
_ANSWER: Final = (
    select(func.max(_newest.c.id))
    .where(_newest.c.conversation == leads.c.conversation, _newest.c.purpose == PURPOSE)
    .correlate(leads)
    .scalar_subquery()
)
_LEADS: Final = select(
    leads, consents.c.granted, consents.c.text.label("words"), consents.c.at.label("agreed_at")
).select_from(leads.outerjoin(consents, consents.c.id == _ANSWER))
_NEWEST_FIRST: Final = (leads.c.created_at.desc(), leads.c.id.desc())


class SqlLeads:
    """The port `Leads` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, query: Filter) -> Page:
        """One page, newest first, and the count of all that match, both of one moment."""
        chosen = _matching(query)
        key = after(query.cursor)
        below = _before(*key) if key else None
        statement = _LEADS.where(*chosen, *([below] if below is not None else []))
        statement = statement.order_by(*_NEWEST_FIRST).limit(query.limit + 1)

        def job(connection: Connection) -> tuple[Sequence[Row[Any]], int]:
            total = connection.execute(select(func.count()).select_from(leads).where(*chosen)).scalar_one()
            return connection.execute(statement).all(), total

        rows, total = await self._database.read(job)
        items = tuple(_lead_row(row) for row in rows[: query.limit])
        last = rows[query.limit - 1] if len(rows) > query.limit else None
        return Page(items, total, cursor_of(last.created_at, last.id) if last else "")

    async def get(self, lead: str) -> LeadRow | None:
        """One lead."""
        statement = _LEADS.where(leads.c.id == lead)
        row = await self._database.read(lambda connection: connection.execute(statement).first())
        return _lead_row(row) if row else None

    async def update(
        self,
        lead: str,
        status: LeadStatus | None,
        owner: str | None,
        by: str,
        now: datetime,
        *,
        amount: Money | None = None,
        reason: str = "",
    ) -> bool:
        """Change status, owner or amount; a status that it already has makes no new line of its history."""
        at = micros(now)
        values: dict[str, object] = {"updated_at": at}
        if status is not None:
            values["status"] = status
        if owner is not None:
            values["owner"] = owner
        if amount is not None:
            values |= {"amount_minor": amount.minor, "amount_currency": amount.currency}

        def job(connection: Connection) -> bool:
            found = connection.execute(select(leads.c.status).where(leads.c.id == lead).with_for_update()).first()
            if found is None:
                return False
            if status is not None and found.status != status:
                change = {"lead": lead, "status": status, "by": by, "at": at, "reason": reason}
                connection.execute(_STATUS_CHANGE, change)
            connection.execute(update(leads).where(leads.c.id == lead).values(values))
            return True

        return await self._database.write(job)

    async def rows(self, query: Filter) -> AsyncIterator[LeadRow]:
        """All that match, oldest first, read in chunks; `limit` and `cursor` do not count."""
        chosen = _matching(query)
        last: Row[Any] | None = None
        while True:
            beyond = [_after(last.created_at, last.id)] if last is not None else []
            statement = _LEADS.where(*chosen, *beyond).order_by(leads.c.created_at, leads.c.id).limit(_CHUNK)
            rows = await self._database.read(_all(statement))
            for row in rows:
                yield _lead_row(row)
            if len(rows) < _CHUNK:
                return
            last = rows[-1]


def _all(statement: Select[Any]) -> Job[Sequence[Row[Any]]]:
    return lambda connection: connection.execute(statement).all()


def _matching(query: Filter) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [leads.c.merged_into == ""]
    if query.status:
        chosen.append(leads.c.status == query.status)
    if query.source:
        chosen.append(leads.c.source == query.source)
    if query.since is not None:
        chosen.append(leads.c.created_at >= micros(query.since))
    if query.until is not None:
        chosen.append(leads.c.created_at < micros(query.until))
    if words := storable(query.text).casefold().split():
        chosen += [leads.c.search.contains(word, autoescape=True) for word in words]
    return chosen


def _before(at: int, lead: str) -> ColumnElement[bool]:
    return or_(leads.c.created_at < at, and_(leads.c.created_at == at, leads.c.id < lead))


def _after(at: int, lead: str) -> ColumnElement[bool]:
    return or_(leads.c.created_at > at, and_(leads.c.created_at == at, leads.c.id > lead))


def _version(words: str) -> str:
    """The version of the words agreed to, from `key@version#hash`."""
    return words.partition("@")[2].partition("#")[0] or words


def _lead_row(row: Row[Any]) -> LeadRow:
    contact, reasons = loads(row.contact), loads(row.reasons)
    amount: Json = {"minor": row.amount_minor, "currency": row.amount_currency} if row.amount_currency else None
    consent: Json = {"version": _version(row.words), "at": moment(row.agreed_at).isoformat()} if row.granted else None
    score = read(Score, {"points": row.points, "reasons": reasons, "temperature": row.temperature})
    return LeadRow(
        id=row.id,
        lead=Lead(
            conversation=row.conversation,
            status=row.status,
            score=score,
            slots=mapping(row.slots),
            contact=read(Contact, contact) if isinstance(contact, dict) else None,
            source=row.source,
            locale=row.locale,
        ),
        channel=row.channel,
        owner=row.owner,
        amount=amount,
        consent=consent,
        trackers=mapping(row.trackers),
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        merged_into=row.merged_into,
    )
