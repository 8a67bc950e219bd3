"""Flows as drawings."""

from bot.content import load
from bot.mermaid import draw, visits
from bot.settings import Settings
from flows.model import Json
from tests.fakes.rows import FakeReports


def test_every_step_of_every_shipped_flow_is_drawn_once() -> None:
    flows = list(load(Settings(_env_file=None)).flows.by_name.values())
    lines = draw(flows, {}).splitlines()
    assert lines[0] == "flowchart TD"
    for flow in flows:
        for step in flow.steps:
            nodes = [
                line for line in lines if line.startswith(f"    {flow.flow}_{step.id}") and f'"{step.kind}:' in line
            ]
            assert len(nodes) >= 1
    assert lines.count("  end") == len(flows)


def test_traffic_and_drop_off_are_painted() -> None:
    funnel: list[Json] = [
        {"flow": "qualification", "step": "need", "conversations": 10},
        {"flow": "qualification", "step": "quantity", "conversations": 4},
    ]
    traffic = visits(FakeReports(figures={"funnel": funnel}).figures)
    flow = load(Settings(_env_file=None)).flows.by_name["qualification"]
    drawing = draw([flow], traffic)
    assert "ask: need<br/>10 (−60%)" in drawing
    assert "ask: quantity<br/>4" in drawing


def test_without_figures_there_is_no_traffic() -> None:
    assert visits({}) == {}
    assert visits({"funnel": ["x", {"flow": "a"}]}) == {}
