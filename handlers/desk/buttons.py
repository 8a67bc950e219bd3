"""Take over, hand back and assign: who leads a chat is decided by one press, and whoever was slower is told."""

from collections.abc import Mapping
from typing import Final

from flows.commands import Own
from flows.desk import Post
from flows.events import Pressed
from flows.model import BOT
from flows.ports.desk import Desk
from flows.ports.people import Person
from flows.ports.reading import Leads
from flows.ports.turns import Conversations
from handlers.desk.acting import Acting, Done, Press, audited
from handlers.desk.holding import Holding
from handlers.desk.looks import Looks
from handlers.desk.reach import Reach
from handlers.desk.who import Who, name_of
from handlers.handover import Act, AlreadyTaken, OwnedBy, TakeOver, Turns
from locales.markup import escape
from locales.operators import Messages

TAKE_OVER: Final = "take_over"
HAND_BACK: Final = "hand_back"
ASSIGN: Final = "assign"
PERSON: Final = "person"
"""The field of a form in which a colleague is chosen: the desk's own id of them."""


class Buttons:
    """Who leads a chat; managers may hand back and reassign what is another's."""

    def __init__(
        self,
        turns: Turns,
        conversations: Conversations,
        leads: Leads,
        holding: Holding,
        who: Who,
        reach: Reach,
        looks: Looks,
        desks: Mapping[str, Desk],
    ) -> None:
        self._turns = turns
        self._take_over = TakeOver(turns)
        self._conversations = conversations
        self._leads = leads
        self._holding = holding
        self._who = who
        self._reach = reach
        self._looks = looks
        self._desks = dict(desks)

    @property
    def presses(self) -> dict[str, Press]:
        """What the buttons of this file do, by action."""
        return {TAKE_OVER: self._take, HAND_BACK: self._hand_back, ASSIGN: self._assign}

    async def _take(self, acting: Acting, event: Pressed) -> Done:
        del event
        person = acting.person.id
        took = await self._take_over(acting.conversation, person, acting.name, acting.at, (acting.row,))
        if isinstance(took, AlreadyTaken):
            await self._tell_owner(acting, took.owner)
        return Done()  # a second press of the same rep is no turn that marks it; marking twice is once

    async def _hand_back(self, acting: Acting, event: Pressed) -> Done:
        del event
        owner = await self._owner(acting)
        if owner == BOT:
            await acting.tell(acting.own.gettext("The bot leads this chat already."))
            return Done()
        if owner not in {acting.person.id, ""} and not manages(acting.person):
            await self._tell_owner(acting, owner)
            return Done()
        return await self._change(acting, owner, BOT, "")

    async def _assign(self, acting: Acting, event: Pressed) -> Done:
        chosen = await self._chosen(acting, event)
        if chosen is None:
            await acting.tell(acting.own.gettext("They are not on the staff: “assistant staff add” makes them so."))
            return Done()
        owner = await self._owner(acting)
        lead = await self._leads.get(acting.conversation)
        holder = owner if owner not in {BOT, ""} else (lead.owner if lead else "")
        if holder not in {"", acting.person.id} and not manages(acting.person):
            await self._tell_owner(acting, holder)
            return Done()
        if owner not in {BOT, "", chosen.id}:
            done = await self._change(acting, owner, chosen.id, name_of(chosen))
            if not done.marked:
                return done
        elif lead is None:
            await acting.tell(acting.own.gettext("There is no lead in this chat yet: take it over instead."))
            return Done()
        else:
            await self._leads.update(acting.conversation, None, chosen.id, acting.person.id, acting.at)
            await self._looks(acting.conversation, acting.event, acting.at)
            done = audited(acting, ASSIGN, to=chosen.id)
        await self._tell_chosen(acting, chosen)
        return done

    async def _change(self, acting: Acting, owner: str, to: str, name: str) -> Done:
        """Another owner, unless somebody was quicker; what the former one has not sent yet is asked about."""
        own = (Own(to, name),)
        ran = await self._turns(Act(acting.conversation, own, owner, acting.person.id, acting.at, (acting.row,)))
        if isinstance(ran, OwnedBy):
            await self._tell_owner(acting, ran.owner)
        if ran is None or isinstance(ran, OwnedBy):
            return Done()
        await self._holding.recall(self._desks, acting.texts, acting.conversation, to)
        return Done(marked=True)

    async def _tell_chosen(self, acting: Acting, chosen: Person) -> None:
        name, by = escape(name_of(chosen)), escape(acting.name)
        await acting.say(acting.texts.gettext("{by} assigned this chat to {name}.", by=by, name=name))

        def letter(texts: Messages) -> Post:
            return Post(texts.gettext("{by} assigned a chat to you.", by=by))

        if chosen.id != acting.person.id:
            await self._reach.privately(chosen.id, letter, f"assigned:{acting.event}")

    async def _chosen(self, acting: Acting, event: Pressed) -> Person | None:
        """Whom a menu names by staff id, or a form by the desk's own id."""
        wanted = event.fields.get(PERSON, "")
        if wanted:
            return await self._who(acting.desk, wanted)
        return next((person for person in await self._who.people() if person.id == event.value), None)

    async def _owner(self, acting: Acting) -> str:
        conversation = await self._conversations.get(acting.conversation)
        return conversation.owner if conversation else ""

    async def _tell_owner(self, acting: Acting, owner: str) -> None:
        if owner == BOT:
            await acting.tell(acting.own.gettext("The bot leads this chat."))
        elif owner == acting.person.id:
            await acting.tell(acting.own.gettext("You lead this chat already."))
        else:
            name = escape(await self._who.name(owner))
            await acting.tell(acting.own.gettext("{name} leads this chat.", name=name))


def manages(person: Person) -> bool:
    """Whether somebody decides on what is another's."""
    return person.role in {"manager", "admin"}
