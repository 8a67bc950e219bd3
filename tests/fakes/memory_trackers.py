"""Cards and rate limits of the trackers in memory, held to the same contract as the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flows.model import Json, LeadStatus
from flows.ports.tracker import Carded
from tests.fakes.memory_data import Memory


class MemoryCards:
    """The port `Cards`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def of(self, lead: str, tracker: str) -> Carded | None:
        """One."""
        return self._memory.cards.get((lead, tracker))

    async def by_card(self, tracker: str, card: str) -> Carded | None:
        """By the tracker's id."""
        return next(
            (one for one in self._memory.cards.values() if one.tracker == tracker and one.ref and one.ref.id == card),
            None,
        )

    async def keep(self, carded: Carded, now: datetime) -> None:
        """Add or replace, but for the newest move."""
        key = (carded.lead, carded.tracker)
        known = self._memory.cards.get(key)
        self._memory.cards[key] = replace(carded, moved_at=known.moved_at if known else carded.moved_at, kept_at=now)
        self._memory.cards_shown[key] = now
        row = self._memory.leads.get(carded.lead)
        if row is not None and carded.ref is not None:
            shown: dict[str, Json] = {**row.trackers, carded.tracker: {"id": carded.ref.id, "url": carded.ref.url}}
            self._memory.leads[carded.lead] = replace(row, trackers=shown)

    async def all(self, tracker: str, after: str, limit: int) -> Sequence[Carded]:
        """By lead."""
        chosen = [one for one in self._memory.cards.values() if one.tracker == tracker and one.ref and one.lead > after]
        return sorted(chosen, key=lambda one: one.lead)[:limit]

    async def moves(self, tracker: str, since: datetime, until: datetime) -> int:
        """Between two times."""
        times = [one.moved_at for one in self._memory.cards.values() if one.tracker == tracker]
        return sum(1 for at in times if at is not None and since <= at <= until)

    async def behind(self, before: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Changed and not shown since."""
        found = []
        for (lead, tracker), card in self._memory.cards.items():
            row = self._memory.leads.get(lead)
            if row and card.ref and self._memory.cards_shown[lead, tracker] < row.updated_at < before:
                found.append((lead, tracker, row.updated_at))
        return sorted(found, key=lambda one: one[2])[:limit]

    async def moved(self, carded: Carded, status: LeadStatus | None, at: datetime, now: datetime) -> bool:
        """The newest move of a lead wins."""
        row = self._memory.leads.get(carded.lead)
        times = [one.moved_at for one in self._memory.cards.values() if one.lead == carded.lead and one.moved_at]
        times += [self._memory.changed_at[carded.lead]] if carded.lead in self._memory.changed_at else []
        counts = row is not None and all(time < at for time in times)
        action = "moved" if counts else "moved_before"
        self._memory.audit.append({"by": f"tracker:{carded.tracker}", "action": action, "lead": carded.lead})
        if row is None or not counts:
            return False
        known = self._memory.cards[carded.lead, carded.tracker]
        new = status or row.lead.status
        self._memory.cards[carded.lead, carded.tracker] = replace(known, moved_at=at, column=carded.column, status=new)
        self._memory.cards_shown[carded.lead, carded.tracker] = now
        if status is not None and status != row.lead.status:
            self._memory.leads[carded.lead] = replace(row, lead=replace(row.lead, status=status), updated_at=now)
        return True


class MemoryHooks:
    """The port `Hooks`."""

    def __init__(self, memory: Memory) -> None:
        self._kept = memory.hooks

    async def of(self, tracker: str) -> Mapping[str, Json]:
        """What is kept."""
        return self._kept.get(tracker, {})

    async def keep(self, tracker: str, kept: Mapping[str, Json]) -> None:
        """Replace it."""
        self._kept[tracker] = dict(kept)


class MemoryBudget:
    """The port `Budget`."""

    def __init__(self, memory: Memory) -> None:
        self._free = memory.limits

    async def take(self, name: str, limit: int, seconds: float, now: datetime) -> float:
        """An even pace after a small burst."""
        burst = max(limit // 33, 1)
        pace = timedelta(seconds=seconds / max(limit - burst, 1))
        following = max(self._free.get(name, now), now) + pace
        early = (following - now - burst * pace).total_seconds()
        if early > 0:
            return early
        self._free[name] = following
        return 0.0
