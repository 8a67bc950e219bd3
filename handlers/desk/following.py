"""What follows once a thread shows a turn: waits begin and end, promises are kept, briefs shown, people told."""

from collections.abc import Sequence
from datetime import datetime

from flows.model import Conversation
from flows.ports.desk import Desk
from handlers.desk.brief import Brief
from handlers.desk.follow import Notice
from handlers.desk.promises import PromiseBook
from handlers.desk.telling import LADDER, Telling
from handlers.desk.waiting import Waiting


class Following:
    """The mirror's `Then`: everything in it may be done twice, and is told once."""

    def __init__(self, waiting: Waiting, promises: PromiseBook, telling: Telling, brief: Brief) -> None:
        self._waiting = waiting
        self._promises = promises
        self._telling = telling
        self._brief = brief

    async def __call__(self, desk: Desk, conversation: Conversation, notices: Sequence[Notice], now: datetime) -> None:
        """See `handlers.desk.mirror.Then`. Raises `Retry`."""
        await self._waiting.seen(conversation)
        await self._promises.collect(conversation.id)
        await self._brief.show(conversation, now)
        await self._telling(desk.name, conversation, notices, now)
        for notice in notices:
            if notice.kind == LADDER:
                await self._waiting.begin(conversation, str(notice.params.get("reason", "")), now)
