"""What we do when a prospect says something: understand it, advance the machine, commit the turn, send the reply."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from flows.errors import Retry
from flows.events import Answered, Due, Moved, Pressed, Reachable, Said, Written
from flows.model import Address, Conversation, Json
from flows.outbound import Dispatch, Line
from flows.ports.turns import Clock, Conversations, Stale, Stored
from handlers.bursts import Burst, Patience
from handlers.deliver import Deliver
from handlers.play import Move, Playbook, base_of, explain_group, play, stranger
from handlers.turnstile import Turnstile

_TRIES = 5  # a turn that lost a race runs again on the newer state; more losses mean that somebody else has the lane


@dataclass(frozen=True, slots=True)
class Taken:
    """How many of the waiting events were dealt with, or until when to wait for more."""

    taken: int
    wait_until: datetime | None = None
    more: tuple[Stored, ...] = ()


class HandleMessage:
    """One call, one turn: the oldest events of an address that belong together."""

    def __init__(
        self, conversations: Conversations, deliver: Deliver, playbook: Playbook, patience: Patience, clock: Clock
    ) -> None:
        self._conversations = conversations
        self._deliver = deliver
        self.playbook = playbook
        self.turnstile = Turnstile()
        self._patience = patience
        self._clock = clock

    async def __call__(self, address: Address, waiting: Sequence[Stored]) -> Taken:
        """Take the head of the lane. Raises `Retry` when the store is away: nothing was done."""
        book, now = self.playbook, self._clock()
        current = await self._conversations.open(address) or stranger(book, address, waiting[0].event)
        burst = book.interpreter.head(current, waiting, now)
        ready = self._patience.ready_at(burst, address.channel)
        if ready > now:
            return Taken(0, wait_until=ready)
        typing = self._deliver.typing(address)
        try:
            return await self._take(book, current, burst, whole=burst.count == len(waiting))
        finally:
            typing.cancel()

    async def _take(self, book: Playbook, current: Conversation, burst: Burst, *, whole: bool) -> Taken:
        """Write the turn, then send what it says."""
        async with self.turnstile(current.address):
            taken, dispatches = await self._write(book, current, burst, whole=whole)
        await self._deliver.now(dispatches)
        return taken

    async def _write(
        self, book: Playbook, current: Conversation, burst: Burst, *, whole: bool
    ) -> tuple[Taken, Sequence[Dispatch]]:
        """Run the turn on the newest state until it is committed; returns what this worker has to send."""
        for _ in range(_TRIES):
            now = self._clock()
            if _needs_no_turn(burst, current):
                lines = _lines(burst, current.id) if current.version else ()
                await self._conversations.done(burst.rows, now, lines)
                return Taken(burst.count), ()
            base = base_of(current, burst.commands, now)
            move = _move(book, base, burst, now)
            commit = move.commit(base.version, now, done=burst.rows, heard=_lines(burst, base.id), release=whole)
            result = await self._conversations.commit(commit)
            if not isinstance(result, Stale):
                return Taken(burst.count, more=result.more), () if result.held_back else commit.dispatches
            if result.settled:
                return Taken(burst.count), ()  # what is still open of it belongs to the worker that was quicker
            current = await self._reload(current)
            burst = book.interpreter.head(current, burst.stored, now)
        reason = "the conversation keeps changing elsewhere"
        raise Retry(reason, after=1.0)

    async def _reload(self, current: Conversation) -> Conversation:
        """The state that was faster than ours: read fresh, and newer still if a new conversation has begun."""
        fresh = await self._conversations.get(current.id)
        newest = await self._conversations.open(current.address)
        if fresh is None:  # ours was never stored
            return newest or current
        return newest if newest and newest.ordinal > fresh.ordinal else fresh


def _move(book: Playbook, base: Conversation, burst: Burst, now: datetime) -> Move:
    """The move that a burst asks for."""
    if any(isinstance(stored.event, Said) and not stored.event.private for stored in burst.stored):
        return explain_group(book, base, now)
    return play(book, base, burst.commands, now)


def _needs_no_turn(burst: Burst, current: Conversation) -> bool:
    """Events that change nothing: a block notice, a wake-up slept through, an answer that came too late."""
    match burst.stored[0].event:
        case Reachable() | Written() | Pressed() | Moved():
            return True
        case Due() | Answered() as event:
            return current.id != event.conversation or current.version != event.version
        case Said():
            return False


def _lines(burst: Burst, conversation: str) -> tuple[Line, ...]:
    """The transcript of what was heard."""
    return tuple(
        Line(f"{stored.row}.in", conversation, "prospect", stored.event.at, text, _trace(stored.event))
        for stored, text in zip(burst.stored, burst.shown, strict=True)
        if isinstance(stored.event, Said)
    )


def _trace(said: Said) -> dict[str, Json]:
    """Beside the words: which message it was, what was sent with it, and that it stands for an older one."""
    trace: dict[str, Json] = {"message": said.message}
    if said.files:
        trace["files"] = [asdict(file) for file in said.files]
    return {**trace, "edited": True} if said.kind == "edited" else trace
