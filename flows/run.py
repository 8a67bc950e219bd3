"""The work in progress of one `advance`: the conversation as it changes, and what has been decided so far."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from flows.model import BOT, Conversation, Decision, Json, Mark, Option, Place, Say
from flows.schema import AskStep, Flows

Pose = Literal["", "buttons", "retry", "full"]
_TRAIL = 20  # how far back "back" can lead; keeps the stored state small


class Run:
    """Mutable only while `advance` runs; never leaves it."""

    def __init__(self, flows: Flows, conversation: Conversation, now: datetime) -> None:
        self.flows = flows
        self.before = conversation
        self.c = replace(conversation)
        self.now = now
        self.out: list[Decision] = []
        self.pose: Pose = ""

    @property
    def silent(self) -> bool:
        """A person owns the conversation: the bot listens and says nothing."""
        return self.c.owner != BOT

    def change(self, **fields: object) -> None:
        """Go on with a changed conversation.

        The copy is this run's own until the turn is published, so it is changed in place: copying thirty fields for
        every small step was two thirds of the cost of a turn.
        """
        for name, value in fields.items():
            object.__setattr__(self.c, name, value)

    def decide(self, decision: Decision) -> None:
        """Add a decision."""
        self.out.append(decision)

    def say(self, key: str, params: Mapping[str, Json] | None = None, options: tuple[Option, ...] = ()) -> None:
        """Say a text unless a person owns the conversation."""
        if not self.silent:
            self.out.append(Say(key, params or {}, options))

    def ask_again(self, pose: Pose) -> None:
        """Show the open question again, at least as fully as was already decided."""
        order: tuple[Pose, ...] = ("", "buttons", "retry", "full")
        self.pose = max(self.pose, pose, key=order.index)

    def question(self) -> AskStep | None:
        """The open question."""
        step = self.flows.step(self.c.place)
        return step if isinstance(step, AskStep) else None

    def fill(self, slot: str, value: Json, text: str) -> None:
        """Remember a slot and the words it came from."""
        quotes = {**self.c.quotes, slot: text[:300]} if text else self.c.quotes
        self.change(slots={**self.c.slots, slot: value}, quotes=quotes)

    def signal(self, name: str, text: str) -> None:
        """Remember behaviour that scores, with its first words."""
        if name not in self.c.signals:
            self.change(signals=(*self.c.signals, name), quotes={**self.c.quotes, name: text[:300]})

    def answered(self) -> None:
        """The open question got its answer: remember the way back."""
        mark = Mark(self.c.place, self.c.paused)
        trail = tuple(found for found in self.c.trail if found.place != mark.place)
        self.change(trail=(*trail, mark)[-_TRAIL:], retries=0, digressions=0)

    def go(self, place: Place, paused: tuple[Place, ...] | None = None) -> None:
        """Stand at another step."""
        flow = self.flows.by_name.get(place.flow)
        self.change(
            flow=place.flow,
            step=place.step,
            flow_version=flow.version if flow else 0,
            paused=self.c.paused if paused is None else paused,
            status="open",
            retries=0,
            digressions=0,
        )

    def enter(self, flow: str, resume: Place | None) -> None:
        """Call another flow from its first step; `resume` is where to go on afterwards."""
        paused = (*self.c.paused, resume) if resume else self.c.paused
        self.go(Place(flow, self.flows.by_name[flow].steps[0].id), paused)
