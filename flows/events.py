"""What happened: everything that enters the product is an event, stored once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from flows.model import Address, Contact, Fact, File, Profile

SaidKind = Literal["text", "edited", "choice", "contact", "foreign_contact", "file", "location", "sticker", "other"]


@dataclass(frozen=True, slots=True)
class Said:
    """A prospect typed, pressed, shared or sent something. `id` is unique per channel and bot."""

    id: str
    address: Address
    at: datetime
    kind: SaidKind = "text"
    text: str = ""
    choice: str = ""  # the `Choice.data` of the pressed button
    contact: Contact | None = None
    files: tuple[File, ...] = ()
    profile: Profile = field(default_factory=Profile)
    message: str = ""  # the messenger's id of the message, for edits and the transcript
    callback: str = ""  # the press to acknowledge
    group: str = ""  # album: events of one group are one turn
    private: bool = True  # False in groups, where the bot only explains itself


@dataclass(frozen=True, slots=True)
class Reachable:
    """The messenger tells that the person blocked the bot (False) or let it in again (True)."""

    id: str
    address: Address
    at: datetime
    reachable: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The knowledge came back to a question asked at `version`; `fact` is None when it knows nothing."""

    id: str
    address: Address
    at: datetime
    conversation: str
    version: int
    question: str
    fact: "Fact | None"


@dataclass(frozen=True, slots=True)
class Due:
    """A wake-up whose time has come; it is worded from the state of that moment."""

    id: str
    address: Address
    at: datetime
    conversation: str
    wake: str
    version: int = 0  # the version it was set at; a conversation that has moved on sleeps through


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody wrote, changed or took back words in a thread of the desk; who that is to us, is asked of `Staff`.

    `by` is the desk's own id of the person; `message` is the desk's id of their message, the same when it is edited.
    """

    id: str
    address: Address
    at: datetime
    by: str
    message: str
    kind: Literal["new", "edited", "deleted"] = "new"
    text: str = ""  # plain, the desk's escapes undone
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody at the desk pressed a button or sent a form; `value` is the button's own, `fields` what was filled in.

    `message` is the desk's id of the message that carried the button, empty for a form's.
    """

    id: str
    address: Address
    at: datetime
    by: str
    action: str
    value: str = ""
    message: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A tracker tells where a card is now; `moved_at` is when it got there, `by_us` whether our own token moved it.

    `address` is the tracker's own: moves of a card are dealt with in order. `gone` says that it was deleted.
    """

    id: str
    address: Address
    at: datetime
    card: str
    column: str
    moved_at: datetime
    by_us: bool = False
    gone: bool = False


Event: TypeAlias = Said | Reachable | Answered | Due | Written | Pressed | Moved
