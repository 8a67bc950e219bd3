"""The flows as a graph: which ways lead from a step, which places they reach, which flows come back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from flows.schema import (
    CONTACT,
    START,
    BranchStep,
    CallStep,
    EndStep,
    Flow,
    Flows,
    HandOverStep,
    Step,
    Target,
)

At: TypeAlias = tuple[str, str]
"""A flow and a step of it; the step is empty behind the last one."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way from a step: first through flow `call`, past a wish for a `person`, then to step `to`, or to an `end`.

    `to` is empty behind the last step. `case` counts the cases of a branch, its `else` last; -1 elsewhere.
    """

    to: str = ""
    call: str = ""
    end: str = ""
    person: str = ""
    case: int = -1
    target: Target | None = None


def ways(flow: Flow, number: int) -> tuple[Way, ...]:
    """All ways from the step of that number, as written: their targets may not exist."""
    step = flow.steps[number]
    following = flow.steps[number + 1].id if number + 1 < len(flow.steps) else ""
    match step:
        case EndStep():
            return (Way(end=step.outcome),)
        case CallStep():
            return (Way(following, call=step.flow),)
        case BranchStep():
            targets = (*(case.then for case in step.cases), step.otherwise)
            return tuple(_way(target, following, case) for case, target in enumerate(targets))
        case HandOverStep():
            way = _way(step.then, following, -1)
            return (Way(way.to, way.call, way.end, step.reason, target=step.then),)
        case _:
            return (_way(step.then, following, -1),)


def _way(target: Target | None, following: str, case: int) -> Way:
    """Where a target leads; without one, to the next step."""
    if target is None:
        return Way(following, case=case)
    if target.end:
        return Way(end=target.end, case=case, target=target)
    return Way(target.go or following, target.call or "", person=target.hand_over or "", case=case, target=target)


class Plan:
    """The ways of all flows. A target that does not exist is another defect: such a way goes on to the next step."""

    def __init__(self, flows: Flows) -> None:
        self.flows = flows
        self.ways: dict[At, tuple[Way, ...]] = {
            (flow.flow, step.id): tuple(self._leading(flow, number, way) for way in ways(flow, number))
            for flow in flows.by_name.values()
            for number, step in enumerate(flow.steps)
        }
        self.returning: frozenset[str] = frozenset()
        self.returning = self._returning()
        # A flow without an end is a defect of its own: what comes behind its calls is proved as if it had one.
        self.returning = self._returning(self._endless())
        self.reached = self._reached()

    def _leading(self, flow: Flow, number: int, way: Way) -> Way:
        """The way itself, or what is left of it when its targets do not exist."""
        following = flow.steps[number + 1].id if number + 1 < len(flow.steps) else ""
        to = way.to if not way.to or flow.step(way.to) is not None else following
        return replace(way, to=to, call=way.call if way.call in self.flows.by_name else "")

    def step(self, at: At) -> Step | None:
        """The step at a place."""
        return self.flows.at(*at)

    def first(self, flow: str) -> At:
        """Where a flow begins."""
        return flow, self.flows.by_name[flow].steps[0].id

    def onward(self, at: At) -> Iterator[str]:
        """The steps of the same flow that may come next; empty for its end. Called flows are passed if they return."""
        for way in self.ways[at]:
            if not way.end and (not way.call or way.call in self.returning):
                yield way.to

    def next(self, at: At) -> Iterator[At]:
        """The places that may come next, those of called flows among them."""
        for way in self.ways[at]:
            if way.call:
                yield self.first(way.call)
        yield from ((at[0], to) for to in self.onward(at) if to)

    def within(self, flow: str) -> list[At]:
        """The places of a flow, in the order of the file."""
        return [(flow, step.id) for step in self.flows.by_name[flow].steps]

    def calls(self, flow: str) -> list[tuple[At, Way]]:
        """Where a flow calls others."""
        return [(at, way) for at in self.within(flow) for way in self.ways[at] if way.call]

    def _returning(self, endless: frozenset[str] = frozenset()) -> frozenset[str]:
        """The flows that may run out, so that their caller goes on, and the `endless` ones."""
        self.returning = endless
        while True:
            found = endless | {flow for flow in self.flows.by_name if "" in self._seen(flow)}
            if found == self.returning:
                return found
            self.returning = found

    def _endless(self) -> frozenset[str]:
        """The flows that neither run out nor end the conversation."""
        over = set[str]()
        while True:
            found = {flow for flow in self.flows.by_name if self._may_end(flow, over)}
            if found == over:
                return frozenset(self.flows.by_name) - over - self.returning
            over = found

    def _may_end(self, flow: str, over: set[str]) -> bool:
        """Whether a flow ends the conversation, or calls one of those that do."""
        places = [(flow, step) for step in self._seen(flow) if step]
        return any(way.end or way.call in over for at in places for way in self.ways[at])

    def _seen(self, flow: str) -> set[str]:
        """The steps of a flow that its first one leads to, its end among them as an empty one."""
        seen, waiting = set[str](), [self.first(flow)[1]]
        while waiting:
            step = waiting.pop()
            if step not in seen:
                seen.add(step)
                waiting += self.onward((flow, step)) if step else ()
        return seen

    def _reached(self) -> frozenset[At]:
        """The places that a conversation can come to: from the start, and from the wish to leave a contact."""
        seen, waiting = set[At](), [self.first(flow) for flow in (START, CONTACT) if flow in self.flows.by_name]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += self.next(at)
        return frozenset(seen)
