"""What somebody does at the desk, with everything known of it: the chat, the person, and how they are answered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import structlog

from flows.desk import Post, Spot
from flows.errors import AssistantError, Misconfigured, Refused
from flows.events import Pressed
from flows.model import Json
from flows.ports.desk import Desk
from flows.ports.people import Person
from locales.operators import Messages

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Acting:
    """One thing that a staff member did: `row` is its event in the inbox, `conversation` the chat that it is about.

    `texts` are in the desk's language, for everybody to read, `own` in the person's.
    """

    row: int
    event: str
    at: datetime
    desk: Desk
    spot: Spot
    conversation: str
    member: str
    person: Person
    name: str
    texts: Messages
    own: Messages

    async def tell(self, text: str) -> None:
        """Show a line to this person only; a hint."""
        await self.desk.tell(self.spot, self.member, Post(text, urgent=True))

    async def say(self, text: str, key: str = "told") -> None:
        """Post a line for everybody in the thread, once for this event."""
        await shown(self.desk, self.spot, Post(text, by="system", urgent=True), f"{self.desk.name}.{self.event}.{key}")


@dataclass(frozen=True, slots=True)
class Done:
    """It is finished: `marked` where a turn marked the event already, else `audit` is written with the mark."""

    marked: bool = False
    audit: Mapping[str, Json] = field(default_factory=dict)


Press: TypeAlias = Callable[[Acting, Pressed], Awaitable[Done]]
"""What a button does, or a form that was sent. Raises `Retry`, and may be called again for the same event then."""


def audited(acting: Acting, action: str, **details: Json) -> Done:
    """The record of what somebody did."""
    return Done(audit={"by": acting.person.id, "action": action, "conversation": acting.conversation, **details})


async def shown(desk: Desk, spot: Spot, post: Post, key: str) -> str:
    """Post once; empty where the desk will never take it: that is logged, and what was done stays done."""
    try:
        return await desk.post(spot, post, key)
    except (Refused, Misconfigured) as error:
        return _lost(desk, key, error)


async def replaced(desk: Desk, spot: Spot, message: str, post: Post) -> None:
    """Let a message of ours show something else, or nothing (an empty post); best effort."""
    if not message:
        return
    try:
        if post == Post():
            await desk.remove(spot, message)
        else:
            await desk.change(spot, message, post)
    except AssistantError as error:
        _lost(desk, message, error)


def _lost(desk: Desk, key: str, error: AssistantError) -> str:
    log.warning("desk could not be told", desk=desk.name, key=key, problem=str(error))
    return ""
