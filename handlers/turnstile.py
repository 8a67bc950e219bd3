"""One turn of a chat at a time in this process: who takes over a busy chat gets a turn and need not win races."""

import asyncio
from collections import deque

from flows.model import Address


class Turnstile:
    """Lets one at a time through for an address, in the order of asking; where nobody waits it keeps nothing.

    Other processes are not held up: their turns are told from ours by the version of the conversation.
    """

    def __init__(self) -> None:
        self._queues: _Queues = {}

    def __call__(self, address: Address) -> "_Passage":
        """Wait for one's turn at an address: `async with turnstile(address)`."""
        return _Passage(self._queues, address.key)


_Queues = dict[str, "deque[asyncio.Future[None]]"]
"""Who waits, by the address where somebody is inside."""


class _Passage:
    """One way through; an `asyncio.Lock` for each address costs several times as much, and nearly none is contended."""

    __slots__ = ("_key", "_queues")

    def __init__(self, queues: _Queues, key: str) -> None:
        self._queues = queues
        self._key = key

    async def __aenter__(self) -> None:
        queue = self._queues.get(self._key)
        if queue is None:
            self._queues[self._key] = deque()
            return
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given at the same moment
                self._let_in_next()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._let_in_next()

    def _let_in_next(self) -> None:
        queue = self._queues[self._key]
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._queues[self._key]
