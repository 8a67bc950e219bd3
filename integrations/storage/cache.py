"""The conversations of late, so that a turn need not read what the last one wrote; the truth is in the database."""

from collections import OrderedDict
from typing import Final

from flows.model import Conversation, Lead

SIZE: Final = 2048


class Recent:
    """The newest conversation of an address (None: a stranger's) with its lead as last written; bounded, oldest out.

    It may be behind another process's turn: then the commit is stale, the entry is dropped, and it is read again.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._entries: OrderedDict[str, tuple[Conversation | None, Lead | None]] = OrderedDict()

    def __contains__(self, address: str) -> bool:
        return address in self._entries

    def get(self, address: str) -> Conversation | None:
        """The conversation; only asked for an address that is here."""
        self._entries.move_to_end(address)
        return self._entries[address][0]

    def fits(self, address: str, ordinal: int) -> bool:
        """Whether the entry is of this conversation of the address; 0 is a stranger. Safe from any thread."""
        entry = self._entries.get(address)
        return entry is not None and (entry[0].ordinal if entry[0] else 0) == ordinal

    def before(self, address: str, conversation: str, version: int) -> tuple[Conversation | None, Lead | None]:
        """The entry that a turn was computed from, to tell what it changes; nothing when it is not that one."""
        entry = self._entries.get(address)
        if entry is None or entry[0] is None or entry[0].id != conversation or entry[0].version != version:
            return None, None
        return entry

    def put(self, address: str, conversation: Conversation | None, lead: Lead | None = None) -> None:
        """Keep what was read or written, unless the entry is newer."""
        entry = self._entries.get(address)
        if entry is not None and entry[0] is not None and _older(conversation, entry[0]):
            return
        self._entries[address] = (conversation, lead)
        self._entries.move_to_end(address)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def drop(self, address: str) -> None:
        """Forget an entry that proved to be behind."""
        self._entries.pop(address, None)


def _older(one: Conversation | None, other: Conversation) -> bool:
    return one is None or (one.ordinal, one.version) < (other.ordinal, other.version)
