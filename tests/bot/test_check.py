"""`check` finds nothing in what ships, and every seeded defect of texts, knowledge and settings where it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.check import check, settings_defects
from bot.content import Content, Sources, read_sources
from bot.settings_faults import InvalidSettings
from flows.errors import Misconfigured
from flows.loader import load_flows
from knowledge.loader import load_knowledge
from locales.catalog import load_catalog

SEEDED = Path(__file__).parents[1] / "flows" / "defects" / "texts"
SHIPPED = read_sources(Path("nowhere"))
MARK = re.compile(r"# << (?P<problem>.+)$")
Case = dict[str, object]


def loaded(sources: Sources) -> Content:
    """The content of a company that passes leads on to one service."""
    flows, wrong_flows = load_flows(sources.flows, services=("Trello",))
    catalog, wrong_texts = load_catalog(sources.locales, "ru")
    knowledge, wrong_facts = load_knowledge(sources.knowledge)
    return Content(sources, flows, catalog, knowledge, (*wrong_flows, *wrong_texts, *wrong_facts))


def texts_of(sources: Sources) -> dict[str, str]:
    """Every file by its path."""
    return {**sources.flows, **{file: text for tag in sources.locales.values() for file, text in tag.items()}}


def changed(case: Case) -> Sources:
    """What ships, with one passage changed."""
    file, old, new = (str(case[name]) for name in ("file", "old", "new"))
    text = texts_of(SHIPPED)[file]
    assert text.count(old) == 1, f"{file} has {text.count(old)} passages {old!r}"
    text = text.replace(old, re.sub(r"LONG\*(\d+)", lambda found: "x" * int(found[1]), new))
    flows = {name: text if name == file else kept for name, kept in SHIPPED.flows.items()}
    locales = {
        tag: {name: text if name == file else kept for name, kept in files.items()}
        for tag, files in SHIPPED.locales.items()
    }
    return Sources(flows, locales, SHIPPED.knowledge, SHIPPED.prompts)


def expected(case: Case, files: dict[str, str]) -> Iterator[tuple[str, int, str]]:
    """Where defects must be found, and words of their messages."""
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if mark := MARK.search(line):
                yield name, number, str(mark["problem"]).strip()
    besides = case.get("besides", [])
    assert isinstance(besides, list)
    for said in besides:
        found = re.fullmatch(r"(?P<file>[^:]+):(?:(?P<line>\d+)|\{(?P<words>.+?)\}): (?P<problem>.+)", said)
        assert found, said
        place = int(found["line"]) if found["line"] else line_of(files[found["file"]], found["words"])
        yield found["file"], place, found["problem"]


def line_of(text: str, words: str) -> int:
    """The line of words, or of the first such words behind others."""
    words, _, others = words.partition("|")
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(others))
    return next(number for number, line in enumerate(lines, 1) if number > start and words in line)


def cases() -> list[object]:
    found: list[object] = []
    for path in sorted(SEEDED.glob("*.yaml")):
        seeded = yaml.safe_load(path.read_text())
        assert len(seeded) >= 2, f"{path.name}: at least two seeded defects for a property"
        found += [pytest.param(case, id=f"{path.stem}-{number}") for number, case in enumerate(seeded, 1)]
    return found


@pytest.mark.parametrize("case", cases())
def test_a_seeded_defect_is_found_where_it_is_and_nothing_else_is(case: Case) -> None:
    sources = changed(case)
    wanted = sorted(expected(case, texts_of(sources)))
    assert wanted
    found = sorted(check(loaded(sources)), key=lambda defect: (defect.file, defect.line, defect.problem))
    shown = "\n".join(map(str, found))
    assert [(defect.file, defect.line) for defect in found] == [(file, line) for file, line, _ in wanted], shown
    for defect, (_, _, problem) in zip(found, wanted, strict=True):
        assert problem in f"{defect.place}: {defect.problem}", shown


def test_nothing_is_wrong_with_what_ships() -> None:
    assert [str(defect) for defect in check(loaded(SHIPPED))] == []


def test_a_company_without_outside_services_is_proved_too() -> None:
    content = loaded(SHIPPED)
    flows, _ = load_flows(SHIPPED.flows)
    assert check(Content(SHIPPED, flows, content.catalog, content.knowledge, ())) == ()


def test_what_the_loaders_found_comes_first_and_broken_flows_are_not_proved() -> None:
    flows = {**SHIPPED.flows, "flows/catalog/odd.yaml": "flow: odd"}
    content = loaded(Sources(flows, SHIPPED.locales, SHIPPED.knowledge, SHIPPED.prompts))
    assert content.defects
    assert check(content) == content.defects


def test_settings_are_reported_like_everything_else() -> None:
    faults = (Misconfigured("HTTP_PORT", "“x” cannot be used", "Write a number"), Misconfigured("TIMEZONE", "a", "b"))
    found = settings_defects(InvalidSettings("several", "", "", faults))
    assert [str(defect) for defect in found] == [
        ".env:0: HTTP_PORT: “x” cannot be used. Write a number",
        ".env:0: TIMEZONE: a. b",
    ]
    assert settings_defects(faults[0]) == found[:1]
