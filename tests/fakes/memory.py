"""Inbox and conversations in memory: simple, honest, gone with the process; all workers of one `Memory` share it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flows.events import Event
from flows.model import BOT, Address, Conversation, Json, Lead
from flows.outbound import Line
from flows.ports.reading import LeadRow
from flows.ports.turns import Clock, Commit, Committed, Stale, Stored
from tests.fakes.memory_data import LEASE, Entry, Lease, Memory

_REPS = ("contacted", "quoted", "won", "lost", "not_a_fit")


class MemoryInbox:
    """The port `Inbox`."""

    def __init__(self, memory: Memory, worker: str, clock: Clock, given: set[int]) -> None:
        self._memory = memory
        self._worker = worker
        self._clock = clock
        self._given = given

    async def receive(self, events: Sequence[Event], now: datetime) -> Sequence[Stored]:
        """Store once, claim what is free."""
        memory = self._memory
        for event in events:
            lease = memory.lease(event.address.key)
            if lease.free(now) or lease.by == self._worker:
                lease.by, lease.until = self._worker, now + LEASE
            identity = (event.address.channel, event.address.bot, event.id)
            if identity not in memory.keys:
                memory.keys.add(identity)
                memory.events.append(Stored(len(memory.events) + 1, replace(event, at=now)))
        addresses = dict.fromkeys(event.address.key for event in events)
        held = [key for key in addresses if memory.lease(key).by == self._worker]
        for key in held:
            if not memory.open(key):
                memory.leases[key] = Lease()
        return self._give([one for key in held for one in memory.open(key)])

    async def claim(self, now: datetime, limit: int) -> Sequence[Stored]:
        """Take over abandoned addresses."""
        memory = self._memory
        waiting = dict.fromkeys(one.event.address.key for one in memory.events if one.row not in memory.done)
        free = [key for key in waiting if memory.lease(key).free(now)][:limit]
        for key in free:
            memory.leases[key] = Lease(self._worker, now + LEASE)
        found = [one for key in free for one in memory.open(key)]
        self._given.difference_update(one.row for one in found)
        return self._give(found)

    async def release(self, address: Address) -> Sequence[Stored]:
        """Give up, or go on with what came."""
        lease = self._memory.lease(address.key)
        if lease.by != self._worker:
            return ()
        more = self._give(self._memory.open(address.key))
        if more:
            lease.until = self._clock() + LEASE
        else:
            self._memory.leases[address.key] = Lease()
            self._given.difference_update(one.row for one in self._memory.open(address.key))
        return more

    async def renew(self, addresses: Sequence[Address], now: datetime) -> None:
        """Prolong what is still held."""
        for address in addresses:
            lease = self._memory.lease(address.key)
            if lease.by == self._worker:
                lease.until = now + LEASE

    def _give(self, found: Sequence[Stored]) -> tuple[Stored, ...]:
        fresh = tuple(sorted((one for one in found if one.row not in self._given), key=lambda one: one.row))
        self._given.update(one.row for one in fresh)
        return fresh


class MemoryConversations:
    """The port `Conversations`."""

    def __init__(self, memory: Memory, worker: str, given: set[int]) -> None:
        self._memory = memory
        self._worker = worker
        self._given = given

    async def open(self, address: Address) -> Conversation | None:
        """The newest at an address."""
        return self._memory.newest(address.key)

    async def get(self, conversation: str) -> Conversation | None:
        """One by id."""
        return self._memory.conversations.get(conversation)

    async def commit(self, commit: Commit) -> Committed | Stale:
        """Write a turn, or nothing."""
        if stale := self._stale(commit):
            return stale
        memory, turn = self._memory, commit.turn
        conversation = replace(turn.conversation, version=commit.before + 1)
        memory.conversations[conversation.id] = conversation
        memory.touched[conversation.id] = commit.now
        memory.reached.setdefault((conversation.flow, conversation.step), set()).add(conversation.id)
        memory.turn_events.setdefault(conversation.id, []).extend(commit.done)
        memory.done.update(commit.done)
        self._add_lines(commit.heard)
        if commit.cancel:
            self._cancel(conversation.id, commit.cancel)
        self._consents(conversation, commit)
        if turn.lead is not None:
            self._keep_lead(turn.lead, conversation, commit.now)
        if commit.audit:
            memory.audit.append(commit.audit)
        held_back = self._dispatch(commit, conversation)
        return Committed(self._release(commit), held_back)

    async def done(
        self, rows: Sequence[int], now: datetime, heard: Sequence[Line] = (), audit: Mapping[str, Json] | None = None
    ) -> None:
        """Mark events done."""
        self._memory.done.update(rows)
        if audit:
            self._memory.audit.append(audit)
        self._add_lines(heard)

    def _consents(self, conversation: Conversation, commit: Commit) -> None:
        since, consent = self._memory.unconsented_since, conversation.consents.get("processing")
        if conversation.contact:
            self._memory.contact_names[conversation.id] = conversation.contact.name
            if not (consent and consent.granted):
                since.setdefault(conversation.id, commit.now)
        for agreed in commit.agreements:
            self._memory.agreements.append((conversation.id, agreed))
            if agreed.purpose == "processing" and agreed.granted:
                since.pop(conversation.id, None)
            elif agreed.purpose == "processing":
                since[conversation.id] = agreed.at

    def _stale(self, commit: Commit) -> Stale | None:
        memory, conversation = self._memory, commit.turn.conversation
        if memory.done.intersection(commit.done):
            return Stale(settled=True)
        known = memory.conversations.get(conversation.id)
        newest = memory.newest(conversation.address.key)
        taken = commit.before == 0 and newest is not None and newest.ordinal >= conversation.ordinal
        return Stale() if (known.version if known else 0) != commit.before or taken else None

    def _add_lines(self, lines: Sequence[Line]) -> None:
        memory = self._memory
        known = {line.id for line in memory.lines}
        for line in lines:
            if line.id not in known:
                memory.said += 1
                memory.lines.append(replace(line, place=memory.said))

    def _reword(self, key: str, text: str) -> None:
        lines = self._memory.lines
        lines[:] = [replace(line, text=text) if line.id == key else line for line in lines]

    def _cancel(self, conversation: str, writer: str) -> None:
        for entry in self._memory.outbox.values():
            one = entry.dispatch
            if one.conversation == conversation and one.writer == writer and one.kind != "notice":
                entry.status = "cancelled" if entry.status == "open" else entry.status

    def _dispatch(self, commit: Commit, conversation: Conversation) -> bool:
        mine = {one.key for one in commit.dispatches}
        behind = any(
            entry.status == "open"
            and entry.dispatch.kind == "message"
            and entry.dispatch.address == conversation.address
            and entry.lease.by != self._worker
            for entry in self._memory.outbox.values()
        )
        for one in commit.dispatches:
            held = one.due <= commit.now and not (behind and one.kind == "message")
            lease = Lease(self._worker, commit.now + LEASE) if held else Lease()
            self._memory.outbox.setdefault(one.key, Entry(one, conversation.version, lease))
            if one.kind == "message" and one.message is not None:
                trace = commit.traces.get(one.key, {})
                by = str(one.payload.get("by") or one.writer)
                self._add_lines([Line(one.key, one.conversation, by, commit.now, one.message.text, trace)])
            elif one.kind == "edit" and one.message is not None:
                self._reword(str(one.payload.get("of")), one.message.text)
        return behind and bool(mine)

    def _keep_lead(self, lead: Lead, conversation: Conversation, now: datetime) -> None:
        known = self._memory.leads.get(conversation.id)
        status = known.lead.status if known and known.lead.status in _REPS else lead.status
        owner = conversation.owner if conversation.owner != BOT else known.owner if known else ""
        created, merged = (known.created_at, known.merged_into) if known else (now, "")
        kept, channel = replace(lead, status=status), conversation.address.channel
        consent = self._consent(conversation.id)
        row = LeadRow(conversation.id, kept, channel, owner, None, consent, {}, created, now, merged)
        self._memory.leads[conversation.id] = row

    def _consent(self, conversation: str) -> Json:
        given = [one for of, one in self._memory.agreements if of == conversation and one.purpose == "processing"]
        if not given or not given[-1].granted:
            return None
        words = given[-1].text
        return {"version": words.partition("@")[2].partition("#")[0] or words, "at": given[-1].at.isoformat()}

    def _release(self, commit: Commit) -> tuple[Stored, ...]:
        key = commit.turn.conversation.address.key
        self._given.difference_update(commit.done)
        lease = self._memory.lease(key)
        if not commit.release or lease.by != self._worker:
            return ()
        waiting = self._memory.open(key)
        if not waiting:
            self._memory.leases[key] = Lease()
        more = tuple(one for one in waiting if one.row not in self._given)
        self._given.update(one.row for one in more)
        return more
