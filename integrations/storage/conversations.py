"""Conversations: where prospects stand, read from memory or the database, and written a turn at a time in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from flows.model import Address, Conversation, Json
from flows.outbound import Line
from flows.ports.turns import Commit, Committed, Stale, Stored
from integrations.storage import statements as sql
from integrations.storage.cache import Recent
from integrations.storage.codec import micros, storable
from integrations.storage.database import Database
from integrations.storage.group import Committer
from integrations.storage.holding import FREE, LOCK, RENEW, WAITING, waiting_events
from integrations.storage.leases import LEASE, InHand
from integrations.storage.rows import Row, TurnRows, audit_row, line_row, turn_rows
from integrations.storage.shapes import read_state
from integrations.storage.tables import conversations
from integrations.storage.tallies import changed_without_a_turn

_STALE: Final = Stale()
_COMMITTED: Final = Committed()


class _SettledElsewhere(Exception):
    """An event of the group was dealt with by somebody else: the group is undone, and each turn looks for itself."""


@dataclass(slots=True)
class _Outcome:
    more: list[Stored] = field(default_factory=list)
    held_back: bool = False


class _Committing:
    """The lane of `commit`: constraints find the stale turn, so that the others pay nothing for the question."""

    rank = 10

    def __init__(self, worker: str) -> None:
        self._worker = worker

    def alone(self, connection: Connection, item: TurnRows) -> _Outcome | Stale:
        commit, key = item.commit, item.key
        conversation = commit.turn.conversation
        _lock(connection, [key])
        if commit.done and sql.SETTLED.fetch(connection, list(commit.done))[0][0]:
            return Stale(settled=True)
        found = sql.VERSION.fetch(connection, conversation.id)
        if (found[0][0] if found else 0) != commit.before:
            return _STALE
        if commit.before == 0 and sql.LATER.fetch(connection, key, conversation.ordinal)[0][0]:
            return _STALE
        return self.together(connection, [item])[0]

    def together(self, connection: Connection, items: Sequence[TurnRows]) -> Sequence[_Outcome]:
        _lock(connection, sorted({item.key for item in items}))
        sql.TURN.many(connection, [item.turn for item in items])
        sql.CONVERSATION.many(connection, [item.conversation for item in items])
        sql.NEW_CONVERSATION.many(connection, sorted(item.begun for item in items if item.begun))
        sql.PERSON.many(connection, sorted(item.person for item in items if item.person))
        sql.MESSAGE.many(connection, [row for item in items for row in item.messages])
        sql.REWORDED.many(connection, [row for item in items for row in item.reworded])
        sql.CANCEL.many(connection, [item.cancel for item in items if item.cancel])
        sql.OUTBOX.many(connection, [row for item in items for row in item.outbox])
        sql.STATUS.many(connection, [item.status for item in items if item.status])
        sql.LEAD.many(connection, [item.lead for item in items if item.lead])
        sql.CONSENT.many(connection, [row for item in items for row in item.consents])
        sql.ANSWERED.many(connection, [row for item in items for row in item.answers])
        sql.AUDIT.many(connection, [item.audit for item in items if item.audit])
        now = max(item.turn[2] for item in items)
        done = [row for item in items for row in item.commit.done]
        if done and sql.DONE.run(connection, now, done) != len(done):
            raise _SettledElsewhere
        outcomes = [_Outcome() for _ in items]
        self._release(connection, items, outcomes, now)
        self._hold_back(connection, items, outcomes)
        return outcomes

    def _release(self, connection: Connection, items: Sequence[TurnRows], outcomes: list[_Outcome], now: int) -> None:
        leaving = sorted({item.key for item in items if item.commit.release})
        if not leaving:
            return
        waiting = waiting_events(WAITING.fetch(connection, leaving, self._worker))
        idle = [key for key, events in waiting.items() if not events]
        if idle:
            FREE.run(connection, idle, self._worker)
        if len(idle) == len(waiting):
            return
        kept = [key for key, events in waiting.items() if events]
        RENEW.run(connection, now + LEASE, kept, self._worker)
        for item, outcome in zip(items, outcomes, strict=True):
            if item.commit.release:
                outcome.more = waiting.get(item.key, [])

    def _hold_back(self, connection: Connection, items: Sequence[TurnRows], outcomes: list[_Outcome]) -> None:
        """A message must not overtake an older one that somebody else has still to send."""
        saying = sorted({item.key for item in items if item.outbox})
        if not saying:
            return
        behind = sql.BEHIND.fetch(connection, saying, self._worker)
        if not behind:
            return
        own = {row[0] for item in items for row in item.outbox}
        late = {key for key, entry in behind if entry not in own}
        held: list[str] = []
        for item, outcome in zip(items, outcomes, strict=True):
            if item.key in late:
                outcome.held_back = True
                held += [row[0] for row in item.outbox if row[1] == "message"]
        if held:
            sql.HOLD_BACK.run(connection, held)


@dataclass(frozen=True, slots=True)
class _Done:
    rows: Sequence[int]
    heard: tuple[Row, ...]
    now: int
    audit: Row | None = None


class _Finishing:
    """The lane of `done`."""

    rank = 15

    def alone(self, connection: Connection, item: _Done) -> None:
        self.together(connection, [item])

    def together(self, connection: Connection, items: Sequence[_Done]) -> Sequence[None]:
        if heard := [row for item in items for row in item.heard]:
            sql.MESSAGE.many(connection, heard)
            changed_without_a_turn(connection, [row[1] for row in heard])
        sql.AUDIT.many(connection, [item.audit for item in items if item.audit])
        rows = [row for item in items for row in item.rows]
        if rows:
            sql.DONE_UNHEARD.run(connection, max(item.now for item in items), rows)
        return [None] * len(items)


class SqlConversations:
    """The port `Conversations` over a database."""

    def __init__(self, database: Database, committer: Committer, worker: str, recent: Recent, in_hand: InHand) -> None:
        self._database = database
        self._committer = committer
        self._recent = recent
        self._in_hand = in_hand
        self._worker = worker
        self._committing = _Committing(worker)
        self._finishing = _Finishing()

    async def open(self, address: Address) -> Conversation | None:
        """The newest conversation of an address: from memory while this worker has dealt with it of late."""
        key = storable(address.key)
        if key not in self._recent:
            newest = conversations.c.address == key
            statement = _SELECT.where(newest).order_by(conversations.c.ordinal.desc()).limit(1)
            found = await self._database.read(lambda connection: connection.execute(statement).first())
            self._recent.put(key, _conversation(found))
        return self._recent.get(key)

    async def get(self, conversation: str) -> Conversation | None:
        """One by id, read fresh; what memory holds of it is brought up to date."""
        statement = _SELECT.where(conversations.c.id == conversation)
        found = _conversation(await self._database.read(lambda connection: connection.execute(statement).first()))
        if found is not None:
            self._recent.put(storable(found.address.key), found)
        return found

    async def commit(self, commit: Commit) -> Committed | Stale:
        """Write a turn in the next group. The stored version is `before` + 1, whatever the turn itself says."""
        conversation = commit.turn.conversation
        key = storable(conversation.address.key)
        rows = turn_rows(commit, key, self._worker, *self._recent.before(key, conversation.id, commit.before))
        outcome = await self._committer.submit(self._committing, rows)
        if isinstance(outcome, Stale):
            self._recent.drop(key)
            if outcome.settled:
                self._in_hand.done(commit.done)
            return outcome
        version = commit.before + 1
        stored = conversation if conversation.version == version else replace(conversation, version=version)
        self._recent.put(key, stored, commit.turn.lead)
        self._in_hand.done(commit.done)
        if not outcome.more and not outcome.held_back:
            return _COMMITTED
        return Committed(self._in_hand.give(key, outcome.more), outcome.held_back)

    async def done(
        self, rows: Sequence[int], now: datetime, heard: Sequence[Line] = (), audit: Mapping[str, Json] | None = None
    ) -> None:
        """Mark events done in the next group; their lines are kept, their bodies are not."""
        written = audit_row(audit, micros(now)) if audit else None
        item = _Done(rows, tuple(line_row(line) for line in heard), micros(now), written)
        await self._committer.submit(self._finishing, item)
        self._in_hand.done(rows)


_SELECT: Final = select(conversations.c.id, conversations.c.version, conversations.c.ordinal, conversations.c.state)


def _conversation(row: Any) -> Conversation | None:  # noqa: ANN401 - a row of `_SELECT`
    return None if row is None else read_state(*row)


def _lock(connection: Connection, keys: list[str]) -> None:
    """Let no worker store an event of these addresses until the group is through. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        LOCK.fetch(connection, keys)
