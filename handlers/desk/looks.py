"""Has the desks look at a chat again after something was changed that is no turn: the card shows it."""

from collections.abc import Iterable
from datetime import datetime

from flows.ports.turns import Outbox
from handlers.desk.follow import SOON, look


class Looks:
    """Entries as a turn's notice is; of one event one for each desk."""

    def __init__(self, outbox: Outbox, desks: Iterable[str]) -> None:
        self._outbox = outbox
        self._desks = tuple(desks)

    async def __call__(self, conversation: str, event: str, now: datetime) -> None:
        """Put them into the outbox. Raises `StorageDown`."""
        at = now + SOON
        await self._outbox.put(
            [look(desk, conversation, f"{conversation}.{event}.look.{desk}", at) for desk in self._desks]
        )
