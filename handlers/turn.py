"""A turn that no prospect began: a rep takes over, speaks or hands back, only while the expected owner still owns."""

from collections.abc import Sequence
from datetime import datetime

from flows.commands import Command
from flows.errors import Retry
from flows.model import Json
from flows.outbound import Dispatch
from flows.ports.turns import Conversations, Stale
from handlers.deliver import Deliver
from handlers.handover import OwnedBy, Ran
from handlers.message import HandleMessage
from handlers.play import play

_TRIES = 30  # another process's chat may be typed into, and move on between our look and our write


class RunTurn:
    """Compare the owner, advance, commit; a version that moved meanwhile is looked at again."""

    def __init__(self, conversations: Conversations, deliver: Deliver, messages: HandleMessage) -> None:
        self._conversations = conversations
        self._deliver = deliver
        self._messages = messages

    async def __call__(
        self, conversation: str, commands: Sequence[Command], *, expect_owner: str, by: str, now: datetime
    ) -> Ran | OwnedBy | None:
        """See `handlers.handover.Turns`. Raises `StorageDown`, and `Retry` when the chat never stands still."""
        found = await self._conversations.get(conversation)
        if found is None:
            return None
        async with self._messages.turnstile(found.address):
            ran, dispatches = await self._write(conversation, commands, expect_owner=expect_owner, by=by, now=now)
        await self._deliver.now(dispatches)
        return ran

    async def _write(
        self, conversation: str, commands: Sequence[Command], *, expect_owner: str, by: str, now: datetime
    ) -> tuple[Ran | OwnedBy | None, Sequence[Dispatch]]:
        """Look and write until nobody was quicker; returns what this worker has to send."""
        for _ in range(_TRIES):
            current = await self._conversations.get(conversation)
            if current is None or current.owner != expect_owner:
                return OwnedBy(current.owner) if current else None, ()
            move = play(self._messages.playbook, current, commands, now)
            audit: dict[str, Json] = {
                "by": by,
                "action": type(commands[0]).__name__.lower(),
                "conversation": conversation,
            }
            commit = move.commit(current.version, now, audit=audit)
            result = await self._conversations.commit(commit)
            if not isinstance(result, Stale):
                return Ran(move.turn.conversation), () if result.held_back else commit.dispatches
        reason = "the conversation keeps changing elsewhere"
        raise Retry(reason, after=1.0)
