"""What the machine wants: unworded and undelivered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from flows.model import BOT, Conversation, File, Json, Lead


@dataclass(frozen=True, slots=True)
class Option:
    """A choice before it is worded: `key` names its label, `data` is what its button sends back."""

    key: str
    data: str


@dataclass(frozen=True, slots=True)
class Say:
    """Say a text by key; of all that a turn says one message is made, with the last options."""

    key: str
    params: Mapping[str, Json] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    share_contact: bool = False  # offer the messenger's own button for sharing a contact
    step: str = ""  # "flow.step" of the question this asks


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that are said as they are: those of the staff member `by`. See `flows.commands.Speak`."""

    text: str
    name: str = ""
    by: str = ""
    files: tuple[File, ...] = ()
    key: str = ""
    origin: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A message that was sent as the entry `of` gets other words, or is taken away where `text` is None."""

    of: str
    text: str | None
    name: str = ""
    by: str = ""
    key: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent was given, refused or withdrawn; the words shown are those of `key`."""

    purpose: str
    granted: bool
    key: str
    services: str = ""  # the outside services that the words named


@dataclass(frozen=True, slots=True)
class Notify:
    """The desk should know: `kind` is a notice's name (person_asked, unanswered, lead_qualified)."""

    kind: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wake:
    """Wake this conversation after a while unless it has moved on."""

    name: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Cancel:
    """What the bot has not sent yet must not be sent."""

    writer: str = BOT


Decision: TypeAlias = Say | Quote | Edit | Agreed | Notify | Wake | Cancel


@dataclass(frozen=True, slots=True)
class Turn:
    """The whole output of `advance`: the next conversation, what to do, and the lead as it now is (None: none yet)."""

    conversation: Conversation
    decisions: tuple[Decision, ...]
    lead: Lead | None = None
