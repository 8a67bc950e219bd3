"""The words of the product: where a prospect stands, who they are and what is sold to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


Slots: TypeAlias = Mapping[str, Json]


BOT = "bot"
"""The owner of a conversation, and the writer of a message, that is no person."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where words go to and come from: one chat with one bot in one channel."""

    channel: str
    bot: str
    chat: str
    thread: str = ""

    @property
    def key(self) -> str:
        """One string per address; the same chat under two bots has two."""
        return f"{self.channel}:{self.bot}:{self.chat}:{self.thread}"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a messenger tells of the person unasked; names are hostile text."""

    id: str = ""
    name: str = ""
    username: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person; `verified` when the messenger vouches that it is the person's own."""

    name: str = ""
    phone: str = ""
    email: str = ""
    telegram: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file by reference: `ref` is the channel's own id or a key of the `Files` port; size in bytes."""

    kind: Literal["photo", "document", "voice", "video", "audio", "sticker", "location", "other"]
    ref: str
    name: str = ""
    mime: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (kopecks, cents) of an ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Fact:
    """An answer found in the knowledge: `kind` picks the words, `params` fill them, `sources` are `id@version` rows."""

    kind: str
    params: Mapping[str, Json]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A step of a flow."""

    flow: str
    step: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A question that was answered, and the flows that waited at that time: where "back" leads."""

    place: Place
    paused: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """What was answered when a purpose was asked for; the very words are in the consent register (`Agreement`)."""

    granted: bool
    at: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where one prospect stands. Plain data: it is stored as it is, and an older shape still loads."""

    id: str
    address: Address
    locale: str
    version: int = 0
    ordinal: int = 1  # which conversation at this address
    flow: str = ""
    flow_version: int = 0
    step: str = ""  # "" before the start and after the end
    paused: tuple[Place, ...] = ()  # flows that wait for the one they called
    trail: tuple[Mark, ...] = ()  # questions answered, for "back"
    told: tuple[str, ...] = ()  # texts of `say` steps, none said twice
    slots: Slots = field(default_factory=dict)  # None: asked and passed over
    quotes: Mapping[str, str] = field(default_factory=dict)  # slot -> the words it came from
    contact: Contact | None = None  # held before consent, the lead's after
    consents: Mapping[str, Consent] = field(default_factory=dict)
    owner: str = BOT
    spoke: bool = False  # the owner has said something since the chat is theirs
    wants_person: str = ""  # the reason, until a rep takes over
    answer_owed: str = ""  # "call_back" or "answer_later": agreed on when nobody came, until a rep takes over
    taken_at: str = ""  # ISO 8601: when a rep last took it from the bot,
    given_back_at: str = ""  # and when it was given back; empty while it is not
    recap: str = ""  # what was agreed with a rep, until the bot has said it
    wakes: Mapping[str, int] = field(default_factory=dict)  # follow-ups sent, by name
    locale_locked: bool = False
    language_hints: int = 0  # detections in a row that differ from the locale
    retries: int = 0  # answers to the open question that could not be read
    digressions: int = 0  # free questions since the open question was asked
    offered: bool = False  # a contact or a person was offered after many questions
    asked: str = ""  # what is asked beside the questions: "correct" (which answer?), or a contact slot to be changed
    resumes: bool = False  # the contact came unasked, so the end of its flow leads back to the questions it broke into
    signals: tuple[str, ...] = ()  # behaviour that scores: "buy", "asked_price"
    status: Literal["open", "ended", "stopped"] = "open"
    outcome: str = ""
    qualified: bool = False  # a `qualify` step was passed
    lead: str = ""  # the status of the lead as the last turn left it
    carded: bool = False  # it has cards in the trackers, or is about to
    watched: bool = False  # it has a thread at the desk, or is about to
    source: str = ""
    profile: Profile = field(default_factory=Profile)
    started_at: str = ""
    updated_at: str = ""

    @property
    def place(self) -> Place:
        """The open step."""
        return Place(self.flow, self.step)


LeadStatus = Literal["partial", "new", "qualified", "contacted", "quoted", "won", "lost", "not_a_fit"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points were given: the rule's name and the prospect's own words."""

    points: int
    rule: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the reasons shown, and what it makes of the lead."""

    points: int = 0
    reasons: tuple[Reason, ...] = ()
    temperature: Literal["hot", "warm", "cold"] = "cold"


@dataclass(frozen=True, slots=True)
class Lead:
    """What the sales team gets of a conversation; contact fields are empty until consent."""

    conversation: str
    status: LeadStatus
    score: Score
    slots: Slots
    contact: Contact | None
    source: str
    locale: str
