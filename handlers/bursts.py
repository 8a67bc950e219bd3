"""Which waiting events make one turn, and how long to wait for more: free text only, by its stored arrival time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.commands import Command
from flows.model import Address
from flows.ports.turns import Stored


@dataclass(frozen=True, slots=True)
class Burst:
    """The head of a lane: events that are one turn, what they mean, and whether more words may follow.

    `shown` is each event's line for the transcript. `open` is true for free text that answers nothing asked: its
    writer may still be typing. `asks` is true when it already ends in a question.
    """

    stored: tuple[Stored, ...]
    commands: tuple[Command, ...]
    shown: tuple[str, ...]
    open: bool = False
    asks: bool = False

    @property
    def count(self) -> int:
        """How many events it takes from the lane."""
        return len(self.stored)

    @property
    def rows(self) -> tuple[int, ...]:
        """Their rows in the inbox."""
        return tuple(stored.row for stored in self.stored)

    @property
    def address(self) -> Address:
        """The address they share."""
        return self.stored[0].event.address


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the end of a burst, in seconds, and the factor for channels that send whole messages."""

    after_question: float = 1.0
    after_words: float = 1.8
    at_most: float = 3.0
    channels: Mapping[str, float] | None = None

    def ready_at(self, burst: Burst, channel: str) -> datetime:
        """When the turn may run: at once unless the words are open, else a while after the last of them."""
        first, last = burst.stored[0].event.at, burst.stored[-1].event.at
        if not burst.open:
            return first
        factor = (self.channels or {}).get(channel, 1.0)
        wait = self.after_question if burst.asks else self.after_words
        ready = min(last + timedelta(seconds=wait), first + timedelta(seconds=self.at_most))
        return first + (ready - first) * factor
