"""Counts conversations that have changed since they were counted, a few at a time; the figures add these counts up."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, case, delete, insert, or_, select, text, update

from flows.model import BOT
from integrations.storage.codec import dumps
from integrations.storage.database import Database
from integrations.storage.figure_tables import DAY, replies, spoken, tallies
from integrations.storage.tables import conversations, messages, turns

PROSPECT: Final = "prospect"
UNANSWERED: Final = '"unanswered":'
"""What the trace of a bot's message holds when a question of it had no answer; `handlers.wording` writes it."""
_BATCH: Final = 500
_EMBEDDED: Final = 50  # so many conversations hold up other writers of SQLite for some 20 ms
_c, _m = conversations.c, messages.c
_CHANGED: Final = (
    select(_c.id)
    .select_from(conversations.outerjoin(tallies, tallies.c.conversation == _c.id))
    .where(or_(tallies.c.version.is_(None), tallies.c.version != _c.version))
    .order_by(_c.id)
)
_LINES: Final = select(
    _m.conversation,
    _m.seq,
    _m.by,
    _m.at,
    case((_m.sources > 0, 1), else_=0).label("sourced"),
    case((_m.trace.contains(UNANSWERED), 1), else_=0).label("unanswered"),
)


class _Line(NamedTuple):
    """A row of `_LINES`."""

    conversation: str
    seq: int
    by: str
    at: int
    sourced: int
    unanswered: int


@dataclass(slots=True)
class _Counted:
    """Rows for the tables of figures."""

    tallies: list[dict[str, object]] = field(default_factory=list)
    spoken: list[dict[str, object]] = field(default_factory=list)
    replies: list[dict[str, object]] = field(default_factory=list)


class Tallies:
    """The counts of a database, brought up to date on demand; workers may do it side by side."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turnstile = asyncio.Lock()

    async def __call__(self) -> int:
        """Count what changed; how many conversations that were. Raises `StorageDown`: what was counted stays."""
        async with self._turnstile:
            changed = await self._database.read(lambda connection: connection.execute(_CHANGED).scalars().all())
            size = _EMBEDDED if self._database.embedded else _BATCH
            for start in range(0, len(changed), size):
                batch = changed[start : start + size]
                await self._database.write(lambda connection, batch=batch: _count(connection, batch))  # type: ignore[misc]
            return len(changed)


def changed_without_a_turn(connection: Connection, names: Sequence[str]) -> None:
    """Have conversations counted again: their version does not tell that their lines are others now."""
    connection.execute(update(tallies).where(tallies.c.conversation.in_(names)).values(version=-1))


def _count(connection: Connection, batch: Sequence[str]) -> None:
    """Count some conversations anew, whole: twice is the same as once."""
    if connection.dialect.name == "postgresql":
        # Whoever counts beside us counts the same ones; readers are not held up.
        connection.execute(text("LOCK TABLE tallies IN EXCLUSIVE MODE"))
    # Versions first: a turn that comes between is seen by the next count, not missed by it.
    columns = (_c.id, _c.version, _c.person, _c.source, _c.started_at)
    heads = connection.execute(select(*columns).where(_c.id.in_(batch))).all()
    lines = connection.execute(_LINES.where(_m.conversation.in_(batch)).order_by(_m.conversation, _m.seq)).all()
    counted, people = _Counted(), {}
    ways = _ways(connection, batch)
    for head in heads:
        people[head.id] = head.person
        counted.tallies.append(_tally(head, ways.get(head.id, {})))
    for conversation, said in groupby(map(_Line._make, lines), key=itemgetter(0)):
        own = list(said)
        counted.spoken += _spoken(conversation, people.get(conversation, conversation), own)
        counted.replies += _replies(own)
    for table, rows in ((tallies, counted.tallies), (spoken, counted.spoken), (replies, counted.replies)):
        connection.execute(delete(table).where(table.c.conversation.in_(batch)))
        if rows:
            connection.execute(insert(table), rows)


def _ways(connection: Connection, batch: Sequence[str]) -> dict[str, dict[tuple[str, str], None]]:
    """The steps of conversations, each once."""
    t = turns.c
    statement = select(t.conversation, t.flow, t.step).where(t.conversation.in_(batch), t.step != "")
    ways: dict[str, dict[tuple[str, str], None]] = {}
    for conversation, flow, step in connection.execute(statement.order_by(t.conversation, t.version)).all():
        ways.setdefault(conversation, {})[flow, step] = None
    return ways


def _tally(head: Any, way: dict[tuple[str, str], None]) -> dict[str, object]:  # noqa: ANN401 - a row
    return {
        "conversation": head.id,
        "version": head.version,
        "source": head.source,
        "started_at": head.started_at,
        "way": dumps(list(way)),
    }


def _spoken(conversation: str, person: str, lines: Sequence[_Line]) -> Iterator[dict[str, object]]:
    """A row for each person and day."""
    days: dict[tuple[int, str], list[_Line]] = {}
    for line in lines:
        days.setdefault((line.at // DAY, line.by), []).append(line)
    for (day, by), said in days.items():
        yield {
            "conversation": conversation,
            "day": day,
            "by": by,
            "person": person,
            "lines": len(said),
            "sourced": sum(line.sourced for line in said),
            "unanswered": sum(line.unanswered for line in said),
            "first_at": min(line.at for line in said),
            "last_at": max(line.at for line in said),
        }


def _replies(lines: Sequence[_Line]) -> Iterator[dict[str, object]]:
    """The bot replies to the line right before its own; a rep to the last one, whatever the bot has said since."""
    to_bot: _Line | None = None
    to_rep: _Line | None = None
    for line in lines:
        if line.by == PROSPECT:
            to_bot = to_rep = line
            continue
        asked = to_bot if line.by == BOT else to_rep
        if asked is not None:
            wait = max(line.at - asked.at, 0)
            yield {
                "conversation": line.conversation, "line": line.seq, "by": line.by, "at": asked.at, "wait": wait
            }  # fmt: skip
        to_bot = None
        if line.by != BOT:
            to_rep = None
