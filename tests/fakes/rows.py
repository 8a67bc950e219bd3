"""Ready-made rows that people read: leads, conversations, deliveries; and the ports that give them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows.errors import Refused, StorageDown
from flows.model import Address, Contact, Conversation, Json, Lead, LeadStatus, Money, Reason, Score
from flows.outbound import Line
from flows.ports.reading import ConversationRow, Delivery, Filter, LeadRow, Page
from flows.ports.turns import Commit, Committed, Stale

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def lead_row(identity: str = "l1", **changes: object) -> LeadRow:
    """A qualified lead; `changes` are fields of the row."""
    lead = Lead(
        conversation="c1",
        status="qualified",
        score=Score(70, (Reason(40, "budget_named", "до 100к"), Reason(30, "soon")), "hot"),
        slots={"need": "кофемашина", "quantity": {"min": 6, "max": 20}},
        contact=Contact("Анна", "+79161234567", "anna@example.com", "@anna_k"),
        source="ad-7",
        locale="ru",
    )
    row = LeadRow(
        id=identity,
        lead=lead,
        channel="telegram",
        owner="",
        amount={"minor": 9_900_050, "currency": "RUB"},
        consent={"version": "3", "at": "2026-11-22T09:59:00+00:00"},
        trackers={},
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


@dataclass
class FakeLeads:
    """Leads in a list; it pages and filters by status and text alone."""

    kept: dict[str, LeadRow] = field(default_factory=dict)
    down: bool = False
    asked: list[Filter] = field(default_factory=list)

    def _matching(self, query: Filter) -> list[LeadRow]:
        self.asked.append(query)
        if self.down:
            raise StorageDown("the database is locked", 2.0)
        return [row for row in self.kept.values() if query.status in {"", row.lead.status}]

    async def page(self, query: Filter) -> Page:
        found = self._matching(query)
        start = int(query.cursor or 0)
        shown = tuple(found[start : start + query.limit])
        more = start + len(shown) < len(found)
        return Page(shown, len(found), str(start + len(shown)) if more else "")

    async def get(self, lead: str) -> LeadRow | None:
        return self.kept.get(lead)

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
        row = self.kept.get(lead)
        if row is None:
            return False
        changed = replace(row.lead, status=status) if status else row.lead
        self.kept[lead] = replace(row, lead=changed, owner=row.owner if owner is None else owner, updated_at=now)
        return True

    async def rows(self, query: Filter) -> AsyncIterator[LeadRow]:
        for row in self._matching(query):
            yield row


@dataclass
class FakeReports:
    """One conversation with two lines, and the figures it is given."""

    lines: Sequence[Line] = ()
    figures: Mapping[str, Json] = field(default_factory=dict)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    async def stats(self, since: datetime, until: datetime) -> Mapping[str, Json]:
        self.asked.append((since, until))
        return self.figures

    async def conversations(self, limit: int, cursor: str) -> tuple[Sequence[ConversationRow], int, str]:
        row = ConversationRow("c1", "telegram", "ru", "bot", "qualification", "need", "open", "", NOW, NOW)
        return [row][:limit], 1, ""

    async def owned(self, staff: str, limit: int) -> Sequence[ConversationRow]:
        return []

    async def transcript(self, conversation: str, limit: int, cursor: str) -> tuple[Sequence[Line], int, str]:
        return self.lines[:limit], len(self.lines), ""

    async def trace(self, message: str) -> Mapping[str, Json] | None:
        return {"flow": "qualification"} if message == "m1" else None


@dataclass
class FakeConversations:
    """Conversations by id; `commit` compares the version, as every store does."""

    kept: dict[str, Conversation] = field(default_factory=dict)

    async def open(self, address: Address) -> Conversation | None:
        return next((found for found in self.kept.values() if found.address == address), None)

    async def get(self, conversation: str) -> Conversation | None:
        return self.kept.get(conversation)

    async def commit(self, commit: Commit) -> Committed | Stale:
        after = commit.turn.conversation
        known = self.kept.get(after.id)
        if (known.version if known else 0) != commit.before:
            return Stale()
        self.kept[after.id] = after
        return Committed()

    async def done(
        self, rows: Sequence[int], now: datetime, heard: Sequence[Line] = (), audit: Mapping[str, Json] | None = None
    ) -> None:
        return


@dataclass
class FakeDeliveries:
    """Deliveries in a list."""

    kept: list[Delivery] = field(default_factory=list)

    async def list(self, status: str | None, limit: int, cursor: str = "") -> tuple[Sequence[Delivery], int, str]:
        if cursor:
            raise Refused("no page begins at this cursor: leave it out to begin anew", "cursor")
        found = [one for one in self.kept if one.status == status or (status is None and one.status != "sent")]
        return found[:limit], len(found), ""

    async def retry(self, keys: Sequence[str], now: datetime) -> int:
        found = [one for one in self.kept if one.key in keys and one.status == "failed"]
        self.kept = [replace(one, status="open") if one in found else one for one in self.kept]
        return len(found)
