"""Who speaks to the prospect: a rep takes over, speaks, and hands back, each only if nobody was quicker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from flows.commands import Command, Own, Speak
from flows.model import BOT, Conversation


@dataclass(frozen=True, slots=True)
class Act:
    """What staff do in a conversation while `expect_owner` owns it (None: whoever does); `by` goes into the audit.

    `done` are the inbox rows that asked for it: the turn marks them in its own transaction, so that none is done twice.
    The words leave after `hold`, and may be taken back until then.
    """

    conversation: str
    commands: tuple[Command, ...]
    expect_owner: str | None
    by: str
    now: datetime
    done: tuple[int, ...] = ()
    hold: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Ran:
    """The turn is durable; `conversation` is how it stands now, `entries` are the keys of the messages it sends."""

    conversation: Conversation
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnedBy:
    """Somebody else owns the conversation (`BOT`, or a staff id); nothing was written."""

    owner: str


class Turns(Protocol):
    """Runs commands that no prospect said as one durable turn."""

    async def __call__(self, act: Act) -> Ran | OwnedBy | None:
        """Load the conversation fresh, and commit the turn only while the expected owner owns that very version.

        A stale version is loaded and looked at again. None: there is no such conversation.
        """
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """The rep owns the conversation; the bot's pending words were cancelled in the same transaction."""


@dataclass(frozen=True, slots=True)
class AlreadyTaken:
    """Another rep was first."""

    owner: str


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The bot owns the conversation again."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The rep's words are in the transcript and on their way."""


@dataclass(frozen=True, slots=True)
class NotOwner:
    """Only the owner may do this; `owner` is who that is."""

    owner: str


@dataclass(frozen=True, slots=True)
class NoConversation:
    """There is none of that id."""


TookOver: TypeAlias = Taken | AlreadyTaken | NoConversation
GaveBack: TypeAlias = HandedBack | NotOwner | NoConversation
SaidByRep: TypeAlias = Spoken | NotOwner | NoConversation


class TakeOver:
    """A rep takes a conversation from the bot; a second press of the same rep changes nothing."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def __call__(
        self, conversation: str, staff: str, name: str, now: datetime, done: tuple[int, ...] = ()
    ) -> TookOver:
        """Compare and set; `name` is what the prospect reads, `done` is marked where that was a turn.

        Raises `StorageDown`.
        """
        ran = await self._turns(Act(conversation, (Own(staff, name),), BOT, staff, now, done))
        match ran:
            case None:
                return NoConversation()
            case OwnedBy(owner):
                return Taken() if owner == staff else AlreadyTaken(owner)
            case Ran():
                return Taken()


class HandBack:
    """The rep who owns a conversation gives it back to the bot."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def __call__(self, conversation: str, staff: str, now: datetime) -> GaveBack:
        """Compare and set. Raises `StorageDown`."""
        ran = await self._turns(Act(conversation, (Own(BOT),), staff, staff, now))
        match ran:
            case None:
                return NoConversation()
            case OwnedBy(owner):
                return HandedBack() if owner == BOT else NotOwner(owner)
            case Ran():
                return HandedBack()


class SpeakAsRep:
    """The rep who owns a conversation writes to the prospect."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def __call__(self, conversation: str, staff: str, name: str, text: str, now: datetime) -> SaidByRep:
        """Queue the words as they are, while the rep is still the owner. Raises `StorageDown`."""
        ran = await self._turns(Act(conversation, (Speak(text, staff, name),), staff, staff, now))
        match ran:
            case None:
                return NoConversation()
            case OwnedBy(owner):
                return NotOwner(owner)
            case Ran():
                return Spoken()
