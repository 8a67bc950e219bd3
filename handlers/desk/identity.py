"""The same person twice: a verified contact makes one lead of two; a typed one is only pointed out to staff."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.desk import Button, Post
from flows.errors import Refused
from flows.events import Pressed
from flows.model import BOT
from flows.ports.desk import Copy, Desk, Threads
from flows.ports.ledger import Twin, Twins
from flows.ports.reading import LeadRow, Leads
from handlers.desk.acting import Acting, Done, Press, shown
from locales.operators import Messages

MERGE: Final = "merge"
MERGE_UNDO: Final = "merge_undo"
_STEPS: Final = ("partial", "new", "qualified", "contacted", "quoted")
_OVER: Final = ("won", "lost", "not_a_fit")
_STATES: Final = ("flagged", "merged", "undone")


@dataclass(frozen=True, slots=True)
class Comment:
    """What the thread of a conversation shows of a pair: one message, changed as the pair's state does."""

    conversation: str
    post: Post
    key: str


class Identity:
    """Looks for other leads of a lead's person, and lets staff merge two and take them apart.

    Nothing of it reaches the prospect: not a word, not a slot, not an answer.
    """

    def __init__(self, leads: Leads, twins: Twins, threads: Threads) -> None:
        self._leads = leads
        self._twins = twins
        self._threads = threads

    async def __call__(self, desk: Desk, texts: Messages, lead: str, now: datetime) -> None:
        """Look, and show in the threads of both at this desk what they do not show yet. Raises `Retry`."""
        for twin in await self.look(lead, now):
            await self._show(desk, texts, twin, now)

    async def look(self, lead: str, now: datetime) -> Sequence[Twin]:
        """All that is known of a lead's twins, new ones merged or flagged first; finding nothing costs three reads.

        Looking again changes nothing, except that a merged lead hands on how far it has come.
        """
        row = await self._leads.get(lead)
        if row is None or row.lead.contact is None or row.consent is None:
            return ()
        if row.merged_into:
            await self._hand_on(row, now)
        elif row.lead.status not in _OVER:
            apart = {twin for twin in await self._twins.of(lead) if twin.state == "undone"}
            left = {one for twin in apart for one in (twin.lead, twin.other)}
            for twin in await self._twins.find(lead):
                if twin.other not in left and await self._settle(row, twin, now):
                    break
        return await self._twins.of(lead)

    # ------------------------------------------------------------------ what staff press
    @property
    def presses(self) -> dict[str, Press]:
        """What the buttons of this file do, by action."""
        return {MERGE: self._merge, MERGE_UNDO: self._merge_undo}

    async def _merge(self, acting: Acting, pressed: Pressed) -> Done:
        """Two leads are one person's: `value` is the pair, "lead:other". A press of somebody quicker stands."""
        twin = await self._known(pressed.value)
        if twin is None:
            await acting.tell(acting.own.gettext("This is not known any more."))
            return Done()
        by, verified = acting.person.id, twin.verified
        if not await self._twins.merge(twin.lead, twin.other, twin.key, by, acting.at, verified=verified):
            await acting.tell(acting.own.gettext("Somebody was quicker: look at what the thread shows."))
        return await self._decided(acting, pressed.value)

    async def _merge_undo(self, acting: Acting, pressed: Pressed) -> Done:
        """Two leads again; nobody merges this pair but staff from now on."""
        twin = await self._known(pressed.value)
        if twin is None or not await self._twins.undo(twin.lead, acting.person.id, acting.at):
            await acting.tell(acting.own.gettext("Somebody was quicker: look at what the thread shows."))
        return await self._decided(acting, pressed.value)

    async def _decided(self, acting: Acting, pair: str) -> Done:
        """Show it in both threads; who did it, stands in the audit already."""
        if twin := await self._known(pair):
            await self._show(acting.desk, acting.texts, twin, acting.at, anew=True)
        return Done()

    async def _known(self, pair: str) -> Twin | None:
        """The pair of a button, as the register has it: a value alone proves nothing."""
        lead, _, other = pair.partition(":")
        return next((twin for twin in await self._twins.of(lead) if {twin.lead, twin.other} == {lead, other}), None)

    # ------------------------------------------------------------------ one pair
    async def _settle(self, row: LeadRow, twin: Twin, now: datetime) -> bool:
        """Flag a typed match; merge a verified one, and say whether the lead became a part of another."""
        if not twin.verified:
            await self._twins.flag(twin, now)
            return False
        other = await self._leads.get(twin.other)
        if other is None:
            return False
        part, kept = sorted((row, other), key=_claim, reverse=True)
        if not await self._twins.merge(part.id, kept.id, twin.key, BOT, now, verified=True):
            return False
        await self._hand_on(part, now, kept.id)
        return part.id == row.id

    async def _hand_on(self, part: LeadRow, now: datetime, kept: str = "") -> None:
        """A lead is as far as the chats of its person have brought it; what staff decided of it stands."""
        whole = await self._leads.get(kept or part.merged_into)
        while whole is not None and whole.merged_into:
            whole = await self._leads.get(whole.merged_into)
        if whole is None or whole.lead.status not in _STEPS or part.lead.status not in _STEPS:
            return
        if _STEPS.index(part.lead.status) > _STEPS.index(whole.lead.status):
            await self._leads.update(whole.id, part.lead.status, None, BOT, now)

    async def _show(self, desk: Desk, texts: Messages, twin: Twin, now: datetime, *, anew: bool = False) -> None:
        """One message a pair and thread; which of its states it shows is remembered as a line of that name."""
        for comment in comments(twin, texts):
            line = f"{comment.key}.{twin.state}"
            if not anew and await self._threads.by_line(line, desk.name):
                continue
            if copy := await self._placed(desk, comment, line):
                await self._threads.copied([copy], now)

    async def _placed(self, desk: Desk, comment: Comment, line: str) -> Copy | None:
        """Change the pair's message in place, or post the first one; None where there is no thread to post it in."""
        for state in _STATES:
            copy = await self._threads.by_line(f"{comment.key}.{state}", desk.name)
            if copy is not None:
                with suppress(Refused):  # somebody took it away: then it is posted anew
                    await desk.change(copy.spot, copy.message, comment.post)
                    return replace(copy, line=line)
        thread = await self._threads.of(comment.conversation, desk.name)
        message = await shown(desk, thread.spot, comment.post, line) if thread else ""
        return Copy(line, thread.spot, message) if thread and message else None


def _claim(row: LeadRow) -> tuple[bool, datetime, str]:
    """Of two leads the one that sorts first is kept: whose owner works on it, else the older."""
    return not row.owner, row.created_at, row.id


# ------------------------------------------------------------------ words
def comments(twin: Twin, texts: Messages) -> Sequence[Comment]:
    """What the threads of both show; of what is only possible, the thread that it was noticed in."""
    pair = f"{twin.lead}:{twin.other}"
    apart = Button(
        MERGE_UNDO, texts.gettext("Not the same person"), pair, confirm=texts.gettext("Make two leads of it again?")
    )
    same = Button(MERGE, texts.gettext("The same person"), pair, confirm=texts.gettext("Make one lead of the two?"))
    if twin.state == "flagged":
        return [_comment(twin, twin.lead, Post(_possible(twin, texts), by="system", controls=(same,)))]
    if twin.state == "merged":
        posts = [Post(text, by="system", controls=(apart,)) for text in _merged(twin, texts)]
    else:
        posts = [Post(_apart(other, texts), by="system", controls=(same,)) for other in (twin.other, twin.lead)]
    return [_comment(twin, one, post) for one, post in zip((twin.lead, twin.other), posts, strict=True)]


def _comment(twin: Twin, conversation: str, post: Post) -> Comment:
    """The key is the pair's, whichever of the two is a part of the other. A lead has the id of its conversation."""
    first, second = sorted((twin.lead, twin.other))
    return Comment(conversation, post, f"twin.{first}:{second}.{conversation}")


def _apart(other: str, texts: Messages) -> str:
    return texts.gettext(
        "These are two leads again: this one and {lead}. Their statuses stay as they are now.", lead=other
    )


def _possible(twin: Twin, texts: Messages) -> str:
    if twin.key == "phone":
        return texts.gettext(
            "Possible duplicate: lead {lead} has the same phone, but it was typed, not verified. The prospect knows "
            "nothing of it.",
            lead=twin.other,
        )
    return texts.gettext(
        "Possible duplicate: lead {lead} has the same e-mail, but it was typed, not verified. The prospect knows "
        "nothing of it.",
        lead=twin.other,
    )


def _merged(twin: Twin, texts: Messages) -> tuple[str, str]:
    """For the thread of the part, and for that of the whole."""
    if twin.verified:
        return (
            texts.gettext(
                "We know this person by a verified contact: the chat belongs to lead {lead}.", lead=twin.other
            ),
            texts.gettext(
                "The same person writes in another chat, by a verified contact: lead {lead} is a part of this one.",
                lead=twin.lead,
            ),
        )
    return (
        texts.gettext("Merged: the chat belongs to lead {lead}.", lead=twin.other),
        texts.gettext("Merged: lead {lead} is a part of this one.", lead=twin.lead),
    )
