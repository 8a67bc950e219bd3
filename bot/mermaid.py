"""Draws flows as Mermaid: questions as boxes, branches as diamonds, ends rounded, traffic as width and words."""

from collections.abc import Iterator, Mapping, Sequence

from flows.ports import Figures
from flows.schema import (
    AskStep,
    BranchStep,
    CallStep,
    EndStep,
    Flow,
    FollowUpStep,
    HandOverStep,
    QualifyStep,
    SayStep,
    Step,
    Target,
)


def visits(figures: Figures) -> dict[str, int]:
    """How many conversations came to each `flow.step`, from the funnel of the stats."""
    funnel = figures.get("funnel")
    rows = [row for row in funnel if isinstance(row, dict)] if isinstance(funnel, list) else []
    return {
        f"{row.get('flow')}.{row.get('step')}": count
        for row in rows
        if isinstance(count := row.get("conversations"), int)
    }


def draw(flows: Sequence[Flow], traffic: Mapping[str, int]) -> str:
    """One drawing; `traffic` counts conversations by `flow.step`, and is shown where there is any."""
    lines = ["flowchart TD"]
    for flow in flows:
        lines += [f"  subgraph {flow.flow}", *_nodes(flow, traffic), *_edges(flow), "  end"]
    return "\n".join(lines)


def _nodes(flow: Flow, traffic: Mapping[str, int]) -> Iterator[str]:
    for index, step in enumerate(flow.steps):
        opening, closing = _shape(step)
        label = f"{step.kind}: {_named(step)}"
        if (count := traffic.get(f"{flow.flow}.{step.id}")) is not None:
            label += f"<br/>{count}"
            onward = traffic.get(f"{flow.flow}.{_after(flow, index)}")
            if count and onward is not None and onward < count:
                label += f" (−{(count - onward) / count:.0%})"
        yield f'    {_id(flow, step.id)}{opening}"{label}"{closing}'


def _shape(step: Step) -> tuple[str, str]:
    if isinstance(step, BranchStep):
        return "{", "}"
    if isinstance(step, EndStep | HandOverStep):
        return "([", "])"
    if isinstance(step, CallStep):
        return "[[", "]]"
    return "[", "]"


def _named(step: Step) -> str:
    match step:
        case AskStep():
            return step.slot
        case CallStep():
            return step.flow
        case HandOverStep():
            return step.reason
        case EndStep():
            return step.outcome
        case SayStep() | BranchStep() | QualifyStep() | FollowUpStep():
            return step.id


def _edges(flow: Flow) -> Iterator[str]:
    for index, step in enumerate(flow.steps):
        here = _id(flow, step.id)
        if isinstance(step, BranchStep):
            for case in step.cases:
                yield _edge(flow, here, case.then, _plain(str(case.when)))
            yield _edge(flow, here, step.otherwise, "else")
        elif step.then:
            yield _edge(flow, here, step.then, "")
        elif not isinstance(step, EndStep) and (following := _after(flow, index)):
            yield f"    {here} --> {_id(flow, following)}"


def _edge(flow: Flow, here: str, target: Target, label: str) -> str:
    arrow = f'-- "{label}" -->' if label else "-->"
    if target.go:
        return f"    {here} {arrow} {_id(flow, target.go)}"
    if target.call:
        return f'    {here} {arrow} {here}_{target.call}[["{target.call}"]]'
    outcome = target.end or target.hand_over or ""
    return f'    {here} {arrow} {here}_{outcome}(["{outcome}"])'


def _after(flow: Flow, index: int) -> str:
    """The step behind one, empty behind the last."""
    return flow.steps[index + 1].id if index + 1 < len(flow.steps) else ""


def _id(flow: Flow, step: str) -> str:
    # "end" is a word of Mermaid's own, so no id is a bare step name.
    return f"{flow.flow}_{step}"


def _plain(text: str) -> str:
    return text.replace('"', "'")
