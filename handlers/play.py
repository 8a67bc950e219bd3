"""One move of the machine, worded: what both a prospect's message and a rep's press run before they commit."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from flows.commands import Command, HandOff
from flows.decisions import Cancel, Say, Turn
from flows.engine import advance, starts_anew
from flows.events import Event, Said
from flows.model import Address, Conversation, Json, Profile
from flows.outbound import Dispatch, Line
from flows.ports.turns import Commit
from flows.schema import Flows
from handlers.interpret import Interpreter
from handlers.wording import Worded, Wording

log = structlog.get_logger()


class Follower(Protocol):
    """Adds to a turn what leaves because of it, beside the words to the prospect: a notice to the desk, a card."""

    def __call__(self, turn: Turn, now: datetime) -> tuple[Turn, Sequence[Dispatch]]:
        """The turn, perhaps with a note of its own in the conversation, and the entries; pure."""
        ...


@dataclass(frozen=True, slots=True)
class Playbook:
    """What the company says and knows, swapped as a whole when its files change."""

    flows: Flows
    wording: Wording
    interpreter: Interpreter
    locales: tuple[str, ...]
    default_locale: str
    followers: tuple[Follower, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A turn and its words."""

    turn: Turn
    worded: Worded
    followed: tuple[Dispatch, ...] = ()

    def commit(
        self,
        before: int,
        now: datetime,
        *,
        done: tuple[int, ...] = (),
        heard: tuple[Line, ...] = (),
        audit: Mapping[str, Json] | None = None,
        release: bool = False,
    ) -> Commit:
        """What to write of it, beside the events that it dealt with; see `flows.ports.turns.Commit`."""
        cancels = any(isinstance(decision, Cancel) for decision in self.turn.decisions)
        return Commit(
            turn=self.turn,
            before=before,
            now=now,
            done=done,
            heard=heard,
            dispatches=self.worded.dispatches + self.followed,
            agreements=self.worded.agreements,
            traces=self.worded.traces,
            cancel="bot" if cancels else "",
            audit=audit or {},
            release=release,
        )


def play(book: Playbook, base: Conversation, commands: Sequence[Command], now: datetime) -> Move:
    """Advance and word; a fault in flows or texts must not silence the bot, so a person is asked for instead."""
    try:
        return _followed(book, advance(book.flows, base, commands, now), now)
    except Exception:
        log.exception("turn could not be played", conversation=base.id, flow=base.flow, step=base.step)
        turn = advance(book.flows, replace(base, wants_person=""), (HandOff("unknown"),), now)
        says = tuple(decision for decision in turn.decisions if not isinstance(decision, Say) or not decision.step)
        return _followed(book, replace(turn, decisions=says), now)


def _followed(book: Playbook, turn: Turn, now: datetime) -> Move:
    """Word a turn, and ask what else follows from it."""
    worded = book.wording(turn, now)
    entries: list[Dispatch] = []
    for follow in book.followers:
        turn, more = follow(turn, now)
        entries += more
    return Move(turn, worded, tuple(entries))


def explain_group(book: Playbook, base: Conversation, now: datetime) -> Move:
    """In a group the bot sells nothing: it says where it works, and stands where it stood."""
    still = replace(base, version=base.version + 1, status="ended", updated_at=now.isoformat(timespec="milliseconds"))
    turn = Turn(still, (Say("common.group_only"),))
    return Move(turn, book.wording(turn, now))


def new_id(address: Address, ordinal: int, begun: datetime) -> str:
    """The id of the n-th conversation of an address: two workers that begin it with the same event begin the same one.

    Ids grow with time, so what conversations of the same hour write lies side by side: half the pages a commit writes.
    """
    digest = hashlib.blake2b(f"{address.key}#{ordinal}".encode(), digest_size=5).hexdigest()
    return f"{int(begun.timestamp()):08x}{digest}"


def stranger(book: Playbook, address: Address, event: Event) -> Conversation:
    """The conversation of somebody we have never met, in the language of their messenger if we speak it."""
    profile = event.profile if isinstance(event, Said) else Profile()
    tag = profile.language.partition("-")[0].lower()
    locale = tag if tag in book.locales else book.default_locale
    return Conversation(new_id(address, 1, event.at), address, locale, profile=profile)


def base_of(current: Conversation, commands: Sequence[Command], now: datetime) -> Conversation:
    """What to advance from: the conversation as it is, or a new one at version 0 where these commands begin one."""
    if not starts_anew(current, commands, now):
        return current
    ordinal = current.ordinal + 1
    return Conversation(
        new_id(current.address, ordinal, now),
        current.address,
        current.locale,
        ordinal=ordinal,
        locale_locked=current.locale_locked,
        profile=current.profile,
        source=current.source,
    )
