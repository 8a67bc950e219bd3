"""Tells the desks of a turn: an entry in the outbox that makes the mirror look at the conversation again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from flows.decisions import Edit, Notify, Turn
from flows.desk import desk_address
from flows.model import BOT, Json
from flows.outbound import Dispatch

Which: TypeAlias = Literal["all", "warm", "escalations"]
GATHER: Final = timedelta(seconds=2)
"""How long lines of a chat that nobody took are gathered, so that a busy thread is one post and not ten."""
SOON: Final = timedelta(milliseconds=10)
"""What is due a moment later belongs to nobody yet: it is claimed behind the older entries of its conversation.

An entry that is due at once is born leased to its writer, and two workers would post in a thread side by side.
"""
_ESCALATIONS: Final = frozenset({"person_asked", "unanswered", "delivery_failed"})


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a turn had to tell the desk; see `flows.decisions.Notify`."""

    kind: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A person's words, by the id of their line, were changed or taken back; `origin` is where, if at a desk."""

    line: str
    gone: bool
    origin: str = ""


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
        changed: list[Json] = [
            {"line": edit.of, "gone": edit.text is None, "origin": edit.origin}
            for edit in turn.decisions
            if isinstance(edit, Edit)
        ]
        payload: dict[str, Json] = {"notices": told, "changed": changed} if changed else {"notices": told}
        due = now + (SOON if notices or conversation.owner != BOT else GATHER)
        key = f"{conversation.id}.{conversation.version}.notice"
        return turn, [look(desk, conversation.id, f"{key}.{desk}", due, payload) for desk in self._desks]

    def _wanted(self, turn: Turn, notices: Sequence[Notify]) -> bool:
        """Whether a conversation is to have a thread from this turn on."""
        asked = bool(turn.conversation.wants_person) or turn.conversation.owner != BOT
        if asked or any(notice.kind in _ESCALATIONS for notice in notices):
            return True
        warm = turn.lead is not None and turn.lead.score.temperature != "cold"
        return self._which == "all" or (self._which == "warm" and warm)


def look(desk: str, conversation: str, key: str, due: datetime, payload: Mapping[str, Json] | None = None) -> Dispatch:
    """An entry that has a desk look at a conversation; of one key there is one entry for ever."""
    return Dispatch(key, "notice", desk_address(desk, conversation), conversation, BOT, due, payload=payload or {})


def notices_of(entry: Dispatch) -> tuple[Notice, ...]:
    """What an entry has to tell."""
    return tuple(
        Notice(str(one.get("kind", "")), params if isinstance(params := one.get("params"), dict) else {})
        for one in _listed(entry, "notices")
    )


def changes_of(entry: Dispatch) -> tuple[Change, ...]:
    """The words that were changed by its turn."""
    return tuple(
        Change(str(one.get("line", "")), one.get("gone") is True, str(one.get("origin", "")))
        for one in _listed(entry, "changed")
    )


def _listed(entry: Dispatch, name: str) -> list[dict[str, Json]]:
    found = entry.payload.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
