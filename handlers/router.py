"""Which handler deals with an event: prospects have a conversation to themselves, staff a thread, trackers a card."""

from collections.abc import Mapping, Sequence

from flows.events import Event
from flows.model import Address
from flows.ports.turns import Stored
from handlers.lanes import Handle, Step


class Route:
    """A lanes' handler that asks one of several; `others` are by the kind of event, all else is a prospect's.

    The address of a thread or of a card is no chat's, so the events of a lane are of one room.
    """

    def __init__(self, messages: Handle, others: Mapping[type[Event], Handle]) -> None:
        self._messages = messages
        self._others = others

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Step:
        """The step of whoever the oldest event is for."""
        handle = self._others.get(type(waiting[0].event), self._messages)
        return await handle(address, waiting)
