"""The schedule's look at words that reps wrote: undecided for a minute, or on their way for too long."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from flows.desk import Post
from flows.errors import Misconfigured, Refused
from flows.model import BOT
from flows.ports.desk import Desk, Held, Holds
from flows.ports.turns import Clock, Conversations, Outbox
from handlers.desk.acting import replaced
from handlers.desk.holding import FORGOTTEN, Holding
from handlers.desk.who import Who
from locales.operators import messages

log = structlog.get_logger()
_LATE: Final = timedelta(seconds=30)
_NEVER: Final = timedelta(minutes=3)
"""When a call that was under way as the chat changed hands has ended, one way or the other."""
_BATCH: Final = 50


class Forgotten:
    """A tick of a few seconds."""

    def __init__(
        self,
        desks: Mapping[str, Desk],
        holds: Holds,
        conversations: Conversations,
        outbox: Outbox,
        holding: Holding,
        who: Who,
        clock: Clock,
        language: str,
    ) -> None:
        self._desks = dict(desks)
        self._holds = holds
        self._conversations = conversations
        self._outbox = outbox
        self._holding = holding
        self._who = who
        self._clock = clock
        self._language = language

    async def __call__(self) -> None:
        """Remind writers privately, once, with the same buttons; see to what a restart or a change of hands left."""
        now = self._clock()
        for held in await self._holds.forgotten(now - FORGOTTEN, _BATCH):
            await self._remind(held)
        for held in await self._holds.overdue(now - _LATE, _BATCH):
            await self._settle(held)

    async def _remind(self, held: Held) -> None:
        conversation = await self._conversations.get(held.conversation)
        desk = self._desks.get(held.spot.desk)
        if conversation is not None and desk is not None:
            texts = messages((await self._who.known(desk, held.member)).locale or self._language)
            post = await self._holding.question(texts, held, conversation.owner)
            try:
                await desk.write(held.member, post, f"forgotten:{held.id}:{held.entry}")
            except (Refused, Misconfigured) as error:
                log.warning("desk could not be told", desk=desk.name, key=held.id, problem=str(error))
        await self._holds.reminded(held.id)

    async def _settle(self, held: Held) -> None:
        """What has left is done; what may not leave any more, for the chat changed hands, is asked about."""
        desk = self._desks.get(held.spot.desk)
        if await self._outbox.receipt(held.entry):
            if await self._holds.move(held.id, "sending", "sent") and desk:
                await replaced(desk, held.spot, held.prompt, Post())
            return
        conversation = await self._conversations.get(held.conversation)
        owner = conversation.owner if conversation else BOT
        if owner == held.by or desk is None:
            return  # it is tried again until it can be delivered, or its failure is told
        if await self._holding.unsend(held) or self._clock() - held.due > _NEVER:
            await self._holding.ask(desk, messages(self._language), held, owner)
