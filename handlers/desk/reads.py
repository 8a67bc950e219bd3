"""Answers what staff only want to see: commands, their own page, how a line came about, a card, a form."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from flows.desk import Form, Post, Spot
from flows.events import Pressed
from flows.ports.desk import Desk, Threads
from flows.ports.desk_reads import Respond
from flows.ports.turns import Clock
from handlers.desk.commands import LEAD, Commands
from handlers.desk.elsewhere import brought_home, named
from handlers.desk.home import Home, stranger_home
from handlers.desk.outcomes import won_form
from handlers.desk.trace import Trace
from handlers.desk.who import Who
from locales.operators import Messages, messages

WHY: Final = "why"
"""The action that explains the message which it stands under."""
FormOf: TypeAlias = Callable[[Pressed, Spot, Messages], Awaitable[Form | None]]
"""Makes the form that a press asks for, to be shown in that thread; None where there is nothing to fill in any more."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What there is to be shown; `forms` are asked for by a press of that action."""

    commands: Commands
    trace: Trace
    home: Home
    threads: Threads
    forms: Mapping[str, FormOf]


class DeskReads:
    """The port `Reads` of one desk; `language` is that of people whose own is not known."""

    def __init__(self, desk: Desk, who: Who, answers: Answers, clock: Clock, language: str) -> None:
        self._desk = desk
        self._who = who
        self._answers = answers
        self._clock = clock
        self._language = language

    async def command(self, name: str, arguments: str, member: str, spot: Spot, respond: Respond) -> None:
        """Answer a command, privately."""
        del spot
        person, locale = await self._who(self._desk, member), await self._locale(member)
        reply = await self._answers.commands(name, arguments, person, locale, self._clock())
        for post in reply.posts:
            await respond(post)

    async def home(self, member: str) -> None:
        """Show somebody their own page."""
        person, locale = await self._who(self._desk, member), await self._locale(member)
        posts = await self._answers.home(person, messages(locale), self._clock()) if person else stranger_home(locale)
        await self._desk.home(member, posts)

    async def why(self, member: str, spot: Spot, message: str) -> None:
        """Explain a message, to whoever wonders and nobody else."""
        await self._desk.tell(spot, member, await self._explained(member, spot, message))

    def shows(self, action: str) -> bool:
        """Cards, explanations and forms are shown; everything else is done."""
        return action in {LEAD, WHY, *self._answers.forms}

    async def form(self, pressed: Pressed, trigger: str, respond: Respond) -> None:
        """Show what a press asks for."""
        pressed, conversation = await brought_home(pressed, self._desk.name, self._answers.threads)
        spot = Spot(self._desk.name, pressed.address.chat, pressed.address.thread)
        texts = messages(await self._locale(pressed.by))
        if pressed.action == WHY:
            await respond(await self._explained(pressed.by, spot, pressed.value or pressed.message))
        elif await self._who(self._desk, pressed.by) is None:
            await respond(_for_staff(texts))
        elif pressed.action == LEAD:
            card = await self._answers.commands.card(pressed.value, texts)
            await respond(card or Post(texts.gettext("It is not there any more.")))
        else:
            form = await self._answers.forms[pressed.action](pressed, spot, texts)
            if form is None:
                await respond(Post(texts.gettext("It is not there any more.")))
                return
            value = named(form.value, conversation) if conversation else form.value
            await self._desk.ask(replace(form, value=value), trigger)

    async def _explained(self, member: str, spot: Spot, message: str) -> Post:
        texts = messages(await self._locale(member))
        if await self._who(self._desk, member) is None:
            return _for_staff(texts)
        return await self._answers.trace(spot, message, texts)

    async def _locale(self, member: str) -> str:
        return (await self._who.known(self._desk, member)).locale or self._language


async def ask_amount(pressed: Pressed, spot: Spot, texts: Messages) -> Form:
    """The form of Won."""
    return won_form(texts, spot, pressed.value)


def _for_staff(texts: Messages) -> Post:
    return Post(texts.gettext("This is for the staff. To use it, ask a colleague to add you."))
