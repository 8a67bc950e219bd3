"""What people read: lists of conversations, transcripts, traces, and the figures of `integrations.storage.figures`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from flows.model import BOT, Json
from flows.outbound import Line
from flows.ports.reading import ConversationRow, Figures
from integrations.storage.codec import mapping, micros, moment
from integrations.storage.cursors import after, cursor_of
from integrations.storage.database import Database
from integrations.storage.figures import figures
from integrations.storage.prepared import fixed
from integrations.storage.tables import addresses, conversations, messages
from integrations.storage.tallies import Tallies

_SHOWN = (
    conversations.c.id,
    conversations.c.channel,
    conversations.c.locale,
    conversations.c.owner,
    conversations.c.flow,
    conversations.c.step,
    conversations.c.status,
    conversations.c.wants_person,
    conversations.c.started_at,
    conversations.c.updated_at,
)


class SqlReports:
    """The port `Reports` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tallies = Tallies(database)

    async def tally(self) -> None:
        """Count what has changed, so that the next one who asks for figures need not wait. Raises `StorageDown`."""
        await self._tallies()

    async def stats(self, since: datetime, until: datetime) -> Figures:
        """The figures of [since, until), all of one snapshot, of whatever was stored when this was called."""
        await self._tallies()
        found = await self._database.read(lambda connection: figures(connection, micros(since), micros(until)))
        return {"from": since.isoformat(), "to": until.isoformat(), **found}

    async def conversations(self, limit: int, cursor: str) -> tuple[Sequence[ConversationRow], int, str]:
        """A page by their beginning, newest first."""
        c = conversations.c
        statement = select(*_SHOWN).order_by(c.started_at.desc(), c.id.desc()).limit(limit + 1)
        if key := after(cursor):
            at, identity = key
            statement = statement.where(or_(c.started_at < at, and_(c.started_at == at, c.id < identity)))
        count = select(func.count()).select_from(conversations)
        rows, total = await self._database.read(
            lambda connection: (connection.execute(statement).all(), connection.execute(count).scalar_one())
        )
        items = [_shown(row) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return items, total, cursor_of(last.started_at, last.id) if last else ""

    async def owned(self, staff: str, limit: int) -> Sequence[ConversationRow]:
        """What somebody leads now, the latest turn first."""
        c = conversations.c
        newest = conversations.join(addresses, and_(addresses.c.key == c.address, addresses.c.ordinal == c.ordinal))
        # The second condition is implied, and what SQLite must read to use the index.
        statement = select(*_SHOWN).select_from(newest).where(c.owner == staff, c.owner != fixed(BOT))
        statement = statement.order_by(c.updated_at.desc(), c.id).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_shown(row) for row in rows]

    async def transcript(self, conversation: str, limit: int, cursor: str) -> tuple[Sequence[Line], int, str]:
        """Lines in the order in which they were stored."""
        m = messages.c
        mine = m.conversation == conversation
        key = after(cursor)
        statement = select(m.seq, m.id, m.by, m.at, m.text, m.trace).where(mine, m.seq > (key[0] if key else 0))
        statement = statement.order_by(m.seq).limit(limit + 1)
        count = select(func.count()).select_from(messages).where(mine)
        rows, total = await self._database.read(
            lambda connection: (connection.execute(statement).all(), connection.execute(count).scalar_one())
        )
        lines = [
            Line(row.id, conversation, row.by, moment(row.at), row.text, mapping(row.trace)) for row in rows[:limit]
        ]
        return lines, total, cursor_of(rows[limit - 1].seq) if len(rows) > limit else ""

    async def trace(self, message: str) -> Mapping[str, Json] | None:
        """How a bot message came about; None when there is no such line."""

        def job(connection: Connection) -> str | None:
            found: str | None = connection.execute(select(messages.c.trace).where(messages.c.id == message)).scalar()
            return found

        trace = await self._database.read(job)
        return None if trace is None else mapping(trace)


def _shown(row: Any) -> ConversationRow:  # noqa: ANN401 - a row of `_SHOWN`
    place = (row.flow, row.step, row.status, row.wants_person)
    times = (moment(row.started_at), moment(row.updated_at))
    return ConversationRow(row.id, row.channel, row.locale, row.owner, *place, *times)
