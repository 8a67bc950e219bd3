"""Flow files are read as people write them, and every mistake is told with its line, all at once."""

import re
from datetime import date, timedelta

import pytest

from flows.errors import BrokenContent
from flows.loader import load_flows, step_lines
from flows.schema import AskStep, BranchStep, CallStep, EndStep, FollowUpStep, HandOverStep, QualifyStep, SayStep
from flows.slots import SlotType, choice_value
from tests.flows.stage import FILES, SHIPPED

EVERYTHING = """flow: everything
version: 3
purpose: one step of every kind
slots: {need: text, budget: money}
steps:
  - say: hello
  - ask: need
    examples: true
    unless: known
    retry: 1
    exit: choices
  - ask: budget
    id: money
    skip: allowed
    choices: ["0-100", "100+"]
  - branch:
      - else: {go: bye}
      - when: need == tea
        then: {hand_over: tea}
  - call: more
    with: {need: x}
  - qualify
  - hand_over: special
  - follow_up: {after: 90 minutes, say: still_there, at_most: 2}
  - say: bye
    then: {end: left}
  - end: done
moved: {gone: need}
safe: bye
max_questions: 2
"""


def test_every_kind_of_step_is_read_as_it_is_said() -> None:
    flows, defects = load_flows({"everything.yaml": EVERYTHING})
    assert defects == ()
    flow = flows.by_name["everything"]
    kinds = [SayStep, AskStep, AskStep, BranchStep, CallStep, QualifyStep, HandOverStep, FollowUpStep, SayStep, EndStep]
    assert [type(step) for step in flow.steps] == kinds
    assert [step.id for step in flow.steps] == [
        "hello", "need", "money", "branch_1", "call_1", "qualify_1", "hand_over_1", "follow_up_1", "bye", "end_1",
    ]  # fmt: skip
    money, branch, wake = flow.steps[2], flow.steps[3], flow.steps[7]
    assert isinstance(money, AskStep)
    assert (money.slot, money.skip, money.choices, money.exit) == ("budget", True, ("0-100", "100+"), "person")
    assert isinstance(branch, BranchStep)
    assert branch.otherwise.go == "bye"
    assert isinstance(wake, FollowUpStep)
    assert wake.after == timedelta(minutes=90)
    assert (flow.version, flow.moved, flow.safe, flow.max_questions) == (3, {"gone": "need"}, "bye", 2)
    assert flows.after("everything", "hello") == "need"
    assert flows.after("everything", "end_1") == ""


def test_lines_of_steps() -> None:
    assert step_lines("x.yaml", EVERYTHING) == {
        "hello": 6, "need": 7, "money": 12, "branch_1": 16, "call_1": 20, "qualify_1": 22, "hand_over_1": 23,
        "follow_up_1": 24, "bye": 25, "end_1": 27,
    }  # fmt: skip
    assert step_lines("x.yaml", "steps: 5") == {}


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    files = {
        "a.yaml": EVERYTHING.replace("retry: 1", "retry: many").replace("version: 3", "version: 0"),
        "b.yaml": "flow: b\nversion: 1\npurpose: x\nsteps:\n  - branch:\n      - when: a ==\n        then: {go: x}\n",
        "c.yaml": "- not\n- a flow\n",
        "score.yaml": "hot: warm\n",
    }
    _, defects = load_flows(files)
    shown = [f"{defect.file}:{defect.line}:{defect.place}" for defect in defects]
    assert "a.yaml:2:everything" in shown
    assert "a.yaml:10:everything.need" in shown
    assert "b.yaml:6:b.branch_1" in shown
    assert "b.yaml:5:b.branch_1" in shown
    assert "c.yaml:1:" in shown
    assert "score.yaml:1:" in shown
    assert all(defect.remedy for defect in defects)
    assert str(BrokenContent(defects)).count("\n") == len(defects) - 1


def test_what_ships_is_read_without_a_complaint() -> None:
    assert load_flows(FILES)[1] == ()
    assert set(SHIPPED.by_name) == {"greeting", "qualification", "contact"}
    assert SHIPPED.question("budget") is not None
    assert SHIPPED.question("nothing") is None


@pytest.mark.parametrize(
    ("kind", "value", "meaning"),
    [
        ("number", "12", {"min": 12, "max": 12}),
        ("number", "6-20", {"min": 6, "max": 20}),
        ("number", "100+", {"min": 100, "max": None}),
        ("money", "0-50000", {"min": 0, "max": 50000, "currency": "EUR"}),
        ("date", "month", {"from": "2026-11-22", "to": "2026-12-22"}),
        ("date", "later", {"from": "2027-02-22", "to": None}),
        ("choice", "office", "office"),
    ],
)
def test_what_a_prepared_choice_means(kind: SlotType, value: str, meaning: object) -> None:
    assert choice_value(kind, value, date(2026, 11, 22), "EUR") == meaning


@pytest.mark.parametrize(("kind", "value"), [("number", "many"), ("money", "5-"), ("date", "someday")])
def test_a_choice_that_its_type_cannot_hold_is_refused(kind: SlotType, value: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(value))):
        choice_value(kind, value, date(2026, 11, 22), "EUR")
