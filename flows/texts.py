"""Every text that the machine says: its key, the values it is given, and what it has to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flows.engine import MEDIA
from flows.posing import CONSENT_CHOICES, EXAMPLES
from flows.schema import AskStep, Flows, FollowUpStep, HandOverStep, SayStep
from flows.waits import CHOICES, NEWS
from flows.ways import At, ways

_NOTHING: frozenset[str] = frozenset()
_SERVICES = frozenset({"services"})
COMMON: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("help", "nothing_to_go_back", "stopped", "restarted", "language_changed", "choose_language"),
            *("welcome_back", "moved", "noted", "note_taken", "correct_which", "stale", "already_noted"),
            *("contact_known", "contact_held", "foreign_contact", "farewell", "objection", "greet_back"),
            *("thanks_back", "consult", "unknown", "handed_back", "person_waits", "ended"),
            *("consent_held", "name_noted", "nothing_to_correct"),
        ),
        _NOTHING,
    ),
    **dict.fromkeys(("corrected", "noted_slot"), frozenset({"slot", "value"})),
    "taken_over": frozenset({"name"}),
    "recap": frozenset({"text"}),
}
"""`common.<name>`, and the values that each is given."""
PERSON = ("asked", "unclear", "complaint", "unknown")
"""Reasons for which a person is called from anywhere; a flow's `hand_over` adds its own."""
WAITING: Mapping[str, frozenset[str]] = {**NEWS, **dict.fromkeys(CHOICES, _NOTHING)}
"""`waiting.<name>`, and the values that each is given."""
ME: Mapping[str, frozenset[str]] = {"card": frozenset({"slots", "contact", "consents"}), "withdrawn": _NOTHING}
OPTIONS = ("contact", "person", "skip")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that must be there in every language: at least `least` items, each at most `most` characters.

    `params` are the values that it is given; `at` is the step that says it, None for texts of the machine itself.
    A `label` stands on a button, and its first item is what is shown.
    """

    key: str
    params: frozenset[str] = _NOTHING
    kind: Literal["text", "ask", "retry", "label", "examples"] = "text"
    at: At | None = None
    least: int = 1


def wanted(flows: Flows) -> Iterator[Wanted]:
    """Every text that these flows, and the machine around them, may say."""
    yield from (Wanted(f"common.{name}", params) for name, params in COMMON.items())
    yield from (Wanted(f"common.person.{reason}") for reason in PERSON)
    yield from (Wanted(f"common.media.{kind}") for kind in sorted(MEDIA))
    yield from (Wanted(f"common.options.{name}", kind="label") for name in OPTIONS)
    yield from (Wanted(f"common.languages.{tag}", kind="label") for tag in flows.locales)
    yield from (Wanted(f"me.{name}", params) for name, params in ME.items())
    yield Wanted("me.options.language", kind="label")
    yield from (Wanted(f"waiting.{name}", params) for name, params in WAITING.items())
    yield from (Wanted(f"waiting.options.{name}", kind="label") for name in CHOICES)
    slots, purposes = set[str](), set[str]()
    for flow in flows.by_name.values():
        for number, step in enumerate(flow.steps):
            at = (flow.flow, step.id)
            key = f"{flow.flow}.{step.id}"
            if isinstance(step, SayStep):
                yield Wanted(key, at=at)
            elif isinstance(step, AskStep):
                yield from _question(key, at, step)
                (purposes if step.purposes else slots).update(step.purposes or (step.slot,))
            elif isinstance(step, FollowUpStep):
                yield Wanted(f"{flow.flow}.{step.say}", at=at)
            elif isinstance(step, HandOverStep):
                yield Wanted(f"common.person.{step.reason}", at=at)
            persons = {way.person for way in ways(flow, number) if way.person} - {getattr(step, "reason", "")}
            yield from (Wanted(f"common.person.{reason}", at=at) for reason in sorted(persons))
    for slot in sorted(slots):
        yield Wanted(f"common.slots.{slot}", kind="label", at=_asked(flows, slot))
    for purpose in sorted(purposes):
        yield Wanted(f"consent.{purpose}", _SERVICES)
        yield Wanted(f"me.options.withdraw_{purpose}", kind="label")


def _question(key: str, at: At, step: AskStep) -> Iterator[Wanted]:
    """The texts of one question."""
    yield Wanted(f"{key}.ask", _SERVICES, "ask", at)
    if step.retry:
        yield Wanted(f"{key}.retry", _SERVICES, "retry", at, least=step.retry)
    if step.examples:
        yield Wanted(f"{key}.examples", kind="examples", at=at, least=EXAMPLES)
    yield from (Wanted(f"{key}.choices.{value}", kind="label", at=at) for value in choices(step))


def choices(step: AskStep) -> tuple[str, ...]:
    """The prepared answers that a question may show."""
    if not step.purposes:
        return step.choices
    return CONSENT_CHOICES if "transfer" in step.purposes else ("yes", "no")


def _asked(flows: Flows, slot: str) -> At | None:
    """The question that a slot is asked by."""
    place = flows.question(slot)
    return (place.flow, place.step) if place else None
