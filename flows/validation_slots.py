"""Proves the slots: each is declared with one type, used, asked for in a way that its type allows, and has ways out."""

from collections.abc import Iterator
from datetime import date

from flows.conditions import paths
from flows.errors import Defect
from flows.schema import AskStep, BranchStep, CallStep, Flow, Flows, Step
from flows.slots import FREE, SlotType, choice_value
from flows.validation_sources import Sources
from flows.ways import At, Way, ways

_TODAY = date(2000, 1, 1)  # any day: whether a choice can be read does not depend on it
_CALLBACK = 64  # bytes that Telegram leaves for a button's data


def prove_slots(flows: Flows, sources: Sources) -> Iterator[Defect]:
    """Every slot that is asked for or preset is declared, every declared one is used, and its type is one."""
    used = _used(flows)
    types: dict[str, tuple[SlotType, str]] = {}
    for flow in flows.by_name.values():
        for slot, kind in flow.slots.items():
            first, where = types.setdefault(slot, (kind, flow.flow))
            if first != kind:
                problem = f"{slot} is {kind} here and {first} in {where}"
                yield sources.flow(flow.flow, problem, "Give it one type, or another name", "slots", slot)
            if slot not in used:
                remedy = "Ask for it, or remove the line"
                yield sources.flow(flow.flow, f"the slot {slot} is never used", remedy, "slots", slot)
        for step in flow.steps:
            if isinstance(step, AskStep):
                yield from _question(flow, step, sources)
    for at, way, slot in _presets(flows):
        yield from _preset(flows, sources, at, way, slot)


def _used(flows: Flows) -> set[str]:
    """The slots that something asks for, presets, or looks at."""
    used = {path.partition(".")[0] for rule in flows.score.rules for path in paths(rule.when)}
    used |= {slot for _, _, slot in _presets(flows)}
    for flow in flows.by_name.values():
        for step in flow.steps:
            if isinstance(step, AskStep):
                used.add(step.slot)
            elif isinstance(step, BranchStep):
                used |= {path.partition(".")[0] for case in step.cases for path in paths(case.when)}
    return used


def _presets(flows: Flows) -> Iterator[tuple[At, Way | None, str]]:
    """Every slot that a call fills beforehand."""
    for flow in flows.by_name.values():
        for number, step in enumerate(flow.steps):
            at = (flow.flow, step.id)
            if isinstance(step, CallStep):
                yield from ((at, None, slot) for slot in step.preset)
            for way in ways(flow, number):
                yield from ((at, way, slot) for slot in (way.target.preset if way.target else ()))


def _preset(flows: Flows, sources: Sources, at: At, way: Way | None, slot: str) -> Iterator[Defect]:
    """What is wrong with one preset slot: presets are words."""
    kind = flows.slot_types.get(slot)
    if kind is None:
        problem, remedy = f"{slot} is no slot", "Check its spelling, or declare it under `slots:`"
    elif kind != "choice" and kind not in FREE:
        problem, remedy = f"{slot} is {kind} and cannot be preset", "Preset slots of type text or choice"
    else:
        return
    if way is None:
        yield sources.step(at, problem, remedy, "with", slot)
    else:
        yield sources.way(at, way, problem, remedy, "with", slot)


def _question(flow: Flow, step: AskStep, sources: Sources) -> Iterator[Defect]:
    """What is wrong with one question."""
    at = (flow.flow, step.id)
    kind = flow.slots.get(step.slot)
    if kind is None:
        problem = f"{step.slot} is asked for and not declared in this flow"
        yield sources.step(at, problem, f"Add `{step.slot}: text`, or another type, under `slots:`", "ask")
        return
    if (kind == "consent") != bool(step.purposes):
        problem = "a consent has no purposes" if kind == "consent" else f"{step.slot} is no consent and has purposes"
        yield sources.step(at, problem, "Give `purposes:` to slots of type consent, and to no others", "purposes")
    yield from _choices(at, step, kind, sources)
    yield from _ways_out(at, step, sources)
    yield from _data(flow, step, sources)


def _choices(at: At, step: AskStep, kind: SlotType, sources: Sources) -> Iterator[Defect]:
    """What is wrong with the prepared answers."""
    if kind == "choice" and not step.choices:
        yield sources.step(at, "a choice has no choices", "Add `choices: [...]`, or make the slot text", "ask")
    if step.choices and kind in {"consent", "contact"}:
        yield sources.step(at, f"choices of a {kind} are never shown", "Remove them", "choices")
        return
    seen = set[str]()
    for value in step.choices:
        if value in seen:
            yield sources.step(at, f"the choice {value} is there twice", "Remove one of the two", "choices")
        seen.add(value)
        try:
            choice_value(kind, value, _TODAY, "RUB")
        except ValueError as error:
            remedy = f"Write choices that a {kind} can be"
            yield sources.step(at, f"a {kind} cannot be the choice {value}: {error}", remedy, "choices")


def _ways_out(at: At, step: AskStep, sources: Sources) -> Iterator[Defect]:
    """What is wrong with the exit of a question that gets no answer."""
    if step.exit == "skip" and not step.skip:
        problem, remedy = "the exit is to skip, and it cannot be skipped", "Add `skip: allowed`, or another exit"
        yield sources.step(at, problem, remedy, "exit")
    if step.exit == "choices" and not (step.choices or step.examples or step.purposes):
        problem, remedy = "the exit shows choices, and there are none", "Add choices or examples, or another exit"
        yield sources.step(at, problem, remedy, "exit")


def _data(flow: Flow, step: Step, sources: Sources) -> Iterator[Defect]:
    """What is wrong with the data behind the buttons of a question."""
    values = (*getattr(step, "choices", ()), "processing", "!skip")
    longest = max(values, key=lambda value: len(value.encode()))
    data = f"{flow.flow}.{step.id}:{flow.version}:{longest}"
    if len(data.encode()) > _CALLBACK:
        problem = f"the button data {data} has {len(data.encode())} bytes, and {_CALLBACK} are allowed"
        yield sources.step((flow.flow, step.id), problem, "Shorten the names of the flow, the step or the choice")
