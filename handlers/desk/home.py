"""The page of one's own at the desk: today, my chats, and what could not be delivered, to be tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.desk import Button, Control, Field, Post
from flows.events import Pressed
from flows.ports.people import Person
from flows.ports.reading import ConversationRow, Deliveries, Reports
from flows.ports.turns import Clock
from handlers.desk.acting import Acting, Done, Press, audited
from handlers.desk.buttons import HAND_BACK
from handlers.desk.commands import LEAD
from handlers.desk.elsewhere import carried
from handlers.desk.known import Knowing
from handlers.figures import lead_words
from locales.markup import escape, one_line
from locales.operators import Messages, messages

RETRY: Final = "retry"
"""The action that opens a failed delivery again; its value is the key of the entry."""
_CHATS: Final = 10
_FAILED: Final = 10
_SHORT: Final = 150


@dataclass(frozen=True, slots=True)
class Home:
    """Makes the page; `service` is the desk's name."""

    reports: Reports
    deliveries: Deliveries
    knowing: Knowing
    service: str

    async def __call__(self, person: Person, texts: Messages, now: datetime) -> Sequence[Post]:
        """The posts of the page, top to bottom. Raises `StorageDown`."""
        return [
            await self._today(texts, now),
            *await self._chats(person, texts, now),
            *await self._failed(texts, now),
        ]

    async def _today(self, texts: Messages, now: datetime) -> Post:
        """Since midnight, by the clock of `now`."""
        gettext = texts.gettext
        figures = await self.reports.stats(now.replace(hour=0, minute=0, second=0, microsecond=0), now)
        leads = figures.get("leads")
        made = leads if isinstance(leads, dict) else {}
        fields = [
            Field(gettext("People"), str(figures.get("people"))),
            Field(gettext("Conversations"), str(figures.get("conversations"))),
            Field(gettext("Leads"), str(made.get("total", 0))),
            *(Field(word, str(made[status])) for status, word in lead_words(texts).items() if made.get(status)),
        ]
        shown = [field for field in fields if field.label != lead_words(texts)["total"]]
        return Post(title=gettext("☀️ Today, {day}", day=f"{now:%d.%m}"), fields=tuple(shown))

    async def _chats(self, person: Person, texts: Messages, now: datetime) -> Sequence[Post]:
        chats = await self.reports.owned(person.id, _CHATS)
        title = texts.gettext("💬 My chats")
        if not chats:
            return [Post(texts.gettext("You lead no chat now."), title)]
        posts = [await self._chat(chat, texts, now) for chat in chats]
        return [Post(title=title), *posts]

    async def _chat(self, chat: ConversationRow, texts: Messages, now: datetime) -> Post:
        known = await self.knowing(chat.id, self.service)
        need = known.row.lead.slots.get("need") if known else None
        name = (known.name if known else "") or texts.gettext("Prospect {id}", id=chat.id[:6])
        what = f" — {need}" if isinstance(need, str) and need else ""
        last = chat.updated_at.astimezone(now.tzinfo)
        post = Post(
            f"**{_said(known.hide(name) if known else name)}**{_said(known.hide(what) if known else what)}",
            small=(texts.gettext("last turn {moment}", moment=f"{last:%d.%m %H:%M}"), chat.channel),
            controls=(
                Button(LEAD, texts.gettext("Show the card"), chat.id),
                Button(HAND_BACK, texts.gettext("Hand back"), chat.id),
            ),
        )
        return carried(post, chat.id)

    async def _failed(self, texts: Messages, now: datetime) -> Sequence[Post]:
        found, total, _ = await self.deliveries.list("failed", _FAILED)
        title = texts.gettext("⚠️ Not delivered")
        if not found:
            return [Post(texts.gettext("Everything was delivered."), title)]
        posts = [Post(texts.ngettext("{number} entry", "{number} entries", total), title)]
        for one in found:
            due = f"{one.due.astimezone(now.tzinfo):%d.%m %H:%M}"
            control: Control = Button(RETRY, texts.gettext("Try again"), one.key)
            posts.append(Post(_said(one.error), small=(due, one.kind, one.conversation[:8]), controls=(control,)))
        return posts


class Retries:
    """Opens what failed again when somebody asks for it, and shows them their page as it is then."""

    def __init__(self, deliveries: Deliveries, home: Home, clock: Clock) -> None:
        self._deliveries = deliveries
        self._home = home
        self._clock = clock

    @property
    def presses(self) -> dict[str, Press]:
        """What the button does, by its action."""
        return {RETRY: self._retry}

    async def _retry(self, acting: Acting, event: Pressed) -> Done:
        now = self._clock()
        if not await self._deliveries.retry([event.value], now):
            await acting.tell(acting.own.gettext("It is not failed any more."))
            return Done()
        await acting.tell(acting.own.gettext("It is tried again now."))
        await acting.desk.home(acting.member, await self._home(acting.person, acting.own, now))
        return audited(acting, RETRY, entry=event.value)


def stranger_home(locale: str) -> Sequence[Post]:
    """The page of somebody who is not on the staff."""
    return (Post(messages(locale).gettext("This is for the staff. To use it, ask a colleague to add you.")),)


def _said(text: str) -> str:
    return escape(one_line(text))[:_SHORT]
