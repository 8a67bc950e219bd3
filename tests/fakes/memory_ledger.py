"""The ports in memory that the product keeps its word by: waits, promises, notices, and people known twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from flows.model import BOT, Contact, Conversation
from flows.ports.ledger import Promise, Twin, Wait
from flows.ports.reading import LeadRow
from tests.fakes.memory_data import Memory

_OVER = ("won", "lost", "not_a_fit")
_DEAD = timedelta(minutes=2)


class MemoryWaits:
    """The port `Waits`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def open(self, wait: Wait) -> Wait:
        """Begin one unless one is open."""
        known = await self.of(wait.conversation)
        if known is not None:
            return known
        number = 1 + sum(of == wait.conversation for of, _ in self._memory.waits)
        self._memory.waits[wait.conversation, number] = replace(wait, number=number)
        return self._memory.waits[wait.conversation, number]

    async def of(self, conversation: str) -> Wait | None:
        """The open one."""
        found = [one for one in self._memory.waits.values() if one.conversation == conversation]
        return next((one for one in found if one.state == "open"), None)

    async def change(self, wait: Wait) -> bool:
        """While it is open."""
        known = self._memory.waits.get((wait.conversation, wait.number))
        if known is None or known.state != "open":
            return False
        self._memory.waits[wait.conversation, wait.number] = wait
        return True

    async def due(self, now: datetime, limit: int) -> Sequence[Wait]:
        """Whose next rung is due."""
        due = [(one.next_at, one) for one in self._memory.waits.values() if one.state == "open" and one.next_at]
        return [one for at, one in sorted(due, key=lambda item: (item[0], item[1].conversation)) if at <= now][:limit]

    async def answer_times(self, since: datetime, hour: int | None = None) -> Sequence[int]:
        """Of claimed ones."""
        claimed = [
            (one.asked_at, int((one.ended_at - one.asked_at).total_seconds()))
            for one in self._memory.waits.values()
            if one.state == "claimed" and one.ended_at and one.asked_at >= since and hour in {None, one.asked_at.hour}
        ]
        return [seconds for _, seconds in sorted(claimed)]

    async def recent(self, limit: int) -> Sequence[Wait]:
        """Newest first."""
        newest = sorted(self._memory.waits.values(), key=lambda one: (one.asked_at, one.conversation), reverse=True)
        return newest[:limit]

    async def busy(self) -> dict[str, int]:
        """Open conversations by owner."""
        return dict(Counter(one.owner for one in self._owned()))

    async def silent(self, before: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Unanswered by their owners."""
        waiting = [(one.id, one.owner, at) for one in self._owned() if (at := self._unanswered(one)) and at < before]
        return sorted(waiting, key=lambda item: (item[2], item[0]))[:limit]

    def _owned(self) -> list[Conversation]:
        memory = self._memory
        owned = [one for one in memory.conversations.values() if one.owner != BOT and one.status == "open"]
        return [one for one in owned if memory.newest(one.address.key) == one]

    def _unanswered(self, conversation: Conversation) -> datetime | None:
        """Since when, if nobody has answered the last words of the prospect."""
        since: datetime | None = None
        for line in self._memory.lines:
            if line.conversation != conversation.id or line.by == BOT:
                continue
            if line.by == "prospect":
                since = line.at
            elif "texts" not in line.trace:
                since = None
            elif since is not None:
                since = line.at
        return since


class MemoryPromises:
    """The port `Promises`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def put(self, promises: Sequence[Promise]) -> None:
        """Add."""
        for promise in promises:
            self._memory.promises.setdefault(promise.id, promise)

    async def of(self, conversation: str) -> Sequence[Promise]:
        """Open ones."""
        found = [one for one in self._memory.promises.values() if one.conversation == conversation]
        return sorted((one for one in found if one.state == "open"), key=lambda one: (one.made_at, one.id))

    async def due(self, before: datetime, limit: int) -> Sequence[Promise]:
        """Not reminded of."""
        found = [one for one in self._memory.promises.values() if one.state == "open" and not one.reminded]
        due = [(one.due, one.id, one) for one in found if one.due and one.due < before]
        return [one for _, _, one in sorted(due, key=lambda item: item[:2])][:limit]

    async def reminded(self, promise: str) -> None:
        """Reminded."""
        if known := self._memory.promises.get(promise):
            self._memory.promises[promise] = replace(known, reminded=True)

    async def end(self, promise: str, state: Literal["kept", "dropped"]) -> bool:
        """Close one."""
        known = self._memory.promises.get(promise)
        if known is None or known.state != "open":
            return False
        self._memory.promises[promise] = replace(known, state=state)
        return True


class MemoryNotices:
    """The port `Notices`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def once(self, key: str, now: datetime) -> bool:
        """Told for the first time."""
        new = key not in self._memory.told
        self._memory.told.setdefault(key, None)
        return new

    async def begin(self, key: str, now: datetime) -> bool:
        """Nobody has, or is about to."""
        begun = self._memory.told.get(key, datetime.min.replace(tzinfo=now.tzinfo))
        if begun is None or begun > now - _DEAD:
            return False
        self._memory.told[key] = now
        return True

    async def done(self, key: str, now: datetime) -> None:
        """Told."""
        self._memory.told[key] = None

    async def gather(self, key: str, kind: str, conversation: str, text: str, now: datetime) -> None:
        """For the next digest."""
        self._memory.gathered.setdefault(key, (now, kind, conversation, text))

    async def gathered(self, until: datetime) -> Sequence[tuple[str, str, str]]:
        """What waits."""
        waiting = sorted(self._memory.gathered.items(), key=lambda item: (item[1][0], item[0]))
        return [row[1:] for key, row in waiting if row[0] < until and key not in self._memory.digested]

    async def told(self, until: datetime) -> None:
        """What waited."""
        self._memory.digested.update(key for key, row in self._memory.gathered.items() if row[0] < until)


class MemoryTwins:
    """The port `Twins`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def find(self, lead: str) -> Sequence[Twin]:
        """Others with the same contact."""
        mine = self._memory.leads.get(lead)
        if mine is None or not (own := _contact(mine)):
            return []
        found = []
        for other in sorted(self._memory.leads.values(), key=lambda row: (row.created_at, row.id)):
            theirs = _contact(other)
            if other.id == lead or not theirs or other.merged_into or other.lead.status in _OVER:
                continue
            if key := _shared(own, theirs):
                found.append(Twin(lead, other.id, key, own.verified and theirs.verified and _vouched(own, theirs, key)))
        return found

    async def merge(self, lead: str, other: str, key: str, by: str, now: datetime, *, verified: bool) -> bool:
        """Make one a part of the other."""
        memory = self._memory
        mine, kept = memory.leads.get(lead), memory.leads.get(other)
        while kept is not None and kept.merged_into:
            kept = memory.leads.get(kept.merged_into)
        if mine is None or kept is None or mine.merged_into or kept.id == lead:
            return False
        memory.leads[lead] = replace(mine, merged_into=kept.id, updated_at=now)
        memory.twins[frozenset((lead, kept.id))] = Twin(lead, kept.id, key, verified, "merged")
        memory.audit.append({"by": by, "action": "merge", "lead": lead, "into": kept.id})
        return True

    async def undo(self, lead: str, by: str, now: datetime) -> bool:
        """Take a merge back."""
        memory = self._memory
        mine = memory.leads.get(lead)
        if mine is None or not mine.merged_into:
            return False
        pair = frozenset((lead, mine.merged_into))
        memory.twins[pair] = replace(memory.twins[pair], state="undone")
        memory.leads[lead] = replace(mine, merged_into="", updated_at=now)
        memory.audit.append({"by": by, "action": "merge_undo", "lead": lead, "into": mine.merged_into})
        return True

    async def flag(self, twin: Twin, now: datetime) -> bool:
        """Note a possible duplicate."""
        pair = frozenset((twin.lead, twin.other))
        if pair in self._memory.twins:
            return False
        self._memory.twins[pair] = twin
        return True

    async def of(self, lead: str) -> Sequence[Twin]:
        """What is known."""
        return [twin for pair, twin in self._memory.twins.items() if lead in pair]


def _contact(row: LeadRow) -> Contact | None:
    return row.lead.contact if row.consent is not None else None


def _shared(one: Contact, other: Contact) -> Literal["", "phone", "email"]:
    if one.phone and one.phone == other.phone:
        return "phone"
    return "email" if one.email and one.email.casefold() == other.email.casefold() else ""


def _vouched(one: Contact, other: Contact, key: str) -> bool:
    """A messenger that vouches for a phone does not vouch for the e-mail beside it."""
    return key == "phone" or not (one.phone or other.phone)
