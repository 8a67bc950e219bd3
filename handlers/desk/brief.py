"""The hand-back brief: what a rep agreed is drafted at the hand-back, accepted or edited, and opens the bot's words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flows.commands import Command, Fill, Own, Recap
from flows.desk import Button, Form, Input, Post, Spot
from flows.events import Pressed
from flows.model import BOT, Conversation
from flows.outbound import Line
from flows.ports.desk import Threads
from flows.ports.turns import Conversations
from handlers.desk.acting import Acting, Done, Press, replaced
from handlers.desk.reach import Reach
from handlers.desk.stretch import Agreed, Ears
from handlers.handover import Act, OwnedBy, Ran, Turns
from knowledge.team import Team
from locales.catalog import Catalog
from locales.markup import escape, one_line
from locales.operators import Messages

ACCEPT: Final = "brief_accept"
EDIT: Final = "brief_edit"
EDITED: Final = "brief_edited"
TEXT: Final = "text"
"""The field of the form."""
_LINES: Final = 500
_LONGEST: Final = 600
_MOMENT: Final = timedelta(milliseconds=1)
"""States tell times to the millisecond."""
_NEWS: Final = timedelta(hours=1)
"""How long after a hand-back its brief is still worth posting."""
_FIGURES, _QUESTIONS = 3, 5


@dataclass(frozen=True, slots=True)
class Draft:
    """What was agreed, as `line` in the prospect's language, and the `answers` that need not be asked for again."""

    conversation: str
    agreed: Agreed
    line: str
    answers: tuple[Fill, ...]


class Brief:
    """Drafts by the transcript alone: the same stretch gives the same brief, whoever asks and when."""

    def __init__(
        self,
        threads: Threads,
        conversations: Conversations,
        turns: Turns,
        ears: Ears,
        catalog: Catalog,
        team: Team,
        reach: Reach,
    ) -> None:
        self._threads = threads
        self._reach = reach
        self._conversations = conversations
        self._turns = turns
        self._ears = ears
        self._catalog = catalog
        self._team = team

    async def draft(self, conversation: Conversation) -> Draft:
        """The brief of the last stretch that a person led, over or not; empty where nothing was agreed."""
        lines = await self._threads.tail(conversation.id, _LINES)
        agreed = self._ears.agreed([self._local(line) for line in lines if _within(line, conversation)])
        answers = tuple(fill for slot, fill in agreed.answers.items() if conversation.slots.get(slot) != fill.value)
        told = "; ".join(self._told(agreed, conversation.locale))
        return Draft(conversation.id, agreed, told[:_LONGEST], answers)

    def _told(self, agreed: Agreed, locale: str) -> Iterator[str]:
        """The line piece by piece: answers by name, figures and promises as the rep said them."""
        names = self._catalog.labels(locale, "common.slots")
        for slot, fill in agreed.answers.items():
            yield f"{names.get(slot, (slot,))[0]}: {self._catalog.shown(locale, fill.value)}"
        for said in (*agreed.figures[:_FIGURES], *agreed.promises):
            yield said.rstrip(". ")

    def _local(self, line: Line) -> Line:
        """Days and hours in it are meant on the team's clock."""
        return replace(line, at=line.at.astimezone(self._team.local))

    async def show(self, conversation: Conversation, now: datetime) -> None:
        """Post the draft of a stretch that is just over, once: called with each look at the chat. Raises `Retry`."""
        ended = conversation.given_back_at
        if not ended or conversation.owner != BOT or now - datetime.fromisoformat(ended) > _NEWS:
            return
        key = f"brief:{conversation.id}:{ended}"
        draft = await self.draft(conversation)

        def post(texts: Messages) -> Post:
            return self.post(draft, texts)

        if draft.agreed:
            await self._reach.once(key, lambda: self._reach.in_thread(conversation.id, post, key))

    # ------------------------------------------------------------------ what staff see
    def post(self, draft: Draft, texts: Messages) -> Post:
        """The draft in the thread, to be accepted with one press or edited."""
        agreed, gettext = draft.agreed, texts.gettext
        names = self._catalog.labels(texts.language, "common.slots")
        answers = [
            f"{names.get(slot, (slot,))[0]}: {self._catalog.shown(texts.language, fill.value)}"
            for slot, fill in agreed.answers.items()
        ]
        parts = (
            (gettext("Answers"), answers),
            (gettext("Figures"), list(agreed.figures)),
            (gettext("Promises"), list(agreed.promises)),
            (gettext("Questions answered"), [f"{asked} → {told}" for asked, told in agreed.questions[-_QUESTIONS:]]),
        )
        shown = [f"**{title}**\n" + "\n".join(f"- {escape(one)}" for one in found) for title, found in parts if found]
        if draft.line:
            shown.append(gettext("The bot's next words will begin with: _{line}_", line=escape(draft.line)))
        accept = Button(ACCEPT, gettext("Accept"), draft.conversation, "primary")
        controls = (accept, Button(EDIT, gettext("Edit"), draft.conversation))
        return Post("\n\n".join(shown), gettext("What was agreed"), controls=controls, by="system", urgent=True)

    async def form(self, pressed: Pressed, spot: Spot, texts: Messages) -> Form | None:
        """The form of `brief_edit`; comes back as `brief_edited`. None where the chat is not there any more."""
        found = await self._conversations.get(pressed.value)
        if found is None:
            return None
        line = found.recap or (await self.draft(found)).line
        field = Input(TEXT, texts.gettext("What the prospect reads"), "long_text", value=line)
        title, send = texts.gettext("What was agreed"), texts.gettext("Accept")
        return Form(EDITED, title, send, (field,), spot, f"{pressed.value}:{pressed.message}")

    # ------------------------------------------------------------------ presses
    @property
    def presses(self) -> dict[str, Press]:
        """What the button and the form do, by action."""
        return {ACCEPT: self._accepted, EDITED: self._edited}

    async def accept(self, conversation: str, text: str, by: str, now: datetime, done: tuple[int, ...] = ()) -> bool:
        """Let the bot's next words begin with this line; False where a person leads the chat again."""
        line = one_line(text).strip()[:_LONGEST]
        ran = await self._turns(Act(conversation, (Recap(line),), BOT, by, now, done))
        return isinstance(ran, Ran)

    async def _accepted(self, acting: Acting, event: Pressed) -> Done:
        found = await self._conversations.get(acting.conversation or event.value)
        if found is None:
            return Done()
        return await self._take(acting, event, (await self.draft(found)).line)

    async def _edited(self, acting: Acting, event: Pressed) -> Done:
        conversation, _, message = event.value.partition(":")
        return await self._take(acting, replace(event, value=conversation, message=message), event.fields.get(TEXT, ""))

    async def _take(self, acting: Acting, event: Pressed, line: str) -> Done:
        conversation = acting.conversation or event.value
        if not await self.accept(conversation, line, acting.person.id, acting.at, (acting.row,)):
            await acting.tell(acting.own.gettext("A colleague leads this chat again: nothing was changed."))
            return Done()
        name, words = escape(acting.name), escape(one_line(line))
        said = acting.texts.gettext("✅ {name}: the bot goes on from “{line}”", name=name, line=words)
        await replaced(acting.desk, acting.spot, event.message, Post(said, by="system"))
        return Done(marked=True)


class HandingBack:
    """Turns, of which one that hands a chat back takes along what was answered to the rep."""

    def __init__(self, turns: Turns, conversations: Conversations, brief: Brief) -> None:
        self._turns = turns
        self._conversations = conversations
        self._brief = brief

    async def __call__(self, act: Act) -> Ran | OwnedBy | None:
        """See `handlers.handover.Turns`."""
        if not any(isinstance(command, Own) and command.owner == BOT for command in act.commands):
            return await self._turns(act)
        found = await self._conversations.get(act.conversation)
        if found is None or found.owner == BOT:
            return await self._turns(act)
        answers = (await self._brief.draft(found)).answers
        return await self._turns(replace(act, commands=tuple(_with(command, answers) for command in act.commands)))


def _with(command: Command, answers: tuple[Fill, ...]) -> Command:
    """A hand-back with the answers of the stretch."""
    return replace(command, answers=answers) if isinstance(command, Own) and command.owner == BOT else command


def _within(line: Line, conversation: Conversation) -> bool:
    """Whether a line was said while the person led."""
    if not conversation.taken_at or line.at < datetime.fromisoformat(conversation.taken_at):
        return False
    ended = conversation.given_back_at
    return not ended or line.at < datetime.fromisoformat(ended) + _MOMENT
