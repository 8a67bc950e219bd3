"""Where conversations are shown at the desks, message by message, and the transcript from a place on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from flows.desk import Spot
from flows.outbound import Line
from flows.ports.desk import Copy, Thread
from integrations.storage.codec import mapping, micros, moment
from integrations.storage.database import Database
from integrations.storage.desk_tables import copies, thread_places, threads
from integrations.storage.tables import messages

_THREAD: Final = select(
    threads.c.conversation,
    threads.c.desk,
    threads.c.channel,
    threads.c.thread,
    threads.c.card,
    threads.c.shown,
    threads.c.mirrored,
    threads.c.mentioned,
    threads.c.posting,
)
_COPY: Final = select(
    copies.c.line, copies.c.desk, copies.c.channel, copies.c.thread, copies.c.message, copies.c.origin
).limit(1)
_m = messages.c
_LINE: Final = select(_m.seq, _m.id, _m.conversation, _m.by, _m.at, _m.text, _m.trace)


class SqlThreads:
    """The port `Threads` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, conversation: str, desk: str) -> Thread | None:
        """The thread of a conversation."""
        statement = _THREAD.where(threads.c.conversation == conversation, threads.c.desk == desk)
        return _thread(await self._database.read(lambda connection: connection.execute(statement).first()))

    async def at(self, spot: Spot) -> Thread | None:
        """The thread that is, or once was, at a place."""
        p = thread_places.c
        here = threads.join(thread_places, (p.conversation == threads.c.conversation) & (p.desk == threads.c.desk))
        place = (p.desk == spot.desk) & (p.channel == spot.channel) & (p.thread == spot.thread)
        statement = _THREAD.select_from(here).where(place)
        return _thread(await self._database.read(lambda connection: connection.execute(statement).first()))

    async def keep(self, thread: Thread, now: datetime) -> None:
        """Add, or change by conversation and desk."""
        key = {"conversation": thread.conversation, "desk": thread.spot.desk}
        values = {
            "channel": thread.spot.channel,
            "thread": thread.spot.thread,
            "card": thread.card,
            "shown": thread.shown,
            "mirrored": thread.mirrored,
            "mentioned": thread.mentioned,
            "posting": thread.posting,
            "updated_at": micros(now),
        }
        place = {**key, "channel": thread.spot.channel, "thread": thread.spot.thread}

        def job(connection: Connection) -> None:
            known = [threads.c.conversation, threads.c.desk]
            row = insert(threads).values({**key, **values})
            connection.execute(row.on_conflict_do_update(index_elements=known, set_=values))
            taken = [thread_places.c.desk, thread_places.c.channel, thread_places.c.thread]
            whose = {"conversation": thread.conversation}
            row = insert(thread_places).values(place)
            connection.execute(row.on_conflict_do_update(index_elements=taken, set_=whose))

        await self._database.write(job)

    async def copied(self, copied: Sequence[Copy], now: datetime) -> None:
        """Remember messages; known ones are left as they are."""
        rows = [
            {
                "line": copy.line,
                "desk": copy.spot.desk,
                "channel": copy.spot.channel,
                "thread": copy.spot.thread,
                "message": copy.message,
                "origin": copy.origin,
                "at": micros(now),
            }
            for copy in copied
        ]
        if rows:
            statement = insert(copies).on_conflict_do_nothing()
            await self._database.write(lambda connection: connection.execute(statement, rows).close())

    async def by_line(self, line: str, desk: str) -> Copy | None:
        """Where a line is shown, at the newest place."""
        statement = _COPY.where(copies.c.line == line, copies.c.desk == desk).order_by(copies.c.id.desc())
        return _copy(await self._database.read(lambda connection: connection.execute(statement).first()))

    async def by_message(self, spot: Spot, message: str) -> Copy | None:
        """The first line of a message, wherever in its channel."""
        here = (copies.c.desk == spot.desk) & (copies.c.channel == spot.channel) & (copies.c.message == message)
        statement = _COPY.where(here).order_by(copies.c.id)
        return _copy(await self._database.read(lambda connection: connection.execute(statement).first()))

    async def lines(self, conversation: str, after: int, limit: int) -> Sequence[Line]:
        """Transcript lines beyond a place, oldest first: the index leads straight to them."""
        statement = _LINE.where(_m.conversation == conversation, _m.seq > after).order_by(_m.seq).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_line(row) for row in rows]

    async def tail(self, conversation: str, limit: int) -> Sequence[Line]:
        """The last lines, oldest first."""
        statement = _LINE.where(_m.conversation == conversation).order_by(_m.seq.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [_line(row) for row in reversed(rows)]


def _thread(row: Any) -> Thread | None:  # noqa: ANN401 - a row of `_THREAD`
    if row is None:
        return None
    spot = Spot(row.desk, row.channel, row.thread)
    return Thread(row.conversation, spot, row.card, row.shown, row.mirrored, row.mentioned, row.posting)


def _copy(row: Any) -> Copy | None:  # noqa: ANN401 - a row of `_COPY`
    return Copy(row.line, Spot(row.desk, row.channel, row.thread), row.message, row.origin) if row else None


def _line(row: Any) -> Line:  # noqa: ANN401 - a row of `_LINE`
    return Line(row.id, row.conversation, row.by, moment(row.at), row.text, mapping(row.trace), row.seq)
