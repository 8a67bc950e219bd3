"""Who holds what, and for how long: leases, the names of workers, and what this worker already has in hand."""

import os
import socket
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, select, update

from flows.ports.turns import Stored
from integrations.storage.tables import addresses, outbox

LEASE: Final = 15_000_000
"""How long a worker may hold an address or an entry without a word, in microseconds."""


def worker_name(nonce: str) -> str:
    """`host:pid:nonce` of this process; the nonce tells processes apart that get the same number, as in containers."""
    return f"{socket.gethostname()}:{os.getpid()}:{nonce}"


def free_dead(connection: Connection, worker: str) -> int:
    """Free at once what dead processes of this host hold, so that a restarted one goes on; returns how many leases.

    Leases of other hosts expire.
    """
    freed = 0
    for table in (addresses, outbox):
        holders = connection.execute(select(table.c.leased_by).where(table.c.leased_by != "").distinct()).scalars()
        dead = [holder for holder in holders if _is_dead(holder, worker)]
        if dead:
            free = update(table).where(table.c.leased_by.in_(dead)).values(leased_by="", leased_until=0)
            freed += connection.execute(free).rowcount
    return freed


def _is_dead(holder: str, worker: str) -> bool:
    host, _, process = holder.rpartition(":")[0].rpartition(":")
    own_host, _, own_process = worker.rpartition(":")[0].rpartition(":")
    if host != own_host or holder == worker or not process.isdecimal():
        return False
    return process == own_process or not _runs(int(process))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class InHand:
    """The open events that this worker has already been given, so that none is given twice."""

    def __init__(self) -> None:
        self._addresses: dict[int, str] = {}
        self._rows: dict[str, set[int]] = {}

    def has(self, row: int) -> bool:
        """Whether this row was given and is not done. Safe from any thread."""
        return row in self._addresses

    def rows(self, address: str) -> frozenset[int]:
        """All rows given of an address."""
        return frozenset(self._rows.get(address, ()))

    def give(self, address: str, stored: Iterable[Stored]) -> tuple[Stored, ...]:
        """Those that were not given yet; from now on they are."""
        fresh = tuple(one for one in stored if one.row not in self._addresses)
        for one in fresh:
            self._addresses[one.row] = address
            self._rows.setdefault(address, set()).add(one.row)
        return fresh

    def done(self, rows: Sequence[int]) -> None:
        """These were dealt with."""
        for row in rows:
            address = self._addresses.pop(row, None)
            if address is not None:
                held = self._rows[address]
                held.discard(row)
                if not held:
                    del self._rows[address]

    def forget(self, address: str) -> None:
        """The address was given up."""
        for row in self._rows.pop(address, ()):
            del self._addresses[row]
