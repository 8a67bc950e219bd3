"""What the product keeps its word by: waits for a person, promises, notices, and people who are known twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

# ------------------------------------------------------------------ waiting for a person
WaitState = Literal["open", "claimed", "call_back", "closed"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A prospect's wish for a person: who was told so far (`pinged`, staff ids), what was promised, how it ended."""

    conversation: str
    number: int  # of the conversation's waits, from 1
    reason: str
    asked_at: datetime
    state: WaitState = "open"
    pinged: tuple[str, ...] = ()
    next_at: datetime | None = None  # when the next rung is due
    promised: int = 0  # seconds that the prospect was told; 0: none
    ended_at: datetime | None = None
    by: str = ""  # staff id that ended it


class Waits(Protocol):
    """Every request for a person, until it ended."""

    async def open(self, wait: Wait) -> Wait:
        """Begin one unless one is open; the open one, with the number that it got."""
        ...

    async def of(self, conversation: str) -> Wait | None:
        """The open one."""
        ...

    async def change(self, wait: Wait) -> bool:
        """Write down its rung, or its end; False, and nothing written, where it had ended already."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Wait]:
        """Open ones whose next rung is due."""
        ...

    async def answer_times(self, since: datetime, hour: int | None = None) -> Sequence[int]:
        """Seconds from asking to claiming, of claimed ones asked since, oldest first.

        `hour` of the day in UTC when it was asked; all without.
        """
        ...

    async def recent(self, limit: int) -> Sequence[Wait]:
        """The waits that began last, newest first, ended ones too: whose turn it was."""
        ...

    async def busy(self) -> dict[str, int]:
        """How many open conversations each staff id owns; only the newest of an address can be open."""
        ...

    async def silent(self, before: datetime, limit: int) -> Sequence[tuple[str, str, datetime]]:
        """Owned conversations whose prospect wrote after the rep's last own words: conversation, owner, since when.

        Since the prospect's last line, or since the take-over where that was later; longest silence first.
        """
        ...


# ------------------------------------------------------------------ promises
@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised to a prospect: the words, by whom, until when (None: no time was named)."""

    id: str
    conversation: str
    by: str
    quote: str
    made_at: datetime
    due: datetime | None
    state: Literal["open", "kept", "dropped"] = "open"
    reminded: bool = False


class Promises(Protocol):
    """The promises of bot and reps."""

    async def put(self, promises: Sequence[Promise]) -> None:
        """Add; known ids are left as they are."""
        ...

    async def of(self, conversation: str) -> Sequence[Promise]:
        """Open ones, oldest first."""
        ...

    async def due(self, before: datetime, limit: int) -> Sequence[Promise]:
        """Open, due before that time, not reminded of."""
        ...

    async def reminded(self, promise: str) -> None:
        """Its owner was reminded."""
        ...

    async def end(self, promise: str, state: Literal["kept", "dropped"]) -> bool:
        """Close one; False when it was not open."""
        ...


# ------------------------------------------------------------------ notices
class Notices(Protocol):
    """What was told to whom, so that nothing is told twice."""

    async def once(self, key: str, now: datetime) -> bool:
        """Whether this key is told for the first time; durable before it is true."""
        ...

    async def begin(self, key: str, now: datetime) -> bool:
        """Whether to tell what the key stands for: nobody has, and nobody began to within the last two minutes.

        Who began and never said `done` has died; what they posted is found again by its key. Durable before it is true.
        """
        ...

    async def done(self, key: str, now: datetime) -> None:
        """It has been told: `begin` and `once` are never true again."""
        ...

    async def gather(self, key: str, kind: str, conversation: str, text: str, now: datetime) -> None:
        """Keep something for the next digest."""
        ...

    async def gathered(self, until: datetime) -> Sequence[tuple[str, str, str]]:
        """Kind, conversation and text of what was gathered before that time and waits for a digest, oldest first."""
        ...

    async def told(self, until: datetime) -> None:
        """What was gathered before that time has been told; a key that was told is never gathered again."""
        ...


# ------------------------------------------------------------------ the same person twice
@dataclass(frozen=True, slots=True)
class Twin:
    """Two leads that may be one person's: `key` is what they share ("phone" or "email")."""

    lead: str
    other: str
    key: str
    verified: bool
    state: Literal["flagged", "merged", "undone"] = "flagged"


class Twins(Protocol):
    """Leads with the same phone or e-mail."""

    async def find(self, lead: str) -> Sequence[Twin]:
        """Other open leads (not won, lost or not a fit, nor merged) with the same phone or e-mail, oldest first.

        Consent was given on both. Verified where both contacts are; for an e-mail only where no phone is what was
        verified.
        """
        ...

    async def merge(self, lead: str, other: str, key: str, by: str, now: datetime, *, verified: bool) -> bool:
        """Make `lead` a part of `other`, or of what that is a part of; False when it is one already.

        Both rows are kept. A merged lead is none of its own: it is in no list and in no figure.
        """
        ...

    async def undo(self, lead: str, by: str, now: datetime) -> bool:
        """Take a merge back."""
        ...

    async def flag(self, twin: Twin, now: datetime) -> bool:
        """Note a possible duplicate; False when the pair was noted, merged or taken apart before."""
        ...

    async def of(self, lead: str) -> Sequence[Twin]:
        """What is known of a lead."""
        ...
