"""Flows are drawn whole, with conditions as people write them, and with the traffic painted."""

import pytest

from flows.conditions import parse
from flows.graph import mermaid, written
from tests.flows.stage import SHIPPED, talk

TRAFFIC = {
    "qualification.need": 100,
    "qualification.quantity": 60,
    "qualification.budget": 58,
    "qualification.deadline": 50,
    "contact.consent": 50,
}


def test_every_step_of_every_shipped_flow_is_drawn_once() -> None:
    lines = mermaid("", SHIPPED).splitlines()
    assert lines[0] == "flowchart TD"
    for flow in SHIPPED.by_name.values():
        for step in flow.steps:
            node = f"    {flow.flow}_{step.id}"
            shown = [line for line in lines if line.startswith(node) and f'"{step.kind}: ' in line]
            assert len([line for line in shown if line[len(node)] in "([{"]) == 1
    assert lines.count("  end") == len(SHIPPED.by_name)
    assert "classDef" not in "".join(lines)


def test_one_flow_is_drawn_alone_with_its_conditions() -> None:
    drawing = mermaid("contact", SHIPPED)
    assert "subgraph greeting" not in drawing
    assert 'contact_branch_3 -- "temperature == hot or signal.buy" --> contact_thanks_hot' in drawing
    assert 'contact_branch_3 -- "else" --> contact_thanks' in drawing
    assert "contact_contact --> contact_branch_2" in drawing


def test_what_a_branch_passes_on_its_way_is_drawn_too() -> None:
    steps = """- ask: need
- branch:
    - when: need == tea
      then: {call: contact}
    - when: need == water
      then: {end: dry}
    - else: {hand_over: odd}
- say: bye
"""
    drawing = mermaid("talk", talk(steps, "{need: text}"))
    assert 'talk_branch_1 -- "need == tea" --> talk_branch_1__0[["contact"]]' in drawing
    assert "talk_branch_1__0 --> talk_bye" in drawing
    assert 'talk_branch_1 -- "need == water" --> talk_branch_1__1(["dry"])' in drawing
    assert "talk_branch_1__1 -->" not in drawing
    assert 'talk_branch_1 -- "else" --> talk_branch_1__2(["odd"])' in drawing


def test_traffic_and_drop_off_are_painted_across_flows() -> None:
    drawing = mermaid("", SHIPPED, TRAFFIC)
    assert 'ask: need<br/>100 (−40%)"]:::lost' in drawing
    assert 'ask: budget (may be skipped)<br/>58 (−14%)"]:::leaking' in drawing
    assert 'ask: quantity<br/>60 (−3%)"]:::kept' in drawing
    assert 'ask: deadline (may be skipped)<br/>50"]:::kept' in drawing
    assert 'ask: consent<br/>50"]:::kept' in drawing
    assert "classDef lost" in drawing


@pytest.mark.parametrize(
    "text",
    [
        "need is known",
        "consent.processing and not signal.buy",
        "need is unknown",
        "not (size.min > 3)",
        "size.min >= 3 and size.max < 7.5",
        "(need == tea or need == 'black coffee') and contact is known",
        "need in [tea, 'a b', 5]",
        "consent.processing == true or consent.processing != false",
    ],
)
def test_a_written_condition_reads_back_the_same(text: str) -> None:
    assert written(parse(text)) == text
    assert parse(written(parse(text))) == parse(text)
