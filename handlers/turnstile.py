"""One turn of a chat at a time in this process: who takes over a busy chat gets a turn and need not win races."""

import asyncio
from weakref import WeakValueDictionary

from flows.model import Address


class Turnstile:
    """A lock an address, served in the order of asking; it lives while somebody holds it or waits.

    Other processes are not held up: their turns are told from ours by the version of the conversation.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __call__(self, address: Address) -> asyncio.Lock:
        """The lock of an address."""
        lock = self._locks.get(address.key)
        if lock is None:
            lock = self._locks[address.key] = asyncio.Lock()
        return lock
