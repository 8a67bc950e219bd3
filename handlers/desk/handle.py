"""What we do when staff do something at the desk: who is it, may they, and what does it mean for the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from flows.desk import Post, Spot
from flows.errors import Misconfigured, Refused
from flows.events import Pressed, Written
from flows.model import Address
from flows.ports.desk import Desk, Thread, Threads
from flows.ports.turns import Clock, Conversations, Inbox, Stored
from handlers.desk.acting import Acting, Done, Press
from handlers.desk.elsewhere import brought_home
from handlers.desk.replies import Replies
from handlers.desk.who import Who, name_of
from handlers.message import Taken
from locales.operators import N_, messages

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where events come from and are marked, and which threads there are."""

    inbox: Inbox
    conversations: Conversations
    threads: Threads


class HandleDesk:
    """One event of a thread at a time. `presses` are all buttons, by action; `language` is that of threads."""

    def __init__(
        self,
        ledger: Ledger,
        desks: Mapping[str, Desk],
        who: Who,
        replies: Replies,
        presses: Mapping[str, Press],
        clock: Clock,
        language: str,
    ) -> None:
        self._ledger = ledger
        self._desks = desks
        self._who = who
        self._replies = replies
        self._presses = presses
        self._clock = clock
        self._language = language

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Taken:
        """Deal with the oldest event. Raises `Retry` when store or desk are away: it is dealt with again."""
        stored = waiting[0]
        try:
            done = await self._deal(stored)
        except (Refused, Misconfigured) as error:
            log.warning("desk refused", desk=address.channel, problem=str(error))
            done = Done()
        if not done.marked:
            await self._ledger.conversations.done((stored.row,), self._clock(), audit=done.audit)
        more = () if len(waiting) > 1 else await self._ledger.inbox.release(address)
        return Taken(1, more=tuple(more))

    async def _deal(self, stored: Stored) -> Done:
        event = stored.event
        desk = self._desks.get(event.address.channel)
        if desk is None or not isinstance(event, Written | Pressed):
            return Done()
        conversation = ""
        if isinstance(event, Pressed):
            event, conversation = await brought_home(event, desk.name, self._ledger.threads)
        spot = Spot(desk.name, event.address.chat, event.address.thread)
        thread = await self._ledger.threads.at(spot)
        if isinstance(event, Written):
            return await self._written(stored.row, desk, spot, thread, event)
        about = conversation or (thread.conversation if thread else "")
        return await self._pressed(stored.row, desk, spot, about, event)

    async def _written(self, row: int, desk: Desk, spot: Spot, thread: Thread | None, event: Written) -> Done:
        if thread is None:
            return Done()  # people talk beside our threads too
        if event.kind == "deleted":
            return await self._replies.deleted(desk, event, row, self._clock())
        acting = await self._acting(row, desk, spot, thread.conversation, event)
        return await self._replies(acting, event) if acting else Done()

    async def _pressed(self, row: int, desk: Desk, spot: Spot, conversation: str, event: Pressed) -> Done:
        press = self._presses.get(event.action)
        acting = await self._acting(row, desk, spot, conversation, event) if press else None
        if press is None or acting is None:
            return Done()
        return await press(acting, event)

    async def _acting(
        self, row: int, desk: Desk, spot: Spot, conversation: str, event: Written | Pressed
    ) -> Acting | None:
        """Everything that is known of an act; a stranger is told politely, and None is returned."""
        person = await self._who(desk, event.by)
        locale = (await self._who.known(desk, event.by)).locale if isinstance(event, Pressed) or not person else ""
        own = messages(locale or self._language)
        if person is None:
            line = N_("You can read along here. To act, ask a colleague to add you to the staff.")
            await desk.tell(spot, event.by, Post(own.gettext(line), urgent=True))
            return None
        texts = messages(self._language)
        return Acting(
            row, event.id, self._clock(), desk, spot, conversation, event.by, person, name_of(person), texts, own
        )
