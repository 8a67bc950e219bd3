"""Proves the ways through the flows: every target exists, every step is reached and ends, no loop spins."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from flows.conditions import Known
from flows.errors import Defect
from flows.schema import CONTACT, START, AskStep, BranchStep, CallStep, EndStep, Flows
from flows.validation_sources import Sources
from flows.ways import At, Plan, Way, ways

MAX_QUESTIONS = 4
"""How many questions may come before consent, unless `max_questions` of the first flow says otherwise."""
_ENTRANCES: Mapping[str, str] = {
    START: "a conversation begins with it",
    CONTACT: "it asks for consent and a contact, one press away from anywhere",
}


def prove_entrances(flows: Flows, sources: Sources) -> Iterator[Defect]:
    """The flows that the machine itself enters are there."""
    for name, reason in _ENTRANCES.items():
        if name not in flows.by_name:
            yield sources.flow(name, f"there is no flow {name}", f"Add one: {reason}")


def prove_targets(flows: Flows, sources: Sources) -> Iterator[Defect]:
    """Every name of a step or flow is one, and every target says one thing."""
    for flow in flows.by_name.values():
        seen = set[str]()
        for number, step in enumerate(flow.steps):
            if step.id in seen:
                yield sources.nth(flow, number, f"two steps are named {step.id}", "Give one of them another `id:`")
                continue
            seen.add(step.id)
            if step.then is not None and isinstance(step, EndStep | CallStep | BranchStep):
                problem = f"the `then` of a step of kind {step.kind} is never followed"
                yield sources.nth(flow, number, problem, "Remove it, or put a step behind this one", "then")
            at = (flow.flow, step.id)
            for way in ways(flow, number):
                yield from _target(flows, sources, at, way)
            if isinstance(step, CallStep) and step.flow not in flows.by_name:
                yield sources.nth(flow, number, f"there is no flow {step.flow}", "Check its spelling", "call")
        yield from _moved(flows, sources, flow.flow)


def _target(flows: Flows, sources: Sources, at: At, way: Way) -> Iterator[Defect]:
    """What is wrong with the target of one way."""
    target = way.target
    if target is None:
        return
    if target.count() != 1:
        named = "nothing" if not target.count() else "several things"
        yield sources.way(at, way, f"the target names {named}", "Write one of go, call, end, hand_over")
    if target.go and flows.at(at[0], target.go) is None:
        yield sources.way(at, way, f"there is no step {target.go} in this flow", "Check its spelling", "go")
    if target.call and target.call not in flows.by_name:
        yield sources.way(at, way, f"there is no flow {target.call}", "Check its spelling", "call")
    if target.preset and not target.call:
        yield sources.way(at, way, "`with` without a call is never used", "Remove it", "with")


def _moved(flows: Flows, sources: Sources, name: str) -> Iterator[Defect]:
    """What is wrong with the table of steps that moved, and with the safe step."""
    flow = flows.by_name[name]
    for old, new in flow.moved.items():
        if flow.step(new) is None:
            problem, remedy = f"{old} moved to {new}, which is no step", "Name the step that took its place"
            yield sources.flow(name, problem, remedy, "moved", old)
        if flow.step(old) is not None:
            problem, remedy = f"{old} has moved and is still a step", "Remove the line or the step"
            yield sources.flow(name, problem, remedy, "moved", old)
    if flow.safe and flow.step(flow.safe) is None:
        yield sources.flow(name, f"the safe step {flow.safe} is no step", "Name a step of this flow", "safe")


def prove_reach(plan: Plan, sources: Sources) -> Iterator[Defect]:
    """Every step can be come to."""
    if START not in plan.flows.by_name:
        return
    for flow in plan.flows.by_name:
        places = plan.within(flow)
        if plan.reached.isdisjoint(places):
            yield sources.flow(flow, "no way leads into this flow", "Call it from another flow, or remove it", "flow")
            continue
        for at in places:
            if at not in plan.reached:
                yield sources.step(at, "no way leads to this step", "Lead a way to it, or remove it")


def prove_ends(plan: Plan, sources: Sources) -> Iterator[Defect]:
    """From every step the flow or the conversation can end, and no flow calls itself over others."""
    circles = set[str]()
    for flow in plan.flows.by_name:
        circle = _circle(plan, flow)
        if circle and flow not in circles:
            circles |= set(circle)
            at, way = next((at, way) for at, way in plan.calls(flow) if way.call in circle)
            shown = " → ".join((*circle, circle[0]))
            remedy = "Call what is needed once, or go to a step instead"
            yield sources.way(at, way, f"flows call each other in a circle: {shown}", remedy)
    for flow in plan.flows.by_name:
        ending = _ending(plan, flow)
        stuck = next((at for at in plan.within(flow) if at in plan.reached and at[1] not in ending), None)
        if stuck:
            yield sources.step(stuck, "no way from here comes to an end", "Lead a way out of the circle")


def _circle(plan: Plan, flow: str) -> tuple[str, ...]:
    """The flows by which a flow calls itself."""
    seen = set[str]()
    waiting: list[tuple[str, ...]] = [(flow,)]
    while waiting:
        path = waiting.pop(0)
        for _, way in plan.calls(path[-1]):
            if way.call == flow:
                return path
            if way.call not in seen:
                seen.add(way.call)
                waiting.append((*path, way.call))
    return ()


def _ending(plan: Plan, flow: str) -> set[str]:
    """The steps of a flow from which it can end; a called flow that does not return ends the conversation."""
    found = {""}
    while True:
        more = {
            at[1]
            for at in plan.within(flow)
            for way in plan.ways[at]
            if way.end or way.to in found or (way.call and way.call not in plan.returning)
        }
        if more <= found:
            return found
        found |= more


def prove_loops(plan: Plan, sources: Sources) -> Iterator[Defect]:
    """In every loop a question is asked each time round, or the machine would spin."""
    for flow in plan.flows.by_name:
        silent = {at[1] for at in plan.within(flow) if not _asks_again(plan, at)}
        order = plan.flows.order
        for at in plan.within(flow):
            for way in plan.ways[at]:
                back = bool(way.to) and not way.end and order[flow, way.to] <= order[at]
                if back and at[1] in silent and _reaches(plan, flow, way.to, at[1], silent):
                    remedy = "Put a question into the loop, or lead the way forward"
                    yield sources.way(at, way, f"a loop back to {way.to} asks nothing", remedy)


def _asks_again(plan: Plan, at: At) -> bool:
    """Whether a step asks each time that a loop leads to it: a consent, a contact and an `unless` may pass it by."""
    step = plan.step(at)
    if not isinstance(step, AskStep) or step.purposes or step.slot in plan.flows.contact_slots:
        return False
    return step.unless is None or step.unless == Known(step.slot)


def _reaches(plan: Plan, flow: str, start: str, goal: str, among: set[str]) -> bool:
    """Whether one step leads to another over these steps alone."""
    seen, waiting = set[str](), [start]
    while waiting:
        step = waiting.pop()
        if step in among and step not in seen:
            if step == goal:
                return True
            seen.add(step)
            waiting += plan.onward((flow, step))
    return False


def prove_brevity(plan: Plan, sources: Sources) -> Iterator[Defect]:
    """No more questions than allowed come before consent, on the longest way."""
    for name, flow in plan.flows.by_name.items():
        limit = flow.max_questions if flow.max_questions is not None else MAX_QUESTIONS if name == START else None
        if limit is None:
            continue
        asked, passed = _Longest(plan).from_place(plan.first(name), frozenset({name}))
        path = max(asked, passed or (), key=len)
        if len(path) > limit:
            problem = f"this is question {limit + 1} before consent, and {limit} are allowed"
            remedy = "Ask it after consent, drop it, or raise `max_questions`"
            yield sources.step(path[limit], problem, remedy)


_Path: TypeAlias = tuple[At, ...]


class _Longest:
    """Finds the way with the most questions; a way back asks the same ones again and counts nothing."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[At, frozenset[str]], tuple[_Path, _Path | None]] = {}

    def from_place(self, at: At, calling: frozenset[str]) -> tuple[_Path, _Path | None]:
        """The most questions from a place until consent or the end, and until the flow runs out (None: never)."""
        key = (at, calling)
        if key not in self._known:
            self._known[key] = self._search(at, calling)
        return self._known[key]

    def _search(self, at: At, calling: frozenset[str]) -> tuple[_Path, _Path | None]:
        step = self._plan.step(at)
        if isinstance(step, AskStep) and "processing" in step.purposes:
            return (), None
        own: _Path = (at,) if isinstance(step, AskStep) else ()
        most: _Path = ()
        out: _Path | None = None
        for way in self._plan.ways[at]:
            through, back = self._through(way, calling)
            most = max(most, through, back or (), key=len)
            if way.end or back is None or self._backward(at, way):
                continue
            stops, leaves = self.from_place((at[0], way.to), calling) if way.to else ((), ())
            most = max(most, back + stops, key=len)
            if leaves is not None:
                out = max(out or (), back + leaves, key=len)
        return own + most, None if out is None else own + out

    def _backward(self, at: At, way: Way) -> bool:
        order = self._plan.flows.order
        return bool(way.to) and order[at[0], way.to] <= order[at]

    def _through(self, way: Way, calling: frozenset[str]) -> tuple[_Path, _Path | None]:
        """The same for the flow that a way calls; a circle of calls is another defect and counts nothing."""
        if not way.call or way.call in calling:
            return (), ()
        return self.from_place(self._plan.first(way.call), calling | {way.call})
