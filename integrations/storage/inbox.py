"""The inbox: what happened, stored once before it is confirmed, and given to one worker an address at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from flows.events import Event, Reachable
from flows.model import Address, Conversation
from flows.ports.turns import Clock, Stored
from integrations.storage.arrival import Arrival, Identity, arrival_of
from integrations.storage.cache import Recent
from integrations.storage.codec import micros, storable
from integrations.storage.database import Database
from integrations.storage.group import Committer
from integrations.storage.holding import FREE, LOCK, MINE, OPEN, RENEW, WAITING, WITH_OPEN, stored_event, waiting_events
from integrations.storage.leases import LEASE, InHand
from integrations.storage.prepared import Among, Prepared, fixed
from integrations.storage.rows import address_parts
from integrations.storage.shapes import read_state
from integrations.storage.tables import addresses, conversations, inbox

_new = insert(addresses)
# The upsert locks the row even where the lease is another's, so that its release waits for the event stored below.
_CLAIM: Final = Prepared(
    _new.on_conflict_do_update(
        index_elements=[addresses.c.key],
        set_={"leased_by": _new.excluded.leased_by, "leased_until": _new.excluded.leased_until},
        where=or_(
            addresses.c.leased_by == fixed(""),
            addresses.c.leased_by == _new.excluded.leased_by,
            addresses.c.leased_until < _new.excluded.leased_until - fixed(LEASE),
        ),
    ),
    ("key", "channel", "bot", "chat", "thread", "leased_by", "leased_until"),
)
_STORE: Final = Prepared(
    insert(inbox).on_conflict_do_nothing(), ("channel", "bot", "event", "address", "kind", "at", "body")
)
_HELD: Final = Prepared(
    select(addresses.c.key, addresses.c.ordinal, inbox.c.id, inbox.c.channel, inbox.c.bot, inbox.c.event)
    .select_from(WITH_OPEN)
    .where(Among(addresses.c.key, "keys"), MINE)
    .order_by(inbox.c.id),
    ("keys", "worker"),
)
_BODIES: Final = Prepared(
    select(inbox.c.id, inbox.c.kind, inbox.c.at, inbox.c.body).where(Among(inbox.c.id, "rows")), ("rows",)
)
_NEWEST: Final = Prepared(
    select(
        conversations.c.address,
        conversations.c.id,
        conversations.c.version,
        conversations.c.ordinal,
        conversations.c.state,
    )
    .select_from(
        addresses.join(
            conversations,
            and_(conversations.c.address == addresses.c.key, conversations.c.ordinal == addresses.c.ordinal),
        )
    )
    .where(Among(addresses.c.key, "keys")),
    ("keys",),
)
_REACHABLE: Final = Prepared(
    update(addresses).where(addresses.c.key == bindparam("address")).values(reachable=bindparam("reachable")),
    ("reachable", "address"),
)


@dataclass(slots=True)
class _Receipt:
    """What one call gets: its events and older ones of their addresses, and the conversations read beside."""

    stored: list[Stored] = field(default_factory=list)
    newest: list[tuple[str, Conversation | None]] = field(default_factory=list)


class _Receiving:
    """The lane of `receive`: it runs after the commits of its group, so that it claims what those release."""

    rank = 30

    def __init__(self, worker: str, recent: Recent, in_hand: InHand) -> None:
        self._worker = worker
        self._recent = recent
        self._in_hand = in_hand

    def alone(self, connection: Connection, item: Arrival) -> _Receipt:
        return self.together(connection, [item])[0]

    def together(self, connection: Connection, items: Sequence[Arrival]) -> Sequence[_Receipt]:
        receipts = [_Receipt() for _ in items]
        owners: dict[str, tuple[Address, _Receipt]] = {}
        fresh: dict[Identity, tuple[Event, _Receipt]] = {}
        for item, receipt in zip(items, receipts, strict=True):
            for key, address in item.addresses.items():
                owners.setdefault(key, (address, receipt))
            for identity, event in item.events.items():
                fresh.setdefault(identity, (event, receipt))
        until = max(item.until for item in items)
        keys = sorted(owners)
        _CLAIM.many(connection, [(key, *address_parts(owners[key][0]), self._worker, until) for key in keys])
        _STORE.many(connection, [row for item in items for row in item.rows])
        held = _HELD.fetch(connection, keys, self._worker)
        self._hand_out(connection, held, owners, fresh)
        self._read_newest(connection, held, owners)
        return receipts

    def _hand_out(
        self,
        connection: Connection,
        held: Sequence[tuple[Any, ...]],
        owners: dict[str, tuple[Address, _Receipt]],
        fresh: dict[Identity, tuple[Event, _Receipt]],
    ) -> None:
        idle: list[str] = []
        reachable: list[tuple[bool, str]] = []
        older: list[int] = []
        for key, _, row, channel, bot, identity in held:
            if row is None:
                idle.append(key)
                continue
            found = fresh.get((channel, bot, identity))
            if found is not None and storable(found[0].address.key) == key:
                event, receipt = found
                receipt.stored.append(Stored(row, event))
                if isinstance(event, Reachable):
                    reachable.append((event.reachable, key))
            elif not self._in_hand.has(row):
                older.append(row)
        if idle:
            FREE.run(connection, idle, self._worker)
        _REACHABLE.many(connection, reachable)
        if older:
            self._hand_out_older(connection, older, owners)

    @staticmethod
    def _hand_out_older(connection: Connection, rows: list[int], owners: dict[str, tuple[Address, _Receipt]]) -> None:
        """Events that a worker left behind go before the new ones of their address."""
        for row in _BODIES.fetch(connection, rows):
            stored = stored_event(*row)
            receipt = owners[storable(stored.event.address.key)][1]
            receipt.stored.append(stored)
            receipt.stored.sort(key=lambda one: one.row)

    def _read_newest(
        self,
        connection: Connection,
        held: Sequence[tuple[Any, ...]],
        owners: dict[str, tuple[Address, _Receipt]],
    ) -> None:
        """Read what a turn will want; while the address is held nobody else begins a conversation there."""
        unknown = {key: ordinal for key, ordinal, *_ in held if not self._recent.fits(key, ordinal)}
        for key, ordinal in unknown.items():
            if not ordinal:
                owners[key][1].newest.append((key, None))
        known = [key for key, ordinal in unknown.items() if ordinal]
        if known:
            for key, *row in _NEWEST.fetch(connection, known):
                owners[key][1].newest.append((key, read_state(*row)))


class _Releasing:
    """The lane of `release`: after the commits, before new events are received."""

    rank = 20

    def __init__(self, worker: str) -> None:
        self._worker = worker

    def alone(self, connection: Connection, item: tuple[str, frozenset[int], int]) -> list[Stored]:
        return self.together(connection, [item])[0]

    def together(
        self, connection: Connection, items: Sequence[tuple[str, frozenset[int], int]]
    ) -> Sequence[list[Stored]]:
        keys = sorted({key for key, _, _ in items})
        if connection.dialect.name == "postgresql":
            LOCK.fetch(connection, keys)
        waiting = waiting_events(WAITING.fetch(connection, keys, self._worker))
        found = [[one for one in waiting.get(key, ()) if one.row not in given] for key, given, _ in items]
        kept = sorted({key for (key, _, _), more in zip(items, found, strict=True) if more})
        if kept:
            RENEW.run(connection, max(until for _, _, until in items), kept, self._worker)
        freed = [key for key in keys if key not in kept]
        if freed:
            FREE.run(connection, freed, self._worker)
        return found


class SqlInbox:
    """The port `Inbox` over a database."""

    def __init__(
        self, database: Database, committer: Committer, worker: str, clock: Clock, recent: Recent, in_hand: InHand
    ) -> None:
        self._database = database
        self._committer = committer
        self._worker = worker
        self._clock = clock
        self._recent = recent
        self._in_hand = in_hand
        self._receiving = _Receiving(worker, recent, in_hand)
        self._releasing = _Releasing(worker)

    async def receive(self, events: Sequence[Event], now: datetime) -> Sequence[Stored]:
        """Store and claim; older open events that nobody deals with come along, before the new ones."""
        if not events:
            return ()
        receipt = await self._committer.submit(self._receiving, arrival_of(events, now))
        return self._take(receipt)

    async def claim(self, now: datetime, limit: int) -> Sequence[Stored]:
        """Take over abandoned addresses, at most `limit`; an own lease that ran out counts as abandoned."""
        receipt = await self._database.write(lambda connection: self._claim(connection, micros(now), limit))
        self._in_hand.done([stored.row for stored in receipt.stored])
        return self._take(receipt)

    async def release(self, address: Address) -> Sequence[Stored]:
        """Give an address up, or get what came since the last event of it was handed out."""
        key = storable(address.key)
        item = (key, self._in_hand.rows(key), micros(self._clock()) + LEASE)
        more = self._in_hand.give(key, await self._committer.submit(self._releasing, item))
        if not more:
            self._in_hand.forget(key)
        return more

    async def renew(self, addresses: Sequence[Address], now: datetime) -> None:
        """Prolong leases; one that another worker has taken meanwhile stays taken."""
        keys = sorted({storable(address.key) for address in addresses})
        if keys:
            until = micros(now) + LEASE
            await self._database.write(lambda connection: RENEW.run(connection, until, keys, self._worker))

    def _take(self, receipt: _Receipt) -> Sequence[Stored]:
        for key, conversation in receipt.newest:
            if not self._recent.fits(key, conversation.ordinal if conversation else 0):
                self._recent.drop(key)
                self._recent.put(key, conversation)
        taken: list[Stored] = []
        for stored in receipt.stored:
            taken += self._in_hand.give(storable(stored.event.address.key), (stored,))
        return taken

    def _claim(self, connection: Connection, now: int, limit: int) -> _Receipt:
        abandoned = (
            select(addresses.c.key)
            .where(
                addresses.c.key.in_(select(inbox.c.address).where(OPEN)),
                or_(addresses.c.leased_by == "", addresses.c.leased_until < now),
            )
            .order_by(select(inbox.c.id).where(inbox.c.address == addresses.c.key, OPEN).limit(1).scalar_subquery())
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        keys = list(connection.execute(abandoned).scalars())
        receipt = _Receipt()
        if keys:
            lease = update(addresses).where(addresses.c.key.in_(keys))
            connection.execute(lease.values(leased_by=self._worker, leased_until=now + LEASE))
            waiting = waiting_events(WAITING.fetch(connection, keys, self._worker))
            receipt.stored = sorted((one for events in waiting.values() for one in events), key=lambda one: one.row)
            receipt.newest = [(key, read_state(*row)) for key, *row in _NEWEST.fetch(connection, keys)]
        return receipt
