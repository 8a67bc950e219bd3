"""Tells the trackers of a turn: an entry in the outbox that has each of them look at the lead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flows.decisions import Turn
from flows.model import BOT
from flows.outbound import Dispatch
from flows.ports.tracker import tracker_address

GATHER: Final = timedelta(seconds=60)
"""How long changes of a lead that has its card are gathered: ten in a minute are one call."""


def look(tracker: str, lead: str, key: str, due: datetime) -> Dispatch:
    """An entry that has a tracker look at a lead; `key` is unique among the reasons to look."""
    return Dispatch(f"{lead}.{key}.card.{tracker}", "card", tracker_address(tracker, lead), lead, BOT, due)


class FollowLead:
    """A follower of turns: a lead has cards once it is qualified, and from then on whatever becomes of it."""

    def __init__(self, trackers: Sequence[str]) -> None:
        self._trackers = tuple(trackers)

    def __call__(self, turn: Turn, now: datetime) -> tuple[Turn, Sequence[Dispatch]]:
        """The turn, its conversation marked once it has cards, and an entry for each tracker."""
        conversation, lead = turn.conversation, turn.lead
        if lead is None or not (conversation.carded or lead.status == "qualified"):
            return turn, ()
        due = now + GATHER if conversation.carded else now
        if not conversation.carded:
            turn = replace(turn, conversation=replace(conversation, carded=True))
        key = str(conversation.version)
        return turn, [look(tracker, conversation.id, key, due) for tracker in self._trackers]
