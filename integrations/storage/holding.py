"""Addresses in hand: their open events, and the lease renewed or given up."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import and_, bindparam, select, update

from flows.ports.turns import Stored
from integrations.storage.codec import moment
from integrations.storage.prepared import Among, Prepared, fixed
from integrations.storage.shapes import read_event
from integrations.storage.tables import addresses, inbox

OPEN: Final = inbox.c.done_at.is_(None)
MINE: Final = addresses.c.leased_by == bindparam("worker")
WITH_OPEN: Final = addresses.outerjoin(inbox, and_(inbox.c.address == addresses.c.key, OPEN))

FREE: Final = Prepared(
    update(addresses).where(Among(addresses.c.key, "keys"), MINE).values(leased_by=fixed(""), leased_until=fixed(0)),
    ("keys", "worker"),
)
RENEW: Final = Prepared(
    update(addresses).where(Among(addresses.c.key, "keys"), MINE).values(leased_until=bindparam("until")),
    ("until", "keys", "worker"),
)
# On PostgreSQL an event that another worker is storing is seen only after that worker has let go of the address.
LOCK: Final = Prepared(
    select(addresses.c.key).where(Among(addresses.c.key, "keys")).order_by(addresses.c.key).with_for_update(),
    ("keys",),
)
WAITING: Final = Prepared(
    select(addresses.c.key, inbox.c.id, inbox.c.kind, inbox.c.at, inbox.c.body)
    .select_from(WITH_OPEN)
    .where(Among(addresses.c.key, "keys"), MINE)
    .order_by(inbox.c.id),
    ("keys", "worker"),
)


def stored_event(row: int, kind: str, at: int, body: str) -> Stored:
    """An event of the inbox with its arrival time."""
    return Stored(row, replace(read_event(kind, body), at=moment(at)))


def waiting_events(rows: Iterable[Sequence[Any]]) -> dict[str, list[Stored]]:
    """The rows of `WAITING` by address; an empty list for an address without open events."""
    found: dict[str, list[Stored]] = {}
    for key, row, kind, at, body in rows:
        events = found.setdefault(key, [])
        if row is not None:
            events.append(stored_event(row, kind, at, body))
    return found
