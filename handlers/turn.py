"""A turn that no prospect began: a rep takes over, speaks or hands back, only while the expected owner still owns."""

from collections.abc import Sequence
from dataclasses import replace

from flows.errors import Retry
from flows.model import Json
from flows.outbound import Dispatch
from flows.ports.turns import Conversations, Stale
from handlers.deliver import Deliver
from handlers.handover import Act, OwnedBy, Ran
from handlers.message import HandleMessage
from handlers.play import play

_TRIES = 30  # another process's chat may be typed into, and move on between our look and our write


class RunTurn:
    """Compare the owner, advance, commit; a version that moved meanwhile is looked at again."""

    def __init__(self, conversations: Conversations, deliver: Deliver, messages: HandleMessage) -> None:
        self._conversations = conversations
        self._deliver = deliver
        self._messages = messages

    async def __call__(self, act: Act) -> Ran | OwnedBy | None:
        """See `handlers.handover.Turns`. Raises `StorageDown`, and `Retry` when the chat never stands still."""
        found = await self._conversations.get(act.conversation)
        if found is None:
            return None
        async with self._messages.turnstile(found.address):
            ran, dispatches = await self._write(act)
        await self._deliver.now(dispatches)
        return ran

    async def _write(self, act: Act) -> tuple[Ran | OwnedBy | None, Sequence[Dispatch]]:
        """Look and write until nobody was quicker; returns what this worker has to send."""
        for _ in range(_TRIES):
            current = await self._conversations.get(act.conversation)
            if current is None:
                return None, ()
            if act.expect_owner not in {None, current.owner}:
                return OwnedBy(current.owner), ()
            move = play(self._messages.playbook, current, act.commands, act.now)
            commit = move.commit(current.version, act.now, audit=_audit(act), done=act.done)
            if act.hold:
                commit = replace(commit, dispatches=tuple(_held(one, act) for one in commit.dispatches))
            result = await self._conversations.commit(commit)
            if not isinstance(result, Stale):
                entries = tuple(one.key for one in commit.dispatches if one.kind == "message")
                return Ran(move.turn.conversation, entries), () if result.held_back else commit.dispatches
            if result.settled:
                return Ran(current), ()  # another worker did what these events asked for
        reason = "the conversation keeps changing elsewhere"
        raise Retry(reason, after=1.0)


def _audit(act: Act) -> dict[str, Json]:
    return {"by": act.by, "action": type(act.commands[0]).__name__.lower(), "conversation": act.conversation}


def _held(entry: Dispatch, act: Act) -> Dispatch:
    """Words wait for their undo; what the desk should know does not."""
    return replace(entry, due=act.now + act.hold) if entry.kind == "message" else entry
