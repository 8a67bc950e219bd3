"""The prover finds every seeded defect at its line, and nothing wrong with what ships."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from flows.errors import Defect
from flows.loader import load_flows
from flows.validation import prove
from tests.flows.stage import CONTACT, FILES, SHIPPED

SEEDED = Path(__file__).parent / "defects"
MARK = re.compile(r"# << (?P<problem>.+)$")
GREETING = """flow: greeting
version: 1
purpose: a test
steps:
  - call: talk
  - call: contact
"""
Case = dict[str, object]


def company(case: Case) -> dict[str, str]:
    """The flow files of a seeded company."""
    head, steps = case.get("head", "slots: {need: text}"), case.get("steps", "- ask: need")
    talk = f"flow: talk\nversion: 1\npurpose: a test\n{head}\nsteps:\n{steps}"
    files = {"greeting.yaml": GREETING, "contact.yaml": CONTACT.lstrip(), "talk.yaml": talk}
    more = case.get("files", {})
    assert isinstance(more, dict)
    return {name: text for name, text in {**files, **more}.items() if text}


def expected(case: Case, files: dict[str, str]) -> list[tuple[str, int, str]]:
    """Every marked line, and what the case says besides, as file, line and words of the message."""
    found = [
        (name, number, mark["problem"].strip())
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := MARK.search(line))
    ]
    besides = case.get("besides", [])
    assert isinstance(besides, list)
    for said in besides:
        file, line, problem = said.split(":", 2)
        found.append((file, int(line), problem.strip()))
    return sorted(found)


def cases() -> Iterator[object]:
    for path in sorted(SEEDED.glob("*.yaml")):
        found = yaml.safe_load(path.read_text())
        assert len(found) >= 2, f"{path.name}: at least two seeded defects for a property"
        yield from (pytest.param(case, id=f"{path.stem}-{number}") for number, case in enumerate(found, 1))


def found_in(files: dict[str, str]) -> tuple[Defect, ...]:
    flows, defects = load_flows(files)
    return defects or prove(flows, files)


@pytest.mark.parametrize("case", list(cases()))
def test_a_seeded_defect_is_found_where_it_is_and_nothing_else_is(case: Case) -> None:
    files = company(case)
    wanted = expected(case, files)
    assert wanted
    found = sorted(found_in(files), key=lambda defect: (defect.file, defect.line))
    shown = "\n".join(map(str, found))
    assert len(found) == len(wanted), shown
    for defect, (file, line, problem) in zip(found, wanted, strict=True):
        assert (defect.file, defect.line) == (file, line), f"{problem}\n{shown}"
        assert problem in f"{defect.place}: {defect.problem}"
        assert defect.remedy


def test_nothing_is_wrong_with_what_ships() -> None:
    assert [str(defect) for defect in prove(SHIPPED, FILES)] == []


def test_nothing_is_wrong_with_the_company_that_the_defects_are_seeded_in() -> None:
    assert [str(defect) for defect in found_in(company({}))] == []


def test_a_company_without_any_flow_is_told_so() -> None:
    flows, defects = load_flows({})
    assert not defects
    assert [defect.place for defect in prove(flows, {})] == ["greeting", "contact"]


def test_a_loop_that_asks_again_is_no_defect() -> None:
    steps = """- ask: size
- branch:
    - when: size.max <= 100
      then: {hand_over: fine}
    - else: {go: size}
"""
    assert found_in(company({"steps": steps, "head": "slots: {size: number}"})) == ()


def test_a_company_may_allow_more_questions() -> None:
    steps = "- ask: a\n- ask: b\n- ask: c\n- ask: d\n- ask: e\n"
    head = "slots: {a: text, b: text, c: text, d: text, e: text}"
    greeting = GREETING.replace("steps:", "max_questions: 5\nsteps:")
    assert found_in(company({"steps": steps, "head": head, "files": {"greeting.yaml": greeting}})) == ()
