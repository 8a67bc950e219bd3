"""Words that did not simply leave: asked about in the thread, decided by a press, undone, never lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from flows.desk import Button, Control, Post
from flows.events import Pressed
from flows.model import BOT
from flows.ports.desk import Desk, Held, Holds
from flows.ports.turns import Outbox
from handlers.desk.acting import Acting, Done, Press, audited, replaced, shown
from handlers.desk.speaking import UNDO, KeptFrom, Speaker, entry_key
from handlers.desk.who import Who
from handlers.handover import AlreadyTaken, NoConversation, Taken, TakeOver
from locales.markup import escape, one_line
from locales.operators import Messages

TAKE_OVER_AND_SEND: Final = "held_take_over"
SEND_ONLY: Final = "held_send"
KEEP_AS_NOTE: Final = "held_note"
FORGOTTEN: Final = timedelta(seconds=60)
"""How long nothing is decided before its writer is reminded privately."""
_EXCERPT: Final = 120


class Holding:
    """What reps wrote in chats that are not theirs, and what they may still undo."""

    def __init__(self, holds: Holds, outbox: Outbox, speaker: Speaker, take_over: TakeOver, who: Who) -> None:
        self._holds = holds
        self._outbox = outbox
        self._speaker = speaker
        self._take_over = take_over
        self._who = who

    @property
    def presses(self) -> dict[str, Press]:
        """What the buttons of this file do, by action."""
        return {
            TAKE_OVER_AND_SEND: self._take_over_and_send,
            SEND_ONLY: self._send_only,
            KEEP_AS_NOTE: self._note,
            UNDO: self._undo,
        }

    async def ask(self, desk: Desk, texts: Messages, held: Held, owner: str) -> None:
        """Keep words that `owner` keeps from being sent, and ask in the thread what to do with them; again is once."""
        held = replace(held, state="asked")
        await self._holds.put(held)
        post = await self.question(texts, held, owner)
        if held.prompt:
            await replaced(desk, held.spot, held.prompt, post)
            return
        prompt = await shown(desk, held.spot, post, f"ask:{held.id}:{held.entry}")
        await self._holds.put(replace(held, prompt=prompt))

    async def question(self, texts: Messages, held: Held, owner: str) -> Post:
        """What is asked: in the bot's chat and in one's own words can be sent, in a colleague's kept as a note."""
        excerpt = one_line(held.text[:_EXCERPT]).strip() or ", ".join(file.name for file in held.files)
        words = escape(excerpt + ("…" if len(held.text) > _EXCERPT else ""))
        note = Button(KEEP_AS_NOTE, texts.gettext("Keep as a note"), held.id)
        controls: tuple[Control, ...]
        if owner == BOT:
            text = texts.gettext("The bot leads this chat, so this was not sent: “{words}”", words=words)
            both = Button(TAKE_OVER_AND_SEND, texts.gettext("Take over and send"), held.id, "primary")
            controls = (both, Button(SEND_ONLY, texts.gettext("Send only"), held.id), note)
        elif owner == held.by:
            text = texts.gettext("This was not sent: “{words}”", words=words)
            controls = (Button(TAKE_OVER_AND_SEND, texts.gettext("Send"), held.id, "primary"), note)
        else:
            name = escape(await self._who.name(owner))
            text = texts.gettext("{name} leads this chat, so this was not sent: “{words}”", name=name, words=words)
            controls = (note,)
        return Post(text, controls=controls, by="system", urgent=True)

    async def recall(self, desks: dict[str, Desk], texts: Messages, conversation: str, owner: str) -> None:
        """After a chat has changed hands: what its former owner wrote and has not left yet is asked about again."""
        for held in await self._holds.of(conversation, "sending"):
            if held.by != owner and await self.unsend(held) and (desk := desks.get(held.spot.desk)):
                await self.ask(desk, texts, held, owner)

    async def withdraw(self, held: Held) -> bool:
        """Let words that wait never leave; False when they have left, or do so right now."""
        state = held.state
        if state == "asked":
            return await self._holds.move(held.id, "asked", "taken_back")
        if state == "taken_back":
            return await self._outbox.cancel(held.entry) or not await self._outbox.receipt(held.entry)
        if state != "sending" or not await self._holds.move(held.id, "sending", "taken_back"):
            return False
        if await self._outbox.cancel(held.entry):
            return True
        await self._holds.move(held.id, "taken_back", "sending")
        return False

    async def unsend(self, held: Held) -> bool:
        """Let words that are to be changed not leave as they are; False when they have left, or do so right now."""
        if held.state == "asked" and held.entry:
            return await self._outbox.cancel(held.entry) or not await self._outbox.receipt(held.entry)
        if held.state != "sending":
            return True
        # Asked about from here on: should the process die now, its writer is reminded of it.
        await self._holds.move(held.id, "sending", "asked")
        if await self._outbox.cancel(held.entry):
            return True
        await self._holds.move(held.id, "asked", "sending")
        return False

    # ------------------------------------------------------------------ presses
    async def _take_over_and_send(self, acting: Acting, event: Pressed) -> Done:
        held = await self._undecided(acting, event)
        if held is None:
            return Done()
        match await self._take_over(held.conversation, acting.person.id, acting.name, acting.at):
            case AlreadyTaken(owner):
                return await self._kept(acting, held, KeptFrom(owner))
            case NoConversation():
                return Done()
            case Taken():
                kept = await self._speaker(acting, held)
                return await self._kept(acting, held, kept) if kept else Done(marked=True)

    async def _send_only(self, acting: Acting, event: Pressed) -> Done:
        held = await self._undecided(acting, event)
        if held is None:
            return Done()
        kept = await self._speaker(acting, held, aside=True)
        if kept and kept.owner == acting.person.id:
            kept = await self._speaker(acting, held)
        return await self._kept(acting, held, kept) if kept else Done(marked=True)

    async def _note(self, acting: Acting, event: Pressed) -> Done:
        held = await self._undecided(acting, event)
        if held is None or not await self._holds.move(held.id, "asked", "note"):
            return Done()
        await replaced(acting.desk, held.spot, held.prompt, Post())
        return audited(acting, "note", message=held.message)

    async def _undo(self, acting: Acting, event: Pressed) -> Done:
        held = await self._of(acting, event)
        if held is None:
            return Done()
        if held.state not in {"sending", "taken_back"} or not await self.withdraw(held):
            await acting.tell(acting.own.gettext("Too late: it has left. Delete your message to take it back."))
            return Done()
        taken = acting.texts.gettext("Taken back: nothing was sent.")
        await replaced(acting.desk, held.spot, held.prompt, Post(taken, by="system"))
        return audited(acting, "undo", message=held.message)

    async def _undecided(self, acting: Acting, event: Pressed) -> Held | None:
        """The words that are asked about, or whose sending this very press began before a restart."""
        held = await self._of(acting, event)
        if held is None or held.state == "asked":
            return held
        if held.state == "sending" and held.entry == entry_key(held, acting.event):
            return held
        await acting.tell(acting.own.gettext("That is decided already."))
        return None

    async def _of(self, acting: Acting, event: Pressed) -> Held | None:
        """The words that a button names, for their writer alone."""
        held = await self._holds.get(event.value)
        if held is None or (acting.conversation and held.conversation != acting.conversation):
            await acting.tell(acting.own.gettext("That message is not here any more."))
            return None
        if held.by != acting.person.id:
            name = escape(await self._who.name(held.by))
            await acting.tell(acting.own.gettext("Only {name}, who wrote it, decides on that.", name=name))
            return None
        return held

    async def _kept(self, acting: Acting, held: Held, kept: KeptFrom) -> Done:
        """Somebody was quicker: say who, and leave the words to be decided on."""
        if not kept.owner:
            return Done()
        await self.ask(acting.desk, acting.texts, held, kept.owner)
        if kept.owner != BOT:
            name = escape(await self._who.name(kept.owner))
            await acting.tell(
                acting.own.gettext("{name} was quicker and leads this chat. Nothing was sent.", name=name)
            )
        return Done()
