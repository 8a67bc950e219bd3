"""Draws flows as Mermaid: questions as boxes, branches as diamonds, ends rounded; traffic and drop-off painted."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from flows.conditions import Among, Both, Compare, Condition, Either, Known, Literal_, Not
from flows.schema import AskStep, BranchStep, CallStep, EndStep, Flows, FollowUpStep, HandOverStep, SayStep, Step
from flows.ways import At, Plan, Way

Traffic = Mapping[str, int]
"""How many conversations stood at each `flow.step`."""
_HEAVY, _LIGHT = 0.3, 0.1
_PAINT = (
    "  classDef lost fill:#f8d7da,stroke:#b02a37",
    "  classDef leaking fill:#fff3cd,stroke:#997404",
    "  classDef kept fill:#d1e7dd,stroke:#146c43",
)


def mermaid(flow: str, flows: Flows, traffic: Traffic | None = None) -> str:
    """One flow, or all for an empty name; with `traffic` each step shows who came and who went no further."""
    drawing = _Drawing(flows, traffic or {})
    lines = ["flowchart TD"]
    for name in [flow] if flow else flows.by_name:
        lines += [f"  subgraph {name}", *drawing.flow(name), "  end"]
    return "\n".join([*lines, *(_PAINT if traffic else ())])


class _Drawing:
    """Draws one flow after another."""

    def __init__(self, flows: Flows, traffic: Traffic) -> None:
        self._plan = Plan(flows)
        self._traffic = traffic

    def flow(self, name: str) -> Iterator[str]:
        """The nodes and edges of a flow."""
        for at in self._plan.within(name):
            step = self._plan.step(at)
            if step is not None:
                yield f"    {_id(at)}{self._node(at, step)}"
        for at in self._plan.within(name):
            for way in self._plan.ways[at]:
                yield from self._edge(at, way)

    def _node(self, at: At, step: Step) -> str:
        """A step with its words, its figures and its paint."""
        opening, closing = _shape(step)
        count = self._traffic.get(".".join(at))
        if count is None:
            return f'{opening}"{step.kind}: {_named(step)}"{closing}'
        onward = sum(self._traffic[".".join(place)] for place in self._counted(at))
        lost = max(0.0, 1 - onward / count) if count and onward else 0.0
        label = f"{step.kind}: {_named(step)}<br/>{count}{f' (−{lost:.0%})' if lost else ''}"
        paint = "lost" if lost >= _HEAVY else "leaking" if lost >= _LIGHT else "kept"
        return f'{opening}"{label}"{closing}:::{paint}'

    def _counted(self, at: At) -> set[At]:
        """The nearest places behind a step that have figures; none for a last question."""
        seen, found = {at}, set[At]()
        waiting = list(self._onward(at))
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            if ".".join(place) in self._traffic:
                found.add(place)
            else:
                waiting += self._onward(place)
        return found

    def _onward(self, at: At) -> Iterator[At]:
        """The places that come next; behind the end of a flow those behind its calls."""
        if at[1]:
            yield from self._plan.next(at)
            yield from ((at[0], "") for to in self._plan.onward(at) if not to)
            return
        for flow in self._plan.flows.by_name:
            yield from ((flow, way.to) for _, way in self._plan.calls(flow) if way.call == at[0])

    def _edge(self, at: At, way: Way) -> Iterator[str]:
        """The arrow of one way; a call and a person are passed on the way."""
        here = _id(at)
        step = self._plan.step(at)
        arrow = "-->"
        if isinstance(step, BranchStep):
            label = written(step.cases[way.case].when) if way.case < len(step.cases) else "else"
            arrow = f'-- "{label.replace(chr(34), chr(39))}" -->'
        passed = way.end or ("" if isinstance(step, CallStep | HandOverStep) else way.call or way.person)
        if isinstance(step, EndStep):
            return
        if passed:
            opening, closing = ("[[", "]]") if way.call else ("([", "])")
            there = f"{here}__{max(way.case, 0)}"
            yield f'    {here} {arrow} {there}{opening}"{passed}"{closing}'
            here, arrow = there, "-->"
        if way.to and not way.end:
            yield f"    {here} {arrow} {_id((at[0], way.to))}"


def _shape(step: Step) -> tuple[str, str]:
    if isinstance(step, BranchStep):
        return "{", "}"
    if isinstance(step, EndStep | HandOverStep):
        return "([", "])"
    if isinstance(step, CallStep):
        return "[[", "]]"
    return ("(", ")") if isinstance(step, SayStep) else ("[", "]")


def _named(step: Step) -> str:
    """What a step is about."""
    match step:
        case AskStep():
            return f"{step.slot}{' (may be skipped)' if step.skip else ''}"
        case CallStep():
            return step.flow
        case HandOverStep():
            return step.reason
        case EndStep():
            return step.outcome
        case FollowUpStep():
            return step.say
        case _:
            return step.id


def _id(at: At) -> str:
    # "end" is a word of Mermaid's own, so no id is a bare step name.
    return "_".join(at)


def written(condition: Condition) -> str:
    """A condition as it was written in the flow; `parse` reads the same from it."""
    match condition:
        case Known():
            return condition.path if condition.bare else f"{condition.path} is known"
        case Compare():
            return f"{condition.path} {condition.sign} {_literal(condition.value)}"
        case Among():
            return f"{condition.path} in [{', '.join(map(_literal, condition.values))}]"
        case Not(of=Known(path=path, bare=bare)):
            return f"not {path}" if bare else f"{path} is unknown"
        case Not():
            return f"not ({written(condition.of)})"
        case Both(left, right):
            return " and ".join(
                f"({written(side)})" if isinstance(side, Either) else written(side) for side in (left, right)
            )
        case Either():
            return f"{written(condition.left)} or {written(condition.right)}"
        case _ as never:
            assert_never(never)


def _literal(value: Literal_) -> str:
    """A literal as it is read back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if value.isidentifier() and value not in {"true", "false"} else f"'{value}'"
    return repr(int(value) if value == int(value) else value)
