"""What was meant, in the machine's terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flows.model import Contact, Fact, File, Json


@dataclass(frozen=True, slots=True)
class Start:
    """`/start`, with a deep link's payload as the lead's source."""

    source: str = ""


@dataclass(frozen=True, slots=True)
class Fill:
    """A slot is known: `value` in the slot's own shape (see `flows.slots`), `text` as it was said."""

    slot: str
    value: Json
    text: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """A button was pressed: of which step, in which version of its flow, what it stands for, and its words."""

    flow: str
    step: str
    version: int
    value: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that neither answer the open question nor mean anything else we know."""

    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A free question; `fact` is what the local knowledge found, None when it does not know."""

    question: str
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """An objection of one of the known types, with the words that raised it."""

    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Language:
    """The prospect chose a language (`explicit`), or their words revealed one."""

    locale: str
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class HandOff:
    """The prospect, or a rule, wants a person; `reason` picks the words."""

    reason: str = "asked"


@dataclass(frozen=True, slots=True)
class Correct:
    """Change an earlier answer; an empty slot means: ask which."""

    slot: str = ""


@dataclass(frozen=True, slots=True)
class GiveContact:
    """A contact was shared or typed."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Media:
    """A file, voice, sticker, location or another's contact card that carries no words."""

    kind: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Consent for a purpose is taken back (`/me`)."""

    purpose: str


@dataclass(frozen=True, slots=True)
class Own:
    """A rep takes over, or gives back (`owner` is `BOT`); `name` is shown to the prospect.

    `answers` were given to the rep: the bot does not ask for them again.
    """

    owner: str
    name: str = ""
    answers: tuple[Fill, ...] = ()


@dataclass(frozen=True, slots=True)
class Speak:
    """The words of a person who works here.

    `origin` names their message at the desk. A `key` makes the words one entry, however often they are given. Words
    said `aside` leave although the bot keeps the chat.
    """

    text: str
    by: str
    name: str = ""
    files: tuple[File, ...] = ()
    key: str = ""
    origin: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Reword:
    """Words of a person that were sent, under the key `of`, are other words now."""

    of: str
    text: str
    by: str
    name: str = ""
    key: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Words of a person that were sent, under the key `of`, are to be there no more."""

    of: str
    by: str
    key: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Await:
    """How the conversation's wait for a person goes on, its `number` from 1: `news` is one of `flows.waits.NEWS`."""

    news: str
    number: int
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recap:
    """What a person agreed with the prospect, in one line: the bot's next words begin with it."""

    text: str


@dataclass(frozen=True, slots=True)
class WakeUp:
    """A wake-up that was set by a turn is due."""

    wake: str


Plain = Literal["skip", "back", "help", "stop", "restart", "leave_contact", "me", "languages", "greet", "thanks", "buy"]


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish with a name; `text` are the words it was read from."""

    name: Plain
    text: str = ""


Command: TypeAlias = (
    Start
    | Fill
    | Choose
    | Unclear
    | Ask
    | Object
    | Language
    | HandOff
    | Correct
    | GiveContact
    | Media
    | Withdraw
    | Own
    | Speak
    | Reword
    | TakeBack
    | Await
    | Recap
    | WakeUp
    | Wish
)
