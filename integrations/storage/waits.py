"""Requests for a person until they ended, and how busy, how quick and how silent the people are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.model import BOT
from flows.ports.ledger import Wait
from integrations.storage.codec import dumps, loads, micros, moment, storable
from integrations.storage.database import Database
from integrations.storage.desk_tables import waits
from integrations.storage.prepared import fixed
from integrations.storage.tables import addresses, conversations, messages

_w = waits.c
_WAIT: Final = select(waits)
_SECOND: Final = 1_000_000  # in microseconds
_HOUR: Final = 3600 * _SECOND
_OPEN: Final = _w.state == fixed("open")  # as the partial index has it
# Whose newest conversation is owned by a person: a prospect who began anew has left the old one behind.
_NEWEST: Final = conversations.join(
    addresses, and_(addresses.c.key == conversations.c.address, addresses.c.ordinal == conversations.c.ordinal)
)
_OWNED: Final = and_(conversations.c.owner != fixed(BOT), conversations.c.status == "open")


class SqlWaits:
    """The port `Waits` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, wait: Wait) -> Wait:
        """Begin one unless one is open; the open one, with the number that it got."""
        mine = _w.conversation == wait.conversation
        count = select(func.coalesce(func.max(_w.number), 0)).where(mine)

        def job(connection: Connection) -> Wait:
            while True:
                number = connection.execute(count).scalar_one() + 1
                row = {**_values(wait), "conversation": wait.conversation, "number": number, "state": "open"}
                # Whoever is second of two at once waits for the first one's commit, and then adds nothing.
                connection.execute(insert(waits).values(row).on_conflict_do_nothing())
                if found := connection.execute(_WAIT.where(mine, _OPEN)).first():
                    return _wait(found)

        return await self._database.write(job)

    async def of(self, conversation: str) -> Wait | None:
        """The open one."""
        found = await self._all(_WAIT.where(_w.conversation == conversation, _OPEN))
        return found[0] if found else None

    async def change(self, wait: Wait) -> bool:
        """Write down its rung, or its end, while it is open."""
        this = and_(_w.conversation == wait.conversation, _w.number == wait.number, _OPEN)
        statement = update(waits).where(this).values(_values(wait))
        return bool(await self._database.write(lambda connection: connection.execute(statement).rowcount))

    async def due(self, now: datetime, limit: int) -> Sequence[Wait]:
        """Open ones whose next rung is due."""
        return await self._all(
            _WAIT.where(_OPEN, _w.next_at <= micros(now)).order_by(_w.next_at, _w.conversation).limit(limit)
        )

    async def answer_times(self, since: datetime, hour: int | None = None) -> Sequence[int]:
        """Seconds from asking to claiming."""
        claimed = and_(_w.state == "claimed", _w.asked_at >= micros(since), _w.ended_at.is_not(None))
        statement = select(_w.asked_at, _w.ended_at).where(claimed).order_by(_w.asked_at)
        if hour is not None:
            statement = statement.where(_w.asked_at / fixed(_HOUR) % fixed(24) == hour)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [(ended - asked) // _SECOND for asked, ended in rows]

    async def recent(self, limit: int) -> Sequence[Wait]:
        """The waits that began last, newest first."""
        return await self._all(_WAIT.order_by(_w.asked_at.desc(), _w.conversation.desc()).limit(limit))

    async def busy(self) -> dict[str, int]:
        """How many open conversations each staff id owns."""
        c = conversations.c
        statement = select(c.owner, func.count()).select_from(_NEWEST).where(_OWNED).group_by(c.owner)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return dict(rows)

    async def silent(self, before: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Owned conversations whose prospect waits for the owner's words."""
        statement = _silent(micros(before)).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [(row.id, row.owner, moment(row.since)) for row in rows]

    async def _all(self, statement: Select[Any]) -> list[Wait]:
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_wait(row) for row in rows]


def _silent(before: int) -> Select[Any]:
    """Conversations and since when. What the machine says in an owner's name has a trace of its texts: no own words."""
    c, m = conversations.c, messages.c
    newest = select(m.seq).where(m.conversation == c.id).order_by(m.seq.desc()).limit(1)
    asked = newest.where(m.by == "prospect").scalar_subquery()
    told = newest.where(m.by.not_in([BOT, "prospect"]), ~m.trace.contains('"texts"')).scalar_subquery()
    chats = (
        select(c.id, c.owner, asked.label("asked"), told.label("told")).select_from(_NEWEST).where(_OWNED).subquery()
    )
    after = and_(m.conversation == chats.c.id, m.by != BOT, m.seq >= chats.c.asked)
    since = select(func.max(m.at)).where(after).scalar_subquery()
    unanswered = chats.c.asked > func.coalesce(chats.c.told, 0)
    waiting = select(chats.c.id, chats.c.owner, since.label("since")).where(unanswered).subquery()
    return select(waiting).where(waiting.c.since < before).order_by(waiting.c.since, waiting.c.id)


def _values(wait: Wait) -> dict[str, object]:
    return {
        "reason": storable(wait.reason),
        "asked_at": micros(wait.asked_at),
        "state": wait.state,
        "pinged": dumps(wait.pinged),
        "next_at": micros(wait.next_at) if wait.next_at else None,
        "promised": wait.promised,
        "ended_at": micros(wait.ended_at) if wait.ended_at else None,
        "by": wait.by,
    }


def _wait(row: Any) -> Wait:  # noqa: ANN401 - a row of `_WAIT`
    pinged = loads(row.pinged)
    return Wait(
        conversation=row.conversation,
        number=row.number,
        reason=row.reason,
        asked_at=moment(row.asked_at),
        state=row.state,
        pinged=tuple(str(one) for one in pinged) if isinstance(pinged, list) else (),
        next_at=None if row.next_at is None else moment(row.next_at),
        promised=row.promised,
        ended_at=None if row.ended_at is None else moment(row.ended_at),
        by=row.by,
    )
