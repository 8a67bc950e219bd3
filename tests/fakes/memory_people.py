"""The ports in memory that people read and act through, and all ports of a worker in one hand."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.model import BOT, Conversation, Json, LeadStatus, Money
from flows.outbound import Line
from flows.ports.people import Person
from flows.ports.reading import ConversationRow, Delivery, Figures, Filter, LeadRow, Page
from flows.ports.turns import Clock
from tests.fakes.memory import MemoryConversations, MemoryInbox
from tests.fakes.memory_data import Memory
from tests.fakes.memory_desk import MemoryHolds, MemoryThreads
from tests.fakes.memory_ledger import MemoryNotices, MemoryPromises, MemoryTwins, MemoryWaits
from tests.fakes.memory_outbox import MemoryOutbox
from tests.fakes.memory_privacy import MemoryPrivacy
from tests.fakes.memory_trackers import MemoryBudget, MemoryCards, MemoryHooks

_STATUSES: tuple[LeadStatus, ...] = ("partial", "new", "qualified", "contacted", "quoted", "won", "lost", "not_a_fit")


class MemoryDeliveries:
    """The port `Deliveries`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def list(self, status: str | None, limit: int, cursor: str = "") -> tuple[Sequence[Delivery], int, str]:
        """Newest first; the cursor is an offset."""
        chosen = [
            Delivery(one.key, one.kind, one.conversation, entry.status, one.due, one.attempts, entry.error)
            for entry in reversed(self._memory.outbox.values())
            for one in (entry.dispatch,)
            if (entry.status != "sent" if status is None else entry.status == status)
        ]
        start = int(cursor or 0)
        end = start + limit
        return chosen[start:end], len(chosen), str(end) if end < len(chosen) else ""

    async def retry(self, keys: Sequence[str], now: datetime) -> int:
        """Open failed ones again."""
        failed = [self._memory.outbox[key] for key in keys if key in self._memory.outbox]
        failed = [entry for entry in failed if entry.status == "failed"]
        for entry in failed:
            entry.status = "open"
            entry.dispatch = replace(entry.dispatch, due=now, attempts=0)
        return len(failed)


class MemoryLeads:
    """The port `Leads`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def page(self, query: Filter) -> Page:
        """Newest first; the cursor is an offset."""
        found = self._matching(query)[::-1]
        start = int(query.cursor or 0)
        end = start + query.limit
        return Page(tuple(found[start:end]), len(found), str(end) if end < len(found) else "")

    async def get(self, lead: str) -> LeadRow | None:
        """One lead."""
        return self._memory.leads.get(lead)

    async def update(
        self,
        lead: str,
        status: LeadStatus | None,
        owner: str | None,
        by: str,
        now: datetime,
        *,
        amount: Money | None = None,
        reason: str = "",
    ) -> bool:
        """Change status, owner or amount."""
        row = self._memory.leads.get(lead)
        if row is None:
            return False
        if amount is not None:
            row = replace(row, amount={"minor": amount.minor, "currency": amount.currency})
        if status is not None and status != row.lead.status:
            self._memory.statuses.append((lead, status, by, reason))
            self._memory.changed_at[lead] = now
        changed = replace(row.lead, status=status or row.lead.status)
        owner = row.owner if owner is None else owner
        self._memory.leads[lead] = replace(row, lead=changed, owner=owner, updated_at=now)
        return True

    async def rows(self, query: Filter) -> AsyncIterator[LeadRow]:
        """All, oldest first."""
        for row in self._matching(query):
            yield row

    def _matching(self, query: Filter) -> list[LeadRow]:
        found = sorted(self._memory.leads.values(), key=lambda row: (row.created_at, row.id))
        return [row for row in found if not row.merged_into and _matches(row, query)]


def _matches(row: LeadRow, query: Filter) -> bool:
    contact = row.lead.contact
    words = [contact.name, contact.phone, contact.email, contact.telegram] if contact else []
    told = "\n".join(value for value in row.lead.slots.values() if isinstance(value, str))
    told = told if row.consent is not None else re.sub(r"\S*@\S*|\d(?:[\s-]?\d){6,}", " ", told)
    text = "\n".join([*words, told]).casefold()
    return (
        query.status in {"", row.lead.status}
        and query.source in {"", row.lead.source}
        and (query.since is None or row.created_at >= query.since)
        and (query.until is None or row.created_at < query.until)
        and all(word in text for word in query.text.casefold().split())
    )


class MemoryReports:
    """The port `Reports`; of the figures, those that count rows."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def stats(self, since: datetime, until: datetime) -> Figures:
        """Counts of the period."""
        memory = self._memory
        began = {one.id for one in memory.conversations.values() if since <= _begun(one.started_at, until) < until}
        said = [line for line in memory.lines if since <= line.at < until]
        wrote = [memory.conversations[line.conversation] for line in said if line.by == "prospect"]
        people = {one.profile.id or one.address.key for one in wrote}
        created = [row for row in memory.leads.values() if since <= row.created_at < until and not row.merged_into]
        counts = Counter(row.lead.status for row in created)
        return {
            "from": since.isoformat(),
            "to": until.isoformat(),
            "people": len(people),
            "conversations": len(began),
            "leads": {"total": len(created), **{status: counts[status] for status in _STATUSES}},
            "funnel": self._funnel(began),
            "amounts": {},
            "answers": {
                "bot": sum(line.by == BOT for line in said),
                "sourced": sum(line.by == BOT and bool(line.trace.get("sources")) for line in said),
                "reps": sum(line.by not in {BOT, "prospect"} for line in said),
                "unanswered": sum(line.by == BOT and "unanswered" in line.trace for line in said),
            },
            "response_times": {},
            "sources": {},
            "reps": {},
        }

    def _funnel(self, began: set[str]) -> list[Json]:
        places = [(*place, ids & began) for place, ids in self._memory.reached.items() if place[1] and ids & began]
        rows: list[Json] = []
        for number, (flow, step, ids) in enumerate(places):
            on = len(ids & set[str]().union(*(later for _, _, later in places[number + 1 :])))
            share, conversion = round(len(ids) / len(began), 4), round(on / len(ids), 4)
            counts: dict[str, Json] = {"conversations": len(ids), "share": share, "went_on": on}
            rows.append({"flow": flow, "step": step, **counts, "conversion": conversion})
        return rows

    async def conversations(self, limit: int, cursor: str) -> tuple[Sequence[ConversationRow], int, str]:
        """Newest first; the cursor is an offset."""
        rows = [self._row(one) for one in self._memory.conversations.values()]
        rows.sort(key=lambda row: (row.started_at, row.id), reverse=True)
        start = int(cursor or 0)
        return rows[start : start + limit], len(rows), str(start + limit) if start + limit < len(rows) else ""

    async def owned(self, staff: str, limit: int) -> Sequence[ConversationRow]:
        """Newest of their address."""
        if staff == BOT:
            return []
        newest = {one.address: one.ordinal for one in sorted(self._all(), key=lambda one: one.ordinal)}
        own = [one for one in self._all() if one.owner == staff and newest[one.address] == one.ordinal]
        return sorted(map(self._row, own), key=lambda row: row.updated_at, reverse=True)[:limit]

    def _all(self) -> Sequence[Conversation]:
        return list(self._memory.conversations.values())

    def _row(self, one: Conversation) -> ConversationRow:
        touched = self._memory.touched.get(one.id) or datetime.fromisoformat(one.started_at)
        begun = _begun(one.started_at, touched)
        place = (one.flow, one.step, one.status, one.wants_person)
        return ConversationRow(one.id, one.address.channel, one.locale, one.owner, *place, begun, touched)

    async def transcript(self, conversation: str, limit: int, cursor: str) -> tuple[Sequence[Line], int, str]:
        """Oldest first; the cursor is an offset."""
        lines = [line for line in self._memory.lines if line.conversation == conversation]
        start = int(cursor or 0)
        return lines[start : start + limit], len(lines), str(start + limit) if start + limit < len(lines) else ""

    async def trace(self, message: str) -> Mapping[str, Json] | None:
        """Of one line."""
        return next((line.trace for line in self._memory.lines if line.id == message), None)


def _begun(started_at: str, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(started_at) if started_at else otherwise


class MemoryStaff:
    """The port `Staff`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def add(self, person: Person, now: datetime) -> Person:
        """Add or change by e-mail."""
        email = person.email.strip().casefold()
        known = self._memory.people.get(email)
        identity = known.id if known else person.id or f"staff-{len(self._memory.people) + 1}"
        away = known.away_until if known else person.away_until
        self._memory.people[email] = replace(person, id=identity, email=email, away_until=away)
        return self._memory.people[email]

    async def list(self) -> Sequence[Person]:
        """By e-mail."""
        return [self._memory.people[email] for email in sorted(self._memory.people)]

    async def away(self, person: str, until: datetime | None) -> bool:
        """Until when."""
        found = [email for email, one in self._memory.people.items() if one.id == person]
        for email in found:
            self._memory.people[email] = replace(self._memory.people[email], away_until=until)
        return bool(found)

    async def audit(self, by: str, action: str, details: Mapping[str, Json], now: datetime) -> None:
        """Write it down."""
        self._memory.audit.append({**details, "by": by, "action": action})


@dataclass(frozen=True, slots=True)
class MemoryStorage:
    """One worker's view of a `Memory`, named as `integrations.storage.connect.Storage` is."""

    inbox: MemoryInbox
    conversations: MemoryConversations
    outbox: MemoryOutbox
    deliveries: MemoryDeliveries
    leads: MemoryLeads
    reports: MemoryReports
    privacy: MemoryPrivacy
    staff: MemoryStaff
    threads: MemoryThreads
    holds: MemoryHolds
    waits: MemoryWaits
    promises: MemoryPromises
    notices: MemoryNotices
    twins: MemoryTwins
    cards: MemoryCards
    budget: MemoryBudget
    hooks: MemoryHooks

    async def close(self) -> None:
        """Nothing is open."""


def open_memory(memory: Memory, worker: str, clock: Clock) -> MemoryStorage:
    """All ports over a memory that workers may share."""
    given: set[int] = set()
    return MemoryStorage(
        inbox=MemoryInbox(memory, worker, clock, given),
        conversations=MemoryConversations(memory, worker, given),
        outbox=MemoryOutbox(memory, worker),
        deliveries=MemoryDeliveries(memory),
        leads=MemoryLeads(memory),
        reports=MemoryReports(memory),
        privacy=MemoryPrivacy(memory),
        staff=MemoryStaff(memory),
        threads=MemoryThreads(memory),
        holds=MemoryHolds(memory),
        waits=MemoryWaits(memory),
        promises=MemoryPromises(memory),
        notices=MemoryNotices(memory),
        twins=MemoryTwins(memory),
        cards=MemoryCards(memory),
        budget=MemoryBudget(memory),
        hooks=MemoryHooks(memory),
    )
