"""The words of the product: what happened, what was meant, where a prospect stands and what the machine wants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


# ------------------------------------------------------------------ events: what happened
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


Event: TypeAlias = Said | Reachable | Answered | Due


# ------------------------------------------------------------------ facts: what the company knows
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


# ------------------------------------------------------------------ commands: what was meant
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
    """A rep takes over, or gives back (`owner` is `BOT`); `name` is shown to the prospect."""

    owner: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Speak:
    """The words of the person who owns the conversation."""

    text: str
    by: str
    name: str = ""


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
    | WakeUp
    | Wish
)


# ------------------------------------------------------------------ state: where one prospect stands
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
    wants_person: str = ""  # the reason, until a rep takes over
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
    source: str = ""
    profile: Profile = field(default_factory=Profile)
    started_at: str = ""
    updated_at: str = ""

    @property
    def place(self) -> Place:
        """The open step."""
        return Place(self.flow, self.step)


# ------------------------------------------------------------------ decisions: what the machine wants
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
    """Words that are said as they are: a rep's."""

    text: str
    name: str = ""


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


Decision: TypeAlias = Say | Quote | Agreed | Notify | Wake | Cancel


# ------------------------------------------------------------------ lead: who, what they need, how warm
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


@dataclass(frozen=True, slots=True)
class Turn:
    """The whole output of `advance`: the next conversation, what to do, and the lead as it now is (None: none yet)."""

    conversation: Conversation
    decisions: tuple[Decision, ...]
    lead: Lead | None = None


# ------------------------------------------------------------------ what leaves: worded and addressed
@dataclass(frozen=True, slots=True)
class Choice:
    """A worded choice; `data` comes back when it is pressed, or `url` opens."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outbound:
    """One worded message. `text` is plain with **bold**, _italic_ and [links](https://…); no vendor's markup."""

    text: str
    choices: tuple[Choice, ...] = ()
    share_contact: str = ""  # label of the messenger's own share-contact button
    files: tuple[File, ...] = ()
    name: str = ""  # the rep's name, empty for the bot


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An outbox entry: `key` makes it idempotent, `writer` must still own the conversation when it is sent."""

    key: str
    kind: Literal["message", "notice", "wake"]
    address: Address
    conversation: str
    writer: str
    due: datetime
    message: Outbound | None = None
    payload: Mapping[str, Json] = field(default_factory=dict)
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the one transcript; `id` is unique, `by` is `prospect`, `bot` or a rep's id."""

    id: str
    conversation: str
    by: str
    at: datetime
    text: str
    trace: Mapping[str, Json] = field(default_factory=dict)
