"""Sends a rep's words to the prospect: at once, or after a moment in which they can be undone."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from flows.commands import Reword, Speak, TakeBack
from flows.desk import Button, Post
from flows.errors import Retry
from flows.model import BOT, File
from flows.ports.desk import Copy, Held, Holds, Threads
from flows.ports.turns import Conversations
from handlers.desk.acting import Acting, replaced, shown
from handlers.desk.figures import Figures
from handlers.handover import Act, OwnedBy, Turns
from locales.markup import escape

log = structlog.get_logger()
WINDOW: Final = timedelta(seconds=5)
"""How long words can be undone, where they are the first after a take-over or name a figure of their own."""
UNDO: Final = "undo"
_DESK: Final = "desk:"


@dataclass(frozen=True, slots=True)
class KeptFrom:
    """Nothing was sent, for this is who owns the conversation; empty where there is no conversation."""

    owner: str


class Speaker:
    """Words are one outbox entry, whose key is made of their message and of what had them sent: twice is once."""

    def __init__(
        self, turns: Turns, conversations: Conversations, threads: Threads, holds: Holds, figures: Figures
    ) -> None:
        self._turns = turns
        self._conversations = conversations
        self._threads = threads
        self._holds = holds
        self._figures = figures

    async def __call__(self, acting: Acting, held: Held, *, aside: bool = False) -> KeptFrom | None:
        """Send words of who owns the chat, or `aside` while the bot does; None when they are on their way."""
        conversation = await self._conversations.get(held.conversation)
        owner = BOT if aside else acting.person.id
        if conversation is None or conversation.owner != owner:
            return KeptFrom(conversation.owner if conversation else "")
        odd = self._figures.odd(held.text, acting.at.date())
        wait = WINDOW if odd or not (aside or conversation.spoke) else timedelta()
        entry = entry_key(held, acting.event)
        sending = replace(held, state="sending", entry=entry, due=acting.at + wait)
        # Before the turn: a mirror that sees the line must know whose it is, a restart which entry is meant.
        await self._threads.copied([Copy(entry, held.spot, held.message, "desk")], acting.at)
        await self._holds.put(sending)
        words = Speak(held.text, held.by, acting.name, held.files, entry, held.id, aside)
        ran = await self._turns(
            Act(held.conversation, (words,), owner, acting.person.id, acting.at, (acting.row,), wait)
        )
        if ran is None or isinstance(ran, OwnedBy):
            await self._holds.put(replace(held, state="asked"))
            return KeptFrom(ran.owner if ran else "")
        if wait:
            await self._offer_undo(acting, sending, odd)
        else:
            await replaced(acting.desk, held.spot, held.prompt, Post())
        return None

    async def reword(self, acting: Acting, held: Held, text: str) -> None:
        """Change words that were sent, whoever owns the chat now: they are this person's."""
        key = f"{held.entry}.{_digest(acting.event)}"
        words = Reword(held.entry, text, acting.person.id, acting.name, key, held.id)
        await self._turns(Act(held.conversation, (words,), None, acting.person.id, acting.at, (acting.row,)))

    async def take_back(self, held: Held, by: str, event: str, row: int, now: datetime) -> None:
        """Take away words that were sent."""
        words = TakeBack(held.entry, by, f"{held.entry}.{_digest(event)}", held.id)
        await self._turns(Act(held.conversation, (words,), None, by, now, (row,)))

    async def _offer_undo(self, acting: Acting, held: Held, odd: tuple[str, ...]) -> None:
        texts = acting.texts
        line = texts.gettext("This leaves in {seconds} s.", seconds=int(WINDOW.total_seconds()))
        if odd:
            hint = texts.gettext("Not in the price list: {figures}.", figures=", ".join(escape(one) for one in odd))
            line = f"{line} {hint}"
        post = Post(line, controls=(Button(UNDO, texts.gettext("Undo"), held.id, "danger"),), by="system", urgent=True)
        if held.prompt:
            await replaced(acting.desk, held.spot, held.prompt, post)
            return
        try:
            prompt = await shown(acting.desk, held.spot, post, f"{UNDO}:{held.entry}")
        except Retry as error:
            # The words are on their way: an offer that comes late is none, and deleting the message undoes them too.
            log.warning("undo not offered", desk=acting.desk.name, problem=str(error))
            return
        current = await self._holds.get(held.id)
        if current and current.state == "sending":
            await self._holds.put(replace(current, prompt=prompt))
        else:
            await replaced(acting.desk, held.spot, prompt, Post())


def held_id(desk: str, channel: str, message: str) -> str:
    """The id of what somebody wrote."""
    return f"{desk}:{channel}:{message}"


def entry_key(held: Held, event: str) -> str:
    """The outbox key of somebody's words that this event has sent: the same however often it is dealt with."""
    return f"{held.conversation}.{_digest(f'{held.id} {event}')}"


def at_desk(desk: str, file: File) -> File:
    """A file that a desk keeps, under a reference that no messenger has."""
    return replace(file, ref=f"{_DESK}{desk}:{file.ref}")


def desk_of(file: File) -> tuple[str, File] | None:
    """The desk that keeps a file, and the file as that desk knows it; None for a file of a messenger."""
    if not file.ref.startswith(_DESK):
        return None
    desk, _, ref = file.ref.removeprefix(_DESK).partition(":")
    return desk, replace(file, ref=ref)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
