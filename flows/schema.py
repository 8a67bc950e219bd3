"""What a flow file may say: one step kind a model, read aloud as `- ask: team`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from flows.conditions import Condition, Known, Predicate, compiled, parse, paths
from flows.decisions import Option
from flows.model import Json, Place
from flows.slots import SlotType

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Purpose = Literal["processing", "transfer", "marketing"]
SCORED = frozenset({"score", "temperature"})
"""Paths that branches may look at and score rules, which make them, may not."""
_SPAN = re.compile(r"^(\d+) (minute|hour|day|week)s?$")
_HOURS: Mapping[str, float] = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168}


def _condition(text: object) -> object:
    """Parse a condition where it stands, so that its error carries its line."""
    return parse(str(text)) if isinstance(text, str | bool) else text


def _span(text: object) -> object:
    """Read `1 day`, `90 minutes`."""
    found = _SPAN.match(str(text))
    if not found:
        message = "write a span such as '1 day' or '30 minutes'"
        raise ValueError(message)
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


When = Annotated[Condition, PlainValidator(_condition)]
Span = Annotated[timedelta, BeforeValidator(_span)]


class _Part(BaseModel):
    """A piece of a flow file: nothing unknown, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Target(_Part):
    """Where to go next: exactly one of a step of this flow, another flow, an end, a person, or on."""

    go: Name | None = None
    call: Name | None = None
    preset: Mapping[Name, str] = Field(default={}, alias="with")
    end: Name | None = None
    hand_over: Name | None = None

    def count(self) -> int:
        """How many of the alternatives are given; a good target has one."""
        return sum(value is not None for value in (self.go, self.call, self.end, self.hand_over))


class _Step(_Part):
    """What all steps have; `then` leads elsewhere than to the next step."""

    id: Name
    then: Target | None = None


class SayStep(_Step):
    """Say the text `<flow>.<id>`; never twice in a conversation."""

    kind: Literal["say"] = "say"


class AskStep(_Step):
    """Ask for a slot. `unless` skips it; `retry` rephrasings, then the `exit`."""

    kind: Literal["ask"] = "ask"
    slot: Name
    choices: tuple[str, ...] = ()
    examples: bool = False
    skip: bool = False
    unless: When | None = None
    retry: int = Field(default=2, ge=0, le=5)
    exit: Literal["choices", "skip", "person"] = "person"
    purposes: tuple[Purpose, ...] = ()

    @cached_property
    def passed_by(self) -> Predicate | None:
        """The test of `unless`; None when it only asks whether the slot is known, which passes a question anyway."""
        if self.unless is None or self.unless == Known(self.slot):
            return None
        return compiled(self.unless)


class Case(_Part):
    """One way of a branch."""

    when: When
    then: Target

    @cached_property
    def holds(self) -> Predicate:
        """The test of `when`."""
        return compiled(self.when)


class BranchStep(_Step):
    """The first case that holds, else the other way."""

    kind: Literal["branch"] = "branch"
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Target

    @cached_property
    def weighs(self) -> bool:
        """Whether a case looks at the score."""
        return any(path in SCORED for case in self.cases for path in paths(case.when))


class CallStep(_Step):
    """Run another flow, then go on here."""

    kind: Literal["call"] = "call"
    flow: Name
    preset: Mapping[Name, str] = Field(default={}, alias="with")


class QualifyStep(_Step):
    """From here on the score decides what becomes of the lead."""

    kind: Literal["qualify"] = "qualify"


class HandOverStep(_Step):
    """Ask for a person; the bot stays until one comes."""

    kind: Literal["hand_over"] = "hand_over"
    reason: Name


class FollowUpStep(_Step):
    """Come back to a prospect who fell silent, with the text `<flow>.<say>`."""

    kind: Literal["follow_up"] = "follow_up"
    after: Span
    say: Name
    at_most: int = Field(default=1, ge=1, le=2)


class EndStep(_Step):
    """The conversation has come to its end."""

    kind: Literal["end"] = "end"
    outcome: Name


Step: TypeAlias = SayStep | AskStep | BranchStep | CallStep | QualifyStep | HandOverStep | FollowUpStep | EndStep
AnyStep = Annotated[Step, Field(discriminator="kind")]


class Flow(_Part):
    """One YAML file of `flows/catalog`; `max_questions` bounds how many are asked before consent."""

    flow: Name
    version: int = Field(ge=1)
    purpose: str
    slots: Mapping[Name, SlotType] = {}
    steps: tuple[AnyStep, ...] = Field(min_length=1)
    moved: Mapping[Name, Name] = {}
    safe: Name | None = None
    max_questions: int | None = Field(default=None, ge=0, le=20)

    def step(self, step: str) -> Step | None:
        """A step by name."""
        return next((found for found in self.steps if found.id == step), None)


class Rule(_Part):
    """Points when a condition holds; `quote` names the slot whose words are the proof."""

    rule: Name
    when: When
    points: int
    quote: str = ""

    @cached_property
    def holds(self) -> Predicate:
        """The test of `when`."""
        return compiled(self.when)


class ScoreRules(_Part):
    """`score.yaml`: what makes a lead warm, and from where on it is qualified."""

    version: int = Field(default=1, ge=1)
    qualified: int = 50
    hot: int = 70
    warm: int = 40
    rules: tuple[Rule, ...] = ()


START = "greeting"
"""The flow that a conversation begins with."""
CONTACT = "contact"
"""The flow that asks for consent and a contact, one press away from anywhere."""


class Flows:
    """All flows of a company, ready to run: `services` get leads, `locales` are the languages it speaks."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        score: ScoreRules,
        *,
        services: tuple[str, ...] = (),
        currency: str = "RUB",
        locales: tuple[str, ...] = ("ru", "en"),
    ) -> None:
        self.by_name = dict(flows)
        self.start = START
        self.score = score
        self.services = services
        self.currency = currency
        self.locales = locales
        self.versions = {name: flow.version for name, flow in flows.items()}
        self.services_text = ", ".join(services)
        self.named_services: Mapping[str, Json] = {"services": self.services_text}
        self.slot_types: dict[str, SlotType] = {
            name: kind for flow in flows.values() for name, kind in flow.slots.items()
        }
        self.contact_slots = frozenset(name for name, kind in self.slot_types.items() if kind == "contact")
        self.buttons: dict[tuple[str, str, bool], tuple[Option, ...]] = {}
        self.order = {(flow.flow, step.id): number for flow in flows.values() for number, step in enumerate(flow.steps)}
        self._steps = {(flow.flow, step.id): step for flow in flows.values() for step in flow.steps}
        self._after = {
            (flow.flow, step.id): following.id if following else ""
            for flow in flows.values()
            for step, following in zip_longest(flow.steps, flow.steps[1:])
        }
        self._follow_ups = {
            f"{flow}.{step.say}": step for (flow, _), step in self._steps.items() if isinstance(step, FollowUpStep)
        }

    def at(self, flow: str, step: str) -> Step | None:
        """The step of that name, None when an older version had it."""
        return self._steps.get((flow, step))

    def after(self, flow: str, step: str) -> str:
        """The name of the next step, empty behind the last one."""
        return self._after[flow, step]

    def first(self, flow: str) -> Place:
        """Where a flow begins."""
        return Place(flow, self.by_name[flow].steps[0].id)

    def follow_up(self, wake: str) -> FollowUpStep | None:
        """The step that set a wake-up, None when an older version did."""
        return self._follow_ups.get(wake)

    def step(self, place: Place) -> Step | None:
        """The step at a place, None when an older version had it."""
        return self._steps.get((place.flow, place.step))

    def question(self, slot: str) -> Place | None:
        """Where a slot is asked for, in the order of the flows."""
        return next(
            (
                Place(flow, step.id)
                for (flow, _), step in self._steps.items()
                if isinstance(step, AskStep) and step.slot == slot
            ),
            None,
        )
