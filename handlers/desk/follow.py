"""Tells the desks of a turn: an entry in the outbox that makes the mirror look at the conversation again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from flows.decisions import Notify, Turn
from flows.desk import desk_address
from flows.model import BOT, Json
from flows.outbound import Dispatch

Which: TypeAlias = Literal["all", "warm", "escalations"]
GATHER: Final = timedelta(seconds=2)
"""How long lines of a chat that nobody took are gathered, so that a busy thread is one post and not ten."""
_ESCALATIONS: Final = frozenset({"person_asked", "unanswered", "delivery_failed"})


class Follow:
    """A follower of turns: which conversations have a thread is decided once, and stays."""

    def __init__(self, desks: Sequence[str], which: Which = "warm") -> None:
        self._desks = tuple(desks)
        self._which = which

    def __call__(self, turn: Turn, now: datetime) -> tuple[Turn, Sequence[Dispatch]]:
        """The turn, its conversation marked once it is watched, and a notice for each desk."""
        notices = [decision for decision in turn.decisions if isinstance(decision, Notify)]
        conversation = turn.conversation
        if not conversation.watched:
            if not self._wanted(turn, notices):
                return turn, ()
            conversation = replace(conversation, watched=True)
            turn = replace(turn, conversation=conversation)
        told: list[Json] = [{"kind": notice.kind, "params": dict(notice.params)} for notice in notices]
        due = now if notices or conversation.owner != BOT else now + GATHER
        key = f"{conversation.id}.{conversation.version}.notice"
        return turn, [
            Dispatch(
                f"{key}.{desk}",
                "notice",
                desk_address(desk, conversation.id),
                conversation.id,
                BOT,
                due,
                payload={"notices": told},
            )
            for desk in self._desks
        ]

    def _wanted(self, turn: Turn, notices: Sequence[Notify]) -> bool:
        """Whether a conversation is to have a thread from this turn on."""
        asked = bool(turn.conversation.wants_person) or turn.conversation.owner != BOT
        if asked or any(notice.kind in _ESCALATIONS for notice in notices):
            return True
        warm = turn.lead is not None and turn.lead.score.temperature != "cold"
        return self._which == "all" or (self._which == "warm" and warm)
