"""Proves that a contact is asked for only where consent was given, on every path through the flows."""

from collections.abc import Iterator

from flows.errors import Defect
from flows.schema import CONTACT, START, AskStep, BranchStep
from flows.validation_conditions import implies
from flows.validation_sources import Sources
from flows.ways import At, Plan

_GRANTED = "consent.processing"
_CONTACT_NAMES = frozenset({"phone", "email", "mail", "telegram", "whatsapp", "contact"})


def prove_consent(plan: Plan, sources: Sources) -> Iterator[Defect]:
    """No path comes to the question for a contact without a granted consent to process it."""
    walk = _Walk(plan)
    for flow in (START, CONTACT):
        if flow in plan.flows.by_name:
            walk.explore(flow, granted=False)
    for at in (at for flow in plan.flows.by_name for at in plan.within(flow)):
        if at in walk.bare:
            problem = "a contact is asked for on a way without consent"
            remedy = f"Ask for consent first, and lead here only `when: {_GRANTED}`"
            yield sources.step(at, problem, remedy)
        step = plan.step(at)
        if isinstance(step, AskStep) and step.slot in _CONTACT_NAMES - plan.flows.contact_slots:
            problem = f"{step.slot} is asked for as {plan.flows.slot_types.get(step.slot, 'text')}, past consent"
            yield sources.step(at, problem, "Declare its slot as `contact`")


class _Walk:
    """Follows all paths, knowing on each whether consent was certainly given; `bare` are questions asked without."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sure = frozenset({_GRANTED, "contact", *plan.flows.contact_slots})
        self._known: dict[tuple[str, bool], frozenset[bool]] = {}
        self.bare: set[At] = set()

    def explore(self, flow: str, *, granted: bool) -> frozenset[bool]:
        """Follow a flow from its first step; returns how consent may stand when it runs out."""
        key = (flow, granted)
        if key in self._known:
            return self._known[key]
        self._known[key] = frozenset()  # a circle of calls is another defect
        left = set[bool]()
        seen, waiting = set[tuple[str, bool]](), [(self._plan.first(flow)[1], granted)]
        while waiting:
            step, sure = waiting.pop()
            if not step:
                left.add(sure)
            elif (step, sure) not in seen:
                seen.add((step, sure))
                waiting += self._onward((flow, step), sure=sure)
        self._known[key] = frozenset(left)
        return self._known[key]

    def _onward(self, at: At, *, sure: bool) -> Iterator[tuple[str, bool]]:
        """The next steps of this flow, each with how consent stands there."""
        step = self._plan.step(at)
        if isinstance(step, AskStep):
            self._ask(at, step, sure=sure)
        for way in self._plan.ways[at]:
            if way.end:
                continue
            here = sure or (isinstance(step, BranchStep) and self._learned(step, way.case))
            for there in self.explore(way.call, granted=here) if way.call else (here,):
                yield way.to, there

    def _ask(self, at: At, step: AskStep, *, sure: bool) -> None:
        """Note a contact that is asked for where consent is not sure."""
        kept_back = step.unless is not None and implies(step.unless, self._sure, truth=False)
        if step.slot in self._plan.flows.contact_slots and not sure and not kept_back:
            self.bare.add(at)

    def _learned(self, step: BranchStep, case: int) -> bool:
        """Whether taking a way of a branch proves consent: its case holds, and those before it do not."""
        if any(implies(earlier.when, self._sure, truth=False) for earlier in step.cases[:case]):
            return True
        return case < len(step.cases) and implies(step.cases[case].when, self._sure, truth=True)
