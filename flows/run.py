"""The work in progress of one `advance`: the conversation as it changes, and what has been decided so far."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Literal

from flows.decisions import Decision, Option, Say
from flows.model import BOT, Conversation, Json, Mark, Place
from flows.schema import AskStep, Flows, Rule
from flows.scoring import facts, held_rules, points_of, temperature

Pose = Literal["", "buttons", "retry", "full"]
_FULLNESS: Mapping[Pose, int] = {"": 0, "buttons": 1, "retry": 2, "full": 3}
_TRAIL = 20  # how far back "back" can lead; keeps the stored state small
_QUOTE = 300  # characters of a prospect's words that are kept as proof
_FIELDS = tuple(field.name for field in fields(Conversation))
_read = attrgetter(*_FIELDS)
_WRITE = {name: getattr(Conversation, name).__set__ for name in _FIELDS}
_FACTUAL = frozenset({"slots", "consents", "signals", "contact", "locale", "source"})
"""Fields that the facts are made of."""


class Run:
    """Mutable only while `advance` runs; never leaves it."""

    def __init__(self, flows: Flows, conversation: Conversation, now: datetime) -> None:
        self.flows = flows
        self.before = conversation
        self.c = conversation
        self.now = now
        self.out: list[Decision] = []
        self.pose: Pose = ""
        self._facts: dict[str, Json] | None = None
        self._held: Sequence[Rule] | None = None
        self.told: dict[str, Json] = {}  # slots that became known by the way

    @property
    def silent(self) -> bool:
        """A person owns the conversation: the bot listens and says nothing."""
        return self.c.owner != BOT

    def change(self, **changed: object) -> None:
        """Go on with a changed conversation.

        The first change makes a copy, which is this run's own until the turn is published and is changed in place:
        `replace` for every small step was two thirds of the cost of a turn.
        """
        own = self._own()
        for name, value in changed.items():
            _WRITE[name](own, value)
            if name in _FACTUAL:
                self._facts = self._held = None

    def _own(self) -> Conversation:
        """The conversation that may be written to."""
        if self.c is self.before:
            self.c = _copy(self.before)
        return self.c

    def facts(self) -> Mapping[str, Json]:
        """Everything that a condition may look at, but the score."""
        if self._facts is None:
            self._facts = facts(self.flows, self.c, self.now.date())
        return self._facts

    def held(self) -> Sequence[Rule]:
        """The score rules that hold."""
        if self._held is None:
            self._held = held_rules(self.flows, self.facts())
        return self._held

    def scored_facts(self) -> Mapping[str, Json]:
        """The facts with `score` and `temperature`."""
        points = points_of(self.held())
        return {**self.facts(), "score": points, "temperature": temperature(self.flows, points)}

    def decide(self, decision: Decision) -> None:
        """Add a decision."""
        self.out.append(decision)

    def say(self, key: str, params: Mapping[str, Json] | None = None, options: tuple[Option, ...] = ()) -> None:
        """Say a text unless a person owns the conversation."""
        if not self.silent:
            self.out.append(Say(key, params or {}, options))

    def ask_again(self, pose: Pose) -> None:
        """Show the open question again, at least as fully as was already decided."""
        if _FULLNESS[pose] > _FULLNESS[self.pose]:
            self.pose = pose

    def question(self) -> AskStep | None:
        """The open question."""
        step = self.flows.at(self.c.flow, self.c.step)
        return step if isinstance(step, AskStep) else None

    def fill(self, slot: str, value: Json, text: str) -> None:
        """Remember a slot and the words it came from; a press has none, and the old words prove nothing any more."""
        quotes = self.c.quotes
        if text:
            quotes = {**quotes, slot: text[:_QUOTE]}
        elif slot in quotes:
            quotes = {name: words for name, words in quotes.items() if name != slot}
        self.change(slots={**self.c.slots, slot: value}, quotes=quotes)

    def forget(self, slots: frozenset[str]) -> None:
        """These have not been asked."""
        self.change(slots={name: value for name, value in self.c.slots.items() if name not in slots})

    def signal(self, name: str, text: str) -> None:
        """Remember behaviour that scores, with its first words."""
        if name not in self.c.signals:
            self.change(signals=(*self.c.signals, name), quotes={**self.c.quotes, name: text[:_QUOTE]})

    def answered(self) -> None:
        """The open question got its answer: remember the way back, and ask what comes next, even if it is the same."""
        mark = Mark(self.c.place, self.c.paused)
        trail = tuple(found for found in self.c.trail if found.place != mark.place)
        self.change(trail=(*trail, mark)[-_TRAIL:], retries=0, digressions=0, asked="")
        self.ask_again("full")

    def go(self, place: Place, paused: tuple[Place, ...] | None = None) -> None:
        """Stand at another step."""
        own = self._own()
        _WRITE["flow"](own, place.flow)
        _WRITE["flow_version"](own, self.flows.versions.get(place.flow, 0))
        if paused is not None:
            _WRITE["paused"](own, paused)
        _WRITE["step"](own, place.step)
        _WRITE["status"](own, "open")
        _WRITE["retries"](own, 0)
        _WRITE["digressions"](own, 0)
        _WRITE["asked"](own, "")

    def enter(self, flow: str, resume: Place) -> None:
        """Call another flow from its first step; `resume` is where to go on afterwards."""
        self.go(self.flows.first(flow), (*self.c.paused, resume))

    def beneath(self, flow: str) -> tuple[Place, ...]:
        """What waits when a wish leads into `flow` from here; a flow that waits already does not wait twice."""
        waiting = (*self.c.paused, self.c.place) if self.c.step else ()
        same = next((number for number, place in enumerate(waiting) if place.flow == flow), len(waiting))
        return waiting[:same]


def _copy(conversation: Conversation) -> Conversation:
    """The same conversation as another object."""
    return Conversation(*_read(conversation))
