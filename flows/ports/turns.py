"""What a turn needs of the world: inbox, conversations, outbox, channels and the time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flows.decisions import Turn
from flows.events import Event
from flows.model import Address, Conversation, File, Json
from flows.outbound import Dispatch, Line, Outbound


@dataclass(frozen=True, slots=True)
class Stored:
    """An event with its row in the inbox; `at` of the event is its stored arrival time."""

    row: int
    event: Event


class Inbox(Protocol):
    """Keeps what happened until a turn has dealt with it."""

    async def receive(self, events: Sequence[Event], now: datetime) -> Sequence[Stored]:
        """Store events durably, each once per channel, bot and id, and try to lease their addresses.

        Returns the new ones whose address this worker now holds, in order; the others were repeats, or wait
        for the worker that holds their address. Raises `StorageDown` with nothing stored.
        """
        ...

    async def claim(self, now: datetime, limit: int) -> Sequence[Stored]:
        """Take over addresses with open events that nobody holds: all their open events, oldest first."""
        ...

    async def release(self, address: Address) -> Sequence[Stored]:
        """Give an address up, unless more open events came meanwhile: then keep the lease and return those."""
        ...

    async def renew(self, addresses: Sequence[Address], now: datetime) -> None:
        """Prolong the leases of addresses that wait for the end of a burst."""
        ...


@dataclass(frozen=True, slots=True)
class Agreement:
    """A row of the consent register: the very words (`text` = key@version#hash), when, where, and the answer."""

    purpose: str
    granted: bool
    text: str
    locale: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything a turn changes, in one transaction.

    `before` is the version the turn was computed from (0: a new conversation). `done` are the inbox rows it dealt
    with. `cancel` cancels the open rows of that writer in this conversation before `dispatches` are added. A message
    dispatch also becomes a transcript line with the dispatch's key as its id and `traces[key]`. `release` gives the
    address up in the same transaction when no other open event of it is stored.
    """

    turn: Turn
    before: int
    now: datetime
    done: tuple[int, ...] = ()
    heard: tuple[Line, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    traces: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    cancel: str = ""
    audit: Mapping[str, Json] = field(default_factory=dict)
    release: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The turn is durable. `more` are open events of the address stored meanwhile (the lease is kept for them).

    `held_back` says that older unsent rows of the address belong to another worker: leave the sending to the schedule.
    """

    more: tuple[Stored, ...] = ()
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else's turn was first; nothing was written. Reload and run again.

    Unless it is `settled`: then another worker has dealt with one of its events already, and they must be dropped.
    """

    settled: bool = False


class Conversations(Protocol):
    """Where prospects stand."""

    async def open(self, address: Address) -> Conversation | None:
        """The newest conversation of an address, or None for a stranger."""
        ...

    async def get(self, conversation: str) -> Conversation | None:
        """One by id, read fresh."""
        ...

    async def commit(self, commit: Commit) -> Committed | Stale:
        """Write a turn; many turns share a transaction, a failed group is retried one by one."""
        ...

    async def done(
        self, rows: Sequence[int], now: datetime, heard: Sequence[Line] = (), audit: Mapping[str, Json] | None = None
    ) -> None:
        """Mark events done that need no turn (a repeat press, a delivery notice), keeping what was heard.

        `audit` says who did what by them, and is written in the same transaction.
        """
        ...


class Outbox(Protocol):
    """What has to leave; entries survive until they are sent, cancelled or given up."""

    async def claim(
        self, now: datetime, limit: int, connected: Collection[tuple[str, str]], *, in_line: bool = False
    ) -> Sequence[Dispatch]:
        """Due entries that nobody holds, only the oldest open one of each address, leased to this worker.

        `connected` are the channels of this worker, each with its bot: what leaves by others, and their wake-ups, is
        left to the workers that have them. `in_line`: in the order in which they were written, however often some of
        them were tried and put off; else by the time when they became due.
        """
        ...

    async def put(self, entries: Sequence[Dispatch]) -> None:
        """Add entries that no turn made: no messages. A key that is known is left as it is."""
        ...

    async def release(self, key: str) -> None:
        """Let an own entry go untried: it stays open, for the next worker that may have it; no attempt is counted."""
        ...

    async def reclaim(self, key: str, now: datetime) -> Dispatch | None:
        """Before sending again: the entry, leased anew, or None when it was cancelled or its writer no longer owns."""
        ...

    async def sent(self, key: str, receipt: str, now: datetime) -> None:
        """Mark as sent with the messenger's id; rides in the next group and need not be awaited."""
        ...

    async def failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        """Count an attempt; None gives up for good: kept, visible, retried by hand."""
        ...

    async def cancel(self, key: str) -> bool:
        """Take an entry back, and the transcript line of a message with it; False once it was too late for that.

        Too late is: sent, given up, cancelled before, or held by a worker, who is about to send it.
        """
        ...

    async def receipt(self, key: str) -> str:
        """The messenger's id of what was sent; empty while it was not, or nothing was."""
        ...

    async def cancel_wakes(self, conversation: str) -> None:
        """Drop the wake-ups of a conversation that has moved on."""
        ...


class Channel(Protocol):
    """A messenger. Hints (typing, acknowledging a press) may be lost and never raise."""

    async def send(self, address: Address, message: Outbound) -> str:
        """Send and return a receipt: what the channel needs to find all of it again, opaque to everybody else.

        Raises `Retry`, `Refused`, `Misconfigured`; so do `upload`, `change` and `remove`.
        """
        ...

    async def upload(self, address: Address, message: Outbound, contents: Mapping[str, bytes]) -> str:
        """Send a message with files that the messenger does not have; `contents` are their bytes by `File.ref`."""
        ...

    async def change(self, address: Address, receipt: str, message: Outbound) -> None:
        """Give what was sent other words and choices; twice is no error. `Refused` where that cannot be (any more)."""
        ...

    async def remove(self, address: Address, receipt: str) -> None:
        """Take away what was sent; what is gone is no error. `Refused` where that cannot be (any more)."""
        ...

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file that somebody sent; at most 20 MB, else `Refused` (too_large). Raises `Retry`."""
        ...

    async def typing(self, address: Address) -> None:
        """Show that a reply is being written."""
        ...

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        """Answer a press, with a toast if there is a text."""
        ...


class Receiver(Protocol):
    """Takes what a channel received; returns once it is durable. Raises `StorageDown`: do not confirm."""

    async def __call__(self, events: Sequence[Event]) -> None:
        """Store, then start the turns."""
        ...


class Clock(Protocol):
    """The only source of time."""

    def __call__(self) -> datetime:
        """Now, aware."""
        ...
