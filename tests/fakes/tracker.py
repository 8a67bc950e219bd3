"""A tracker in memory that fails as trackers do: before it wrote, after it wrote, or with the process that asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from flows.errors import NotSent, Refused, Retry
from flows.events import Moved
from flows.model import Json
from flows.ports.tracker import Card, CardRef, Place

Failure = Literal["", "before", "after", "killed", "limited", "refused"]


class Killed(BaseException):
    """The process ended between the tracker's write and ours."""


@dataclass
class MemoryTracker:
    """The port `Tracker`; `failures` are met by writes, one each, in order."""

    name: str = "trello"
    cards: dict[str, Card] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)
    by_hand: list[CardRef] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    writes: int = 0
    found: Sequence[Moved] = ()

    async def create(self, card: Card) -> CardRef:
        """Make one more."""
        self._begin()
        identity = f"{self.name}-{len(self.cards) + 1}"
        self.cards[identity] = card
        self.columns[identity] = "New"
        self._end()
        return self._ref(identity)

    async def find(self, key: str) -> CardRef | None:
        """By key."""
        return next((self._ref(one) for one, card in self.cards.items() if card.key == key), None)

    async def find_person(self, phone: str, email: str) -> Sequence[CardRef]:
        """What somebody made by hand."""
        return self.by_hand

    async def update(self, ref: CardRef, card: Card) -> CardRef:
        """Show it."""
        if ref.id not in self.cards:
            reason = "not there"
            raise Refused(reason, "gone")
        self._begin()
        self.cards[ref.id] = card
        if card.columns:
            self.columns[ref.id] = card.columns[0]
        self._end()
        return self._ref(ref.id)

    async def comment(self, ref: CardRef, text: str) -> None:
        """Say it."""
        self._begin()
        self.comments.setdefault(ref.id, []).append(text)
        self._end()

    async def attach(self, ref: CardRef, name: str, mime: str, content: bytes) -> None:
        """Files are not kept."""

    async def describe(self) -> Sequence[Place]:
        """One list."""
        return [Place("list", "1", "New")]

    async def moves(self, refs: Sequence[CardRef], since: datetime) -> Sequence[Moved]:
        """What a test has put there."""
        known = {ref.id for ref in refs}
        return [replace(moved) for moved in self.found if moved.card in known and moved.moved_at >= since]

    def read(self, headers: Mapping[str, str], body: bytes, url: str) -> Sequence[Moved]:
        """No webhook."""
        return ()

    async def register(self, url: str) -> Mapping[str, Json]:
        """Nothing to keep."""
        return {}

    async def close(self) -> None:
        """Nothing is open."""

    def _ref(self, identity: str) -> CardRef:
        return CardRef(identity, f"https://tracker.example/{identity}", self.columns.get(identity, ""))

    def _begin(self) -> None:
        self.writes += 1
        match self.failures[0] if self.failures else "":
            case "before":
                self.failures.pop(0)
                raise Retry("reset before the write")
            case "limited":
                self.failures.pop(0)
                raise NotSent("too many", after=3.0)
            case "refused":
                self.failures.pop(0)
                raise Refused("the list is archived", "invalid")

    def _end(self) -> None:
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "after":
            raise Retry("reset after the write")
        if failure == "killed":
            raise Killed
