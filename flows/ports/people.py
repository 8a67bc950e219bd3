"""The people who work here, and what the law and the prospect want forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flows.model import Json


class Privacy(Protocol):
    """What the law and the prospect want forgotten."""

    async def unconsented(self, before: datetime, limit: int) -> Sequence[str]:
        """Conversations with a contact to forget since before that time, longest first.

        The time is that of the latest refusal or withdrawal, else of the contact's arrival; talk does not put it off.
        """
        ...

    async def redact(self, conversation: str, mask: "Mask", now: datetime) -> int:
        """Mask transcript, stored events, lead and state of a conversation with a contact to forget, and its name.

        Returns the lines changed; 0 where the contact was agreed to meanwhile.
        """
        ...


class Mask(Protocol):
    """Hides phones and e-mail addresses in a text, and names that are given."""

    def __call__(self, text: str, names: Sequence[str] = ()) -> str:
        """The text with each contact, and each word of these names, replaced by dots."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member: `role` is admin, manager or rep. Who is away until a time that has come is back."""

    id: str
    email: str
    role: str
    name: str = ""
    telegram: str = ""
    slack: str = ""
    away_until: datetime | None = None


class Staff(Protocol):
    """Who may act, and as what."""

    async def add(self, person: Person, now: datetime) -> Person:
        """Add or change by e-mail."""
        ...

    async def list(self) -> Sequence[Person]:
        """Everybody, by e-mail."""
        ...

    async def away(self, person: str, until: datetime | None) -> bool:
        """Say until when somebody is away (None: they are back); False when there is no such id.

        Only this changes it: adding a person again leaves it as it is.
        """
        ...

    async def audit(self, by: str, action: str, details: Mapping[str, Json], now: datetime) -> None:
        """Write down who did what."""
        ...
