"""Which handler deals with an event: prospects' have a conversation to themselves, staff's have a thread."""

from collections.abc import Sequence

from flows.events import Pressed, Written
from flows.model import Address
from flows.ports.turns import Stored
from handlers.lanes import Handle, Step


class Route:
    """A lane's handler that asks one of two others."""

    def __init__(self, messages: Handle, desk: Handle) -> None:
        self._messages = messages
        self._desk = desk

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Step:
        """The addresses of threads are no chats' addresses, so a lane's events are of one kind."""
        staff = isinstance(waiting[0].event, Written | Pressed)
        return await (self._desk if staff else self._messages)(address, waiting)
