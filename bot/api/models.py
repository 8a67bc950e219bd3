"""The API's bodies: what it takes is checked by these, what it answers is described by them."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from flows.model import LeadStatus

Plain = str | int | float | bool | None
STORABLE = r"^[^\x00]*$"
"""A text without the one character that PostgreSQL does not store."""
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=STORABLE)]
Name = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=STORABLE)]
T = TypeVar("T")


class Listed(BaseModel, Generic[T]):
    """A page of a list; `next` is the cursor of the next one, null on the last."""

    items: list[T]
    total: int
    next: str | None


class ReasonOut(BaseModel):
    """Why points were given."""

    points: int
    rule: str
    quote: str


class ContactOut(BaseModel):
    """How to reach a person; all null until consent."""

    name: str | None
    phone: Annotated[str | None, Field(description="E.164")]
    email: str | None
    telegram: str | None


class LeadOut(BaseModel):
    """A lead."""

    id: str
    conversation_id: str
    channel: str
    source: str
    locale: str
    amount: Annotated[dict[str, Plain] | None, Field(description="minor units and an ISO 4217 currency")]
    status: LeadStatus
    score: int
    reasons: list[ReasonOut]
    contact: ContactOut
    slots: dict[str, object]
    consent: dict[str, Plain] | None
    trackers: dict[str, object]
    owner: str | None
    created_at: str
    updated_at: str


class ConversationOut(BaseModel):
    """A conversation as lists show it."""

    id: str
    channel: str
    locale: str
    owner: Annotated[str, Field(description="`bot` or a staff id")]
    flow: str | None
    step: str | None
    status: str
    wants_person: str | None
    started_at: str
    updated_at: str


class MessageOut(BaseModel):
    """A line of the transcript; `from` is prospect, bot or a staff id."""

    id: str
    sender: Annotated[str, Field(alias="from")]
    at: str
    text: str


class DeliveryOut(BaseModel):
    """Something that has to leave, or could not."""

    id: str
    kind: str
    conversation_id: str
    status: Literal["open", "sent", "failed", "cancelled"]
    due: str
    attempts: int
    error: str | None


class Taken(BaseModel):
    """What a body may hold: nothing unknown, so that a misspelt name is said."""

    model_config = ConfigDict(extra="forbid")


class LeadChange(Taken):
    """What to change of a lead; what is left out stays."""

    status: LeadStatus | None = None
    owner: Name | None = None


class Rep(Taken):
    """Who acts; `name` is what the prospect reads."""

    owner: Id = "api"
    name: Name = ""


class RepMessage(Rep):
    """What a rep says."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True, pattern=STORABLE)]


class OwnerOut(BaseModel):
    """Who owns the conversation now."""

    conversation_id: str
    owner: str


class RetryThese(Taken):
    """Which failed deliveries to open again."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]


class Retried(BaseModel):
    """How many were opened again."""

    retried: int
