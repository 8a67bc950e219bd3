"""What staff write in a thread: words for the prospect, notes for each other, changes and second thoughts."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from flows.desk import Post
from flows.events import Written
from flows.ports.desk import Desk, Held, Holds
from flows.ports.turns import Conversations
from handlers.desk.acting import Acting, Done, audited, replaced
from handlers.desk.holding import Holding
from handlers.desk.speaking import Speaker, at_desk, entry_key, held_id

_NOTE: Final = re.compile(r"\s*(?://|note\s*:)", re.IGNORECASE)


def is_note(text: str) -> bool:
    """Whether words are for colleagues: they begin with `//` or `note:`, in any case."""
    return _NOTE.match(text) is not None


class Replies:
    """Nothing that is written is lost, and nothing is sent but by whoever owns the chat."""

    def __init__(self, conversations: Conversations, holds: Holds, speaker: Speaker, holding: Holding) -> None:
        self._conversations = conversations
        self._holds = holds
        self._speaker = speaker
        self._holding = holding

    async def __call__(self, acting: Acting, event: Written) -> Done:
        """A new message, or a changed one. Raises `Retry`, and may be called again for the same event then."""
        if event.kind == "edited":
            return await self._edited(acting, event)
        held = _held(acting, event)
        known = await self._holds.get(held.id)
        if known is not None:
            return await self._seen(acting, held, known)
        if is_note(event.text):
            return audited(acting, "note", message=event.message)
        if not held.text and not held.files:
            return Done()
        return await self._said(acting, held)

    async def _seen(self, acting: Acting, held: Held, known: Held) -> Done:
        """A message that is known: told twice, or not dealt with to the end before a restart."""
        if known.state == "sending" and known.entry == entry_key(held, acting.event):
            return await self._said(acting, known)
        if known.state == "asked" and not known.prompt:
            return await self._ask(acting, known)
        return Done()

    async def deleted(self, desk: Desk, event: Written, row: int, now: datetime) -> Done:
        """A message is gone from the thread: whoever did it, the prospect is not to get or to keep it."""
        held = await self._holds.get(held_id(desk.name, event.address.chat, event.message))
        if held is None:
            return Done()
        audit = {"by": held.by, "action": "take_back", "conversation": held.conversation, "message": held.message}
        if await self._holding.withdraw(held):
            await replaced(desk, held.spot, held.prompt, Post())
            return Done(audit=audit)
        if held.state not in {"sent", "sending", "taken_back"}:
            return Done()
        await self._holds.move(held.id, held.state, "taken_back")
        await self._speaker.take_back(held, held.by, event.id, row, now)
        return Done(marked=True)

    async def _said(self, acting: Acting, held: Held) -> Done:
        """Send words, or ask what to do with them."""
        kept = await self._speaker(acting, held)
        if kept is None:
            return Done(marked=True)
        if kept.owner:
            await self._holding.ask(acting.desk, acting.texts, held, kept.owner)
        return Done()

    async def _ask(self, acting: Acting, held: Held) -> Done:
        """Ask what to do with words, showing them as they are now."""
        conversation = await self._conversations.get(held.conversation)
        if conversation is not None:
            await self._holding.ask(acting.desk, acting.texts, held, conversation.owner)
        return Done()

    async def _edited(self, acting: Acting, event: Written) -> Done:
        held = await self._holds.get(held_id(acting.desk.name, acting.spot.channel, event.message))
        if held is None or held.by != acting.person.id or held.state in {"note", "taken_back"}:
            return Done()
        new = replace(held, text=event.text.strip(), files=_held(acting, event).files or held.files)
        if new.text == held.text and held.state != "asked":
            return Done()  # a preview of a link, and not the words, has changed
        if is_note(new.text) or not (new.text or new.files):
            return await self._became_a_note(acting, held, event)
        if held.state == "sent" or not await self._holding.unsend(held):
            await self._speaker.reword(acting, held, new.text)
            await self._holds.put(replace(new, state="sent"))
            return Done(marked=True)
        new = replace(new, state="asked")
        await self._holds.put(new)
        return await (self._ask if held.state == "asked" else self._said)(acting, new)

    async def _became_a_note(self, acting: Acting, held: Held, event: Written) -> Done:
        """Words that turn out to be for colleagues leave the prospect's chat."""
        if await self._holding.withdraw(held):
            await replaced(acting.desk, held.spot, held.prompt, Post())
            return audited(acting, "note", message=held.message)
        if held.state not in {"sent", "sending"}:
            return Done()
        await self._speaker.take_back(held, acting.person.id, event.id, acting.row, acting.at)
        await self._holds.move(held.id, held.state, "taken_back")
        return Done(marked=True)


def _held(acting: Acting, event: Written) -> Held:
    """The words as they are kept until they have left."""
    return Held(
        id=held_id(acting.desk.name, acting.spot.channel, event.message),
        conversation=acting.conversation,
        spot=acting.spot,
        message=event.message,
        by=acting.person.id,
        member=acting.member,
        text=event.text.strip(),
        files=tuple(at_desk(acting.desk.name, file) for file in event.files),
        state="asked",
        at=acting.at,
        due=acting.at,
    )
