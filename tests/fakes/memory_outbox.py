"""The outbox of a turn in memory: what is due, who holds it, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from flows.outbound import Dispatch
from tests.fakes.memory_data import LEASE, Entry, Lease, Memory


class MemoryOutbox:
    """The port `Outbox`."""

    def __init__(self, memory: Memory, worker: str) -> None:
        self._memory = memory
        self._worker = worker

    async def claim(
        self, now: datetime, limit: int, connected: Collection[tuple[str, str]], *, in_line: bool = False
    ) -> Sequence[Dispatch]:
        """What is due and free and leaves by a connected channel, the oldest of each address."""
        seen: set[tuple[str, str]] = set()
        claimed: list[Dispatch] = []
        for entry in self._memory.outbox.values():
            one = entry.dispatch
            if entry.status != "open" or len(claimed) == limit:
                continue
            if (one.address.channel, one.address.bot) not in connected:
                continue
            lane = (one.address.key, one.kind)
            first = one.kind == "wake" or lane not in seen
            seen.add(lane)
            if first and one.due <= now and entry.lease.free(now) and self._may_leave(entry):
                entry.lease = Lease(self._worker, now + LEASE)
                claimed.append(one)
        return claimed

    async def reclaim(self, key: str, now: datetime) -> Dispatch | None:
        """The entry if it may still leave."""
        entry = self._memory.outbox.get(key)
        if entry is None or entry.status != "open":
            return None
        if not (entry.lease.free(now) or entry.lease.by == self._worker) or not self._may_leave(entry):
            return None
        entry.lease = Lease(self._worker, now + LEASE)
        return entry.dispatch

    async def put(self, entries: Sequence[Dispatch]) -> None:
        """Add what is not known."""
        for entry in entries:
            self._memory.outbox.setdefault(entry.key, Entry(entry, 0, Lease()))

    async def release(self, key: str) -> None:
        """Give the lease up."""
        entry = self._memory.outbox.get(key)
        if entry is not None and entry.status == "open" and entry.lease.by == self._worker:
            entry.lease = Lease()

    async def sent(self, key: str, receipt: str, now: datetime) -> None:
        """Mark as sent."""
        if entry := self._memory.outbox.get(key):
            entry.status, entry.receipt, entry.lease = "sent", receipt, Lease()

    async def failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        """Count an attempt."""
        entry = self._memory.outbox.get(key)
        if entry is None or entry.status != "open":
            return
        one = entry.dispatch
        entry.dispatch = replace(one, attempts=one.attempts + 1, due=retry_at or one.due)
        entry.status = "open" if retry_at else "failed"
        entry.error, entry.lease = error, Lease()

    async def cancel(self, key: str) -> bool:
        """Take back what nobody holds."""
        entry = self._memory.outbox.get(key)
        if entry is None or entry.status != "open" or entry.lease.by:
            return False
        entry.status = "cancelled"
        self._memory.lines = [line for line in self._memory.lines if line.id != key]
        return True

    async def receipt(self, key: str) -> str:
        """Of what was sent."""
        entry = self._memory.outbox.get(key)
        return entry.receipt if entry else ""

    async def cancel_wakes(self, conversation: str) -> None:
        """Drop its wake-ups."""
        for entry in self._memory.outbox.values():
            if entry.dispatch.conversation == conversation and entry.dispatch.kind == "wake":
                entry.status = "cancelled" if entry.status == "open" else entry.status

    def _may_leave(self, entry: Entry) -> bool:
        conversation = self._memory.conversations.get(entry.dispatch.conversation)
        allowed = conversation is None or {
            "message": conversation.owner == entry.dispatch.writer or "aside" in entry.dispatch.payload,
            "wake": conversation.version == entry.version,
        }.get(entry.dispatch.kind, True)
        if not allowed:
            entry.status = "cancelled"
        return allowed
