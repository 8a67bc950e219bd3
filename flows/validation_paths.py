"""What conditions may look at: every path names something, and is compared with what it can be."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias, get_args

from flows.conditions import Compare, Known, Literal_
from flows.errors import Defect
from flows.schema import SCORED, AskStep, BranchStep, Flows, Purpose
from flows.scoring import Temperature
from flows.slots import SlotType
from flows.validation_conditions import Test, possible, tests
from flows.validation_sources import Sources

Kind: TypeAlias = str | frozenset[str]
"""`number`, `word`, `truth`, `range` (a value with bounds), or the only words that it can be."""
SIGNALS = frozenset({"buy", "asked_price"})
"""What the machine notes of a prospect's behaviour, beside `objection_<type>`."""
PURPOSES: tuple[str, ...] = get_args(Purpose)
_FIELDS: Mapping[SlotType, Mapping[str, Kind]] = {
    "number": {"min": "number", "max": "number"},
    "money": {"min": "number", "max": "number", "currency": "word"},
    "date": {"from": "word", "to": "word", "days": "number"},
}
_FIXED: Mapping[str, Kind] = {
    "contact": "truth",
    "services": "truth",
    "channel": "word",
    "source": "word",
    "score": "number",
    "temperature": frozenset(get_args(Temperature)),
}
_REMEDY = "Check its spelling, or declare it under `slots:`"


class Paths:
    """The paths that conditions of these flows may use."""

    def __init__(self, flows: Flows) -> None:
        self._flows = flows
        self._choices: dict[str, frozenset[str]] = {}
        for flow in flows.by_name.values():
            for step in flow.steps:
                if isinstance(step, AskStep) and flows.slot_types.get(step.slot) == "choice":
                    known = self._choices.get(step.slot, frozenset())
                    self._choices[step.slot] = known | frozenset(step.choices)

    def kind(self, path: str) -> Kind | None:
        """What is found at a path; None when it names nothing."""
        name, _, field = path.partition(".")
        if name == "consent":
            return "truth" if field in PURPOSES else None
        if name == "signal":
            return "truth" if field in SIGNALS or field.startswith("objection_") else None
        if name == "locale" and not field:
            return frozenset(self._flows.locales)
        if name in _FIXED:
            return None if field else _FIXED[name]
        return self._slot(name, field)

    def _slot(self, name: str, field: str) -> Kind | None:
        """What is found in a slot."""
        slot = self._flows.slot_types.get(name)
        if slot is None or slot == "consent":
            return None
        fields = _FIELDS.get(slot)
        if fields is not None:
            return fields.get(field) if field else "range"
        if field:
            return None
        return "truth" if slot == "contact" else self._choices.get(name, "word") if slot == "choice" else "word"

    def problem(self, test: Test, *, scoring: bool = False) -> tuple[str, str]:
        """What is wrong with one test, and the remedy; empty when it is fine."""
        kind = self.kind(test.path)
        if scoring and test.path in SCORED:
            return f"{test.path} is made by these rules", "Look at slots, consent, signals and the like"
        if kind is None:
            return f"{test.path} names nothing", _REMEDY
        if isinstance(test, Known):
            return "", ""
        if kind == "range":
            return f"{test.path} has bounds and equals nothing", f"Compare {test.path}.min or {test.path}.max"
        values = (test.value,) if isinstance(test, Compare) else test.values
        wrong = [value for value in values if not _fits(value, kind)]
        if isinstance(test, Compare) and kind == "truth" and test.sign not in {"==", "!="}:
            wrong = list(values)
        if not wrong:
            return "", ""
        can = f"one of {', '.join(sorted(kind))}" if isinstance(kind, frozenset) else f"a {kind}"
        return f"{test.path} is never {_shown(wrong[0])}", f"It is {can}"


def _fits(value: Literal_, kind: Kind) -> bool:
    """Whether a literal can be what is found."""
    if isinstance(value, bool):
        return kind == "truth"
    if isinstance(value, str):
        return kind == "word" or (isinstance(kind, frozenset) and value in kind)
    return kind == "number"


def _shown(value: Literal_) -> str:
    """A literal as it was written."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def prove_conditions(flows: Flows, sources: Sources) -> Iterator[Defect]:
    """Every condition of a step names what there is, and every case of a branch can be taken."""
    known = Paths(flows)
    for flow in flows.by_name.values():
        for step in flow.steps:
            at = (flow.flow, step.id)
            if isinstance(step, AskStep) and step.unless is not None and step.unless != Known(step.slot):
                for problem, remedy in filter(any, map(known.problem, tests(step.unless))):
                    yield sources.step(at, problem, remedy, "unless")
            elif isinstance(step, BranchStep):
                yield from _cases(step, at, known, sources)


def _cases(step: BranchStep, at: tuple[str, str], known: Paths, sources: Sources) -> Iterator[Defect]:
    """What is wrong with the cases of one branch."""
    for number, case in enumerate(step.cases):
        wrong = [found for found in map(known.problem, tests(case.when)) if any(found)]
        for problem, remedy in wrong:
            yield sources.case(at, number, problem, remedy)
        if wrong:
            continue
        if not possible(case.when):
            yield sources.case(at, number, "this case contradicts itself", "Mend the condition, or remove the case")
        elif not possible(case.when, [earlier.when for earlier in step.cases[:number]]):
            yield sources.case(at, number, "the cases before leave nothing for this one", "Move it up, or remove it")


def prove_score(flows: Flows, sources: Sources) -> Iterator[Defect]:
    """Every score rule names what there is, can hold, and quotes words that are kept."""
    known = Paths(flows)
    seen = set[str]()
    for number, rule in enumerate(flows.score.rules):
        wrong = [found for test in tests(rule.when) if any(found := known.problem(test, scoring=True))]
        for problem, remedy in wrong:
            yield sources.rule(number, rule.rule, problem, remedy, "when")
        if not wrong and not possible(rule.when):
            yield sources.rule(number, rule.rule, "this rule contradicts itself", "Mend the condition", "when")
        if rule.quote and rule.quote not in flows.slot_types and known.kind(f"signal.{rule.quote}") is None:
            yield sources.rule(number, rule.rule, f"{rule.quote} names no words to quote", _REMEDY, "quote")
        if rule.rule in seen:
            yield sources.rule(number, rule.rule, f"two rules are named {rule.rule}", "Rename one of them", "rule")
        seen.add(rule.rule)
    if not flows.score.warm <= flows.score.hot:
        problem, remedy = "a lead is hot before it is warm", "Let `warm` be lower than `hot`"
        yield sources.score(problem, remedy, "hot")
