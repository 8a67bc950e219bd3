"""The desk where staff work, and what is remembered of it: threads, messages both ways, held replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from flows.desk import Form, Member, Post, Spot
from flows.model import File
from flows.outbound import Line


# ------------------------------------------------------------------ the console itself
class Desk(Protocol):
    """A console: one adapter a vendor.

    Raises `Retry` (with the vendor's wait), `Refused` (will never work; `state` "gone" when a thread or a message is
    not there any more, "archived" when the channel cannot be written to) and `Misconfigured`. `tell`, `react`, `ask`
    and `home` are hints: they may be lost and never raise.
    """

    name: str

    @property
    def bot(self) -> str:
        """The desk's own id: a Slack workspace, a Telegram bot; empty until it is known."""
        ...

    @property
    def channel(self) -> str:
        """The channel of the console."""
        ...

    async def open(self, post: Post, key: str) -> tuple[Spot, str]:
        """Open a thread with its root post; the place, and the id of the root message (the card)."""
        ...

    async def post(self, spot: Spot, post: Post, key: str) -> str:
        """Post; the id of the (first) message.

        A try with the key of an earlier one, whose end nobody knows, finds that one instead of posting again.
        """
        ...

    async def change(self, spot: Spot, message: str, post: Post) -> None:
        """Replace a message of ours in place."""
        ...

    async def remove(self, spot: Spot, message: str) -> None:
        """Take a message of ours away; one that is gone is no error."""
        ...

    async def write(self, member: str, post: Post, key: str) -> None:
        """A private message to one person."""
        ...

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file that staff sent; at most 20 MB, else `Refused`."""
        ...

    async def member(self, member: str) -> Member:
        """Who a person is at the desk."""
        ...

    async def tell(self, spot: Spot, member: str, post: Post) -> None:
        """Show something in a thread to one person only."""
        ...

    async def react(self, spot: Spot, message: str, mark: Literal["delivered", "failed"]) -> None:
        """Mark a rep's message."""
        ...

    async def ask(self, form: Form, trigger: str) -> None:
        """Show a form to whoever pressed; `trigger` is the vendor's, good for seconds."""
        ...

    async def home(self, member: str, posts: Sequence[Post]) -> None:
        """Show a person their own page, where the desk has one."""
        ...


class Contents(Protocol):
    """Given to an adapter: the bytes of files that a post carries, whoever holds them."""

    async def __call__(self, file: File) -> bytes:
        """At most 20 MB. Raises `Refused` (state gone, too_large) and `Retry`."""
        ...


# ------------------------------------------------------------------ threads
@dataclass(frozen=True, slots=True)
class Thread:
    """Where a conversation is at a desk.

    `card` is the root message, `shown` a digest of what it shows, `mirrored` the `Line.place` of the last
    transcript line that is there. `posting` is that of a post that was begun and whose end is not written down: after
    a kill the same lines are posted under the same key again, whatever was said since.
    """

    conversation: str
    spot: Spot
    card: str
    shown: str = ""
    mirrored: int = 0
    mentioned: bool = False
    posting: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """A transcript line and its message at the desk; `origin` says who had it first."""

    line: str
    spot: Spot
    message: str
    origin: Literal["ours", "desk"] = "ours"


class Threads(Protocol):
    """Threads of conversations, and messages both ways."""

    async def of(self, conversation: str, desk: str) -> Thread | None:
        """The thread of a conversation."""
        ...

    async def at(self, spot: Spot) -> Thread | None:
        """The thread that is, or once was, at a place; its `spot` says where it is now."""
        ...

    async def keep(self, thread: Thread, now: datetime) -> None:
        """Add, or change by conversation and desk: a new place replaces the old, whose copies stay findable."""
        ...

    async def copied(self, copies: Sequence[Copy], now: datetime) -> None:
        """Remember messages; known ones are left as they are."""
        ...

    async def by_line(self, line: str, desk: str) -> Copy | None:
        """Where a line is shown, at the newest place."""
        ...

    async def by_message(self, spot: Spot, message: str) -> Copy | None:
        """The (first) line of a message, wherever in its channel."""
        ...

    async def lines(self, conversation: str, after: int, limit: int) -> Sequence[Line]:
        """Transcript lines beyond the place `after` (0: from the beginning), with their places, oldest first."""
        ...

    async def tail(self, conversation: str, limit: int) -> Sequence[Line]:
        """The last lines, with their places, oldest first."""
        ...


# ------------------------------------------------------------------ held replies
HeldState = Literal["asked", "sending", "sent", "note", "taken_back", "failed"]


@dataclass(frozen=True, slots=True)
class Held:
    """A rep's words: asked about (`asked`), or on their way (`sending`) under the outbox key `entry` until `due`."""

    id: str  # of the desk: "desk:channel:message"
    conversation: str
    spot: Spot
    message: str
    by: str  # staff id
    member: str  # the desk's id of that person
    text: str
    files: tuple[File, ...]
    state: HeldState
    at: datetime
    due: datetime
    entry: str = ""
    prompt: str = ""  # the id of the message that asks
    reminded: bool = False


class Holds(Protocol):
    """What reps wrote that has not simply left."""

    async def put(self, held: Held) -> bool:
        """Add, or replace by id; whether it was new, so that nobody is asked twice."""
        ...

    async def get(self, held: str) -> Held | None:
        """One."""
        ...

    async def move(self, held: str, expect: HeldState, state: HeldState, *, entry: str = "") -> bool:
        """Compare and set the state; False when somebody else was quicker."""
        ...

    async def of(self, conversation: str, state: HeldState) -> Sequence[Held]:
        """Those of a conversation, oldest first."""
        ...

    async def forgotten(self, before: datetime, limit: int) -> Sequence[Held]:
        """Asked about before that time, not decided and not reminded of."""
        ...

    async def reminded(self, held: str) -> None:
        """Its person was reminded."""
        ...

    async def overdue(self, before: datetime, limit: int) -> Sequence[Held]:
        """On their way, though they were due before that time; oldest first."""
        ...
