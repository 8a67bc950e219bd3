"""Staff commands in a private chat with the bot: answered before anything takes them for a prospect's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from flows.desk import Post
from flows.errors import Misconfigured, Refused
from flows.events import Said
from flows.model import Address
from flows.outbound import Outbound
from flows.ports.people import Person
from flows.ports.turns import Channel, Clock, Conversations, Inbox, Stored
from handlers.desk.commands import Commands
from handlers.desk.who import Who
from handlers.lanes import Handle, Step
from handlers.message import Taken
from locales.markup import escape

CHANNEL: Final = "telegram"
"""The messenger whose ids of people `assistant staff add … --telegram` takes."""
COMMANDS: Final = frozenset({"stats", "export", "leads", "away"})
_COMMAND: Final = re.compile(r"/([a-z]{1,16})(?:@\w+)?(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Means:
    """What answers them: `channels` by name and bot, those of this worker."""

    who: Who
    commands: Commands
    channels: Mapping[tuple[str, str], Channel]


class StaffChat:
    """A lanes' handler before another one. For whoever is not on the staff there are no such commands."""

    def __init__(self, handle: Handle, means: Means, inbox: Inbox, conversations: Conversations, clock: Clock) -> None:
        self._handle = handle
        self._means = means
        self._inbox = inbox
        self._conversations = conversations
        self._clock = clock

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Step:
        """Answer the command that is the oldest event, else let the other handler have it. Raises `Retry`."""
        said = waiting[0].event
        # Looked at for every event of every prospect: a slash is where nearly all of them end.
        if not (isinstance(said, Said) and said.text.startswith("/")):
            return await self._handle(address, waiting)
        command, arguments = _parsed(said)
        person = await self._person(said) if command else None
        if person is None:
            return await self._handle(address, waiting)
        await self._answer(said, person, command, arguments)
        await self._conversations.done((waiting[0].row,), self._clock())
        more = () if len(waiting) > 1 else await self._inbox.release(address)
        return Taken(1, more=tuple(more))

    async def _person(self, said: Said) -> Person | None:
        """Who on the staff it is, by the id that Telegram vouches for."""
        identity = said.profile.id
        if not identity or identity != said.address.chat:
            return None
        return next((one for one in await self._means.who.people() if one.telegram == identity), None)

    async def _answer(self, said: Said, person: Person, command: str, arguments: str) -> None:
        channel = self._means.channels.get((said.address.channel, said.address.bot))
        if channel is None:
            log.warning("staff command not answered", command=command, problem="the channel is not connected here")
            return
        locale = said.profile.language
        reply = await self._means.commands(command, arguments, person, locale, self._clock())
        for post in reply.posts:
            try:
                await channel.upload(said.address, _message(post), post.contents)
            except (Refused, Misconfigured) as error:
                log.warning("staff command not answered", command=command, problem=str(error))
                return


def _parsed(said: Said) -> tuple[str, str]:
    """The command and what stands behind it; empty where it is none of these, or not in a private chat."""
    if said.kind != "text" or not said.private or said.address.channel != CHANNEL:
        return "", ""
    found = _COMMAND.fullmatch(said.text.strip())
    name = found[1].lower() if found else ""
    return (name, (found[2] or "").strip()) if found and name in COMMANDS else ("", "")


def _message(post: Post) -> Outbound:
    """A post without its buttons: here nothing is pressed."""
    title = f"**{post.title}**" if post.title else ""
    fields = "\n".join(f"{escape(field.label)}: **{field.value}**" for field in post.fields)
    text = "\n\n".join(part for part in (title, fields, post.text, "\n".join(post.small)) if part)
    return Outbound(text, files=post.files)
