"""The outbox: what has to leave, claimed oldest first an address, and only while its writer may still speak."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)

from flows.model import Address
from flows.outbound import Dispatch, Outbound
from integrations.storage.codec import dumps, loads, mapping, micros, moment, storable
from integrations.storage.database import Database
from integrations.storage.group import Committer
from integrations.storage.leases import LEASE
from integrations.storage.prepared import Prepared, fixed
from integrations.storage.shapes import read
from integrations.storage.statements import OUTBOX
from integrations.storage.tables import addresses, conversations, messages, outbox
from integrations.storage.tallies import changed_without_a_turn

_older = outbox.alias("older")

_SENT: Final = Prepared(
    update(outbox)
    .where(outbox.c.key == bindparam("entry"))
    .values(status=fixed("sent"), receipt=bindparam("receipt"), sent_at=bindparam("now"), leased_by=fixed("")),
    ("receipt", "now", "entry"),
)
_FAILED: Final = Prepared(
    update(outbox)
    .where(outbox.c.key == bindparam("entry"), outbox.c.status == fixed("open"))
    .values(
        status=bindparam("next"),
        attempts=outbox.c.attempts + fixed(1),
        error=bindparam("why"),
        due=bindparam("again"),
        leased_by=fixed(""),
        leased_until=fixed(0),
    ),
    ("next", "why", "again", "entry"),
)
_GIVEN_UP: Final = Prepared(
    update(outbox)
    .where(outbox.c.key == bindparam("entry"), outbox.c.status == fixed("open"))
    .values(status=fixed("failed"), attempts=outbox.c.attempts + fixed(1), error=bindparam("why"), leased_by=fixed("")),
    ("why", "entry"),
)

_Sent: TypeAlias = tuple[str, int, str]
_Failed: TypeAlias = tuple[str, str, int | None]


class _Marking:
    """The lane of `sent`: last, so that every group locks addresses before entries."""

    rank = 40

    def alone(self, connection: Connection, item: _Sent) -> None:
        _SENT.many(connection, [item])

    def together(self, connection: Connection, items: Sequence[_Sent]) -> Sequence[None]:
        _SENT.many(connection, items)
        return [None] * len(items)


class _Failing:
    """The lane of `failed`: first, since a turn of the same group must not overtake what waits for its retry."""

    rank = 1

    def alone(self, connection: Connection, item: _Failed) -> None:
        self.together(connection, [item])

    def together(self, connection: Connection, items: Sequence[_Failed]) -> Sequence[None]:
        _FAILED.many(connection, [("open", why, again, key) for key, why, again in items if again is not None])
        _GIVEN_UP.many(connection, [(why, key) for key, why, again in items if again is None])
        return [None] * len(items)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row that could leave, and what decides whether it may."""

    row: int
    dispatch: Dispatch
    may_leave: bool


class SqlOutbox:
    """The port `Outbox` over a database."""

    def __init__(self, database: Database, committer: Committer, worker: str) -> None:
        self._database = database
        self._committer = committer
        self._worker = worker
        self._marking = _Marking()
        self._failing = _Failing()

    async def claim(
        self, now: datetime, limit: int, connected: Collection[tuple[str, str]], *, in_line: bool = False
    ) -> Sequence[Dispatch]:
        """Due entries of the connected channels and bots that nobody holds, leased to this worker.

        Of messages, and of notices, only the oldest open one of an address: what failed and waits holds back what
        came later. Wake-ups wait for nobody. What may not leave any more is cancelled on the way.
        """
        at, order = micros(now), (outbox.c.id,) if in_line else (outbox.c.due, outbox.c.id)
        return await self._database.write(lambda connection: self._claim(connection, at, limit, connected, order))

    async def reclaim(self, key: str, now: datetime) -> Dispatch | None:
        """The entry, leased anew; None when it is not open any more, may not leave, or another worker has it."""

        def job(connection: Connection) -> Dispatch | None:
            mine = or_(outbox.c.leased_by.in_(["", self._worker]), outbox.c.leased_until < micros(now))
            statement = _ENTRIES.where(outbox.c.key == key, mine).with_for_update(of=outbox)
            return next(iter(self._lease(connection, connection.execute(statement).all(), micros(now))), None)

        return await self._database.write(job)

    async def release(self, key: str) -> None:
        """Give the lease up; one that another worker has taken meanwhile stays taken."""
        mine = and_(outbox.c.key == key, outbox.c.status == "open", outbox.c.leased_by == self._worker)
        free = update(outbox).where(mine).values(leased_by="", leased_until=0)
        await self._database.write(lambda connection: connection.execute(free).rowcount)

    async def sent(self, key: str, receipt: str, now: datetime) -> None:
        """Note it for the next group and return at once; a lost mark would send the message twice, so none is lost."""
        self._committer.post(self._marking, (receipt, micros(now), key))

    async def failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        """Count an attempt and let the entry go, or give it up; an entry cancelled meanwhile stays so."""
        again = None if retry_at is None else micros(retry_at)
        await self._committer.submit(self._failing, (key, error, again))

    async def put(self, entries: Sequence[Dispatch]) -> None:
        """Add entries that any worker may take when they are due."""
        rows = [
            (
                entry.key,
                entry.kind,
                storable(entry.address.key),
                dumps(entry.address),
                entry.conversation,
                0,
                entry.writer,
                micros(entry.due),
                entry.attempts,
                "",
                0,
                dumps(entry.message),
                dumps(entry.payload),
            )
            for entry in entries
        ]
        await self._database.write(lambda connection: OUTBOX.many(connection, rows))

    async def cancel(self, key: str) -> bool:
        """Take back what nobody holds: not even a lease that is over, since its holder may have sent it."""
        waiting = and_(outbox.c.key == key, outbox.c.status == "open", outbox.c.leased_by == "")
        statement = update(outbox).where(waiting).values(status="cancelled")

        def job(connection: Connection) -> bool:
            if not connection.execute(statement).rowcount:
                return False
            unsaid = delete(messages).where(messages.c.id == key).returning(messages.c.conversation)
            changed_without_a_turn(connection, connection.execute(unsaid).scalars().all())
            return True

        return await self._database.write(job)

    async def receipt(self, key: str) -> str:
        """The messenger's id; empty while the entry was not sent."""
        statement = select(outbox.c.receipt).where(outbox.c.key == key)
        return str(await self._database.read(lambda connection: connection.execute(statement).scalar()) or "")

    async def cancel_wakes(self, conversation: str) -> None:
        """Cancel all open wake-ups of a conversation."""
        wakes = and_(outbox.c.status == "open", outbox.c.conversation == conversation, outbox.c.kind == "wake")
        place = select(conversations.c.address).where(conversations.c.id == conversation).scalar_subquery()
        statement = update(outbox).where(wakes, outbox.c.address == place).values(status="cancelled", leased_by="")
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    # ------------------------------------------------------------------ claims
    def _claim(
        self,
        connection: Connection,
        now: int,
        limit: int,
        connected: Collection[tuple[str, str]],
        order: Sequence[ColumnElement[Any]],
    ) -> list[Dispatch]:
        free = or_(outbox.c.leased_by == "", outbox.c.leased_until < now)
        first = ~exists().where(
            _older.c.status == "open",
            _older.c.address == outbox.c.address,
            _older.c.kind == outbox.c.kind,
            _older.c.id < outbox.c.id,
        )
        statement = (
            _ENTRIES.where(
                outbox.c.status == "open",
                outbox.c.status != "sent",  # implied, and what SQLite must read to use the index
                outbox.c.due <= now,
                free,
                _leaves_by(connected),
                or_(outbox.c.kind == "wake", first),
            )
            .order_by(*order)
            .limit(limit)
            .with_for_update(of=outbox, skip_locked=True)
        )
        return self._lease(connection, connection.execute(statement).all(), now)

    def _lease(self, connection: Connection, rows: Sequence[Row[Any]], now: int) -> list[Dispatch]:
        entries = [_entry(row) for row in rows]
        void = [entry.row for entry in entries if not entry.may_leave]
        taken = [entry for entry in entries if entry.may_leave]
        if void:
            cancel = update(outbox).where(outbox.c.id.in_(void)).values(status="cancelled", leased_by="")
            connection.execute(cancel)
        if taken:
            lease = update(outbox).where(outbox.c.id.in_([entry.row for entry in taken]))
            connection.execute(lease.values(leased_by=self._worker, leased_until=now + LEASE))
        return [entry.dispatch for entry in taken]


def _leaves_by(connected: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Whether an entry's address is one of these channels and bots: keys of addresses begin with both."""
    beginnings = [f"{channel}:{bot}:" for channel, bot in connected]
    # Not LIKE: in SQLite it does not tell upper case from lower.
    return or_(false(), *(func.substr(outbox.c.address, 1, len(begin)) == begin for begin in beginnings))


_ENTRIES: Final[Select[Any]] = (
    select(
        outbox,
        addresses.c.channel,
        addresses.c.bot,
        addresses.c.chat,
        addresses.c.thread,
        addresses.c.reachable,
        conversations.c.owner,
        conversations.c.version.label("current"),
    )
    .select_from(
        outbox.outerjoin(addresses, addresses.c.key == outbox.c.address).outerjoin(
            conversations, conversations.c.id == outbox.c.conversation
        )
    )
    .where(outbox.c.status == "open")
)


def _entry(row: Row[Any]) -> _Entry:
    kind = cast("Literal['message', 'edit', 'delete', 'wake', 'notice', 'card', 'announce']", row.kind)
    address = (
        read(Address, loads(row.target))
        if row.target or row.channel is None
        else Address(row.channel, row.bot, row.chat, row.thread)
    )
    message = loads(row.message)
    dispatch = Dispatch(
        key=row.key,
        kind=kind,
        address=address,
        conversation=row.conversation,
        writer=row.writer,
        due=moment(row.due),
        message=read(Outbound, message) if isinstance(message, dict) else None,
        payload=mapping(row.payload),
        attempts=row.attempts,
    )
    return _Entry(row.id, dispatch, _may_leave(row, kind))


def _may_leave(row: Row[Any], kind: str) -> bool:
    """A message only while its writer owns the conversation; a wake-up only while the conversation has not moved on.

    What was said aside was let leave while the bot owned.
    """
    if kind == "message":
        return row.owner is None or row.owner == row.writer or bool(mapping(row.payload).get("aside"))
    if kind == "wake":
        return row.current is None or (row.current == row.version and row.reachable is not False and row.reachable != 0)
    return True
