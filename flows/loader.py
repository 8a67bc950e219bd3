"""Reads flow files (given as text) into `Flows`, collecting every defect with its file, line, step and remedy."""

from collections.abc import Mapping

from pydantic import ValidationError

from flows.documents import Document, Path, read_document
from flows.errors import Defect
from flows.schema import Flow, Flows, ScoreRules

_KINDS: Mapping[str, str] = {
    "say": "id",
    "ask": "slot",
    "call": "flow",
    "hand_over": "reason",
    "end": "outcome",
    "branch": "cases",
    "qualify": "",
    "follow_up": "",
}
SCORE_FILE = "score.yaml"


def load_flows(
    files: Mapping[str, str],
    *,
    services: tuple[str, ...] = (),
    currency: str = "RUB",
    locales: tuple[str, ...] = ("ru", "en"),
) -> tuple[Flows, tuple[Defect, ...]]:
    """`files` maps a file's name to its text. Returns what could be read and all that is wrong with the rest."""
    flows: dict[str, Flow] = {}
    score, defects = ScoreRules(), list[Defect]()
    for name, text in sorted(files.items()):
        document, broken = read_document(name, text)
        defects += broken
        if broken:
            continue
        try:
            if name.rpartition("/")[2] == SCORE_FILE:
                score = ScoreRules.model_validate(document.data)
            else:
                _keep(flows, Flow.model_validate(_normal(document.data)), name, defects)
        except ValidationError as error:
            defects += _explain(document, error)
    return Flows(flows, score, services=services, currency=currency, locales=locales), tuple(defects)


def _keep(flows: dict[str, Flow], flow: Flow, file: str, defects: list[Defect]) -> None:
    """Add a flow unless there is one of that name."""
    if flow.flow in flows:
        problem = f"there are two flows named {flow.flow}"
        defects.append(Defect(file, 1, flow.flow, problem, "Rename one of them"))
    flows.setdefault(flow.flow, flow)


def step_lines(file: str, text: str) -> dict[str, int]:
    """The line of each step of a flow file by step id, for messages about steps."""
    document, _ = read_document(file, text)
    normal = _normal(document.data)
    steps = normal.get("steps") if isinstance(normal, dict) else None
    found: dict[str, int] = {}
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        if isinstance(step, dict):
            found.setdefault(str(step.get("id")), document.line(("steps", number)))
    return found


def _normal(document: object) -> object:
    """Turn `- ask: team` into `{kind: ask, slot: team, id: team}`, leaving what is wrong for the schema to name."""
    if not isinstance(document, dict) or not isinstance(document.get("steps"), list):
        return document
    counts: dict[str, int] = {}
    return {**document, "steps": [_normal_step(step, counts) for step in document["steps"]]}


def _normal_step(step: object, counts: dict[str, int]) -> object:
    """One step in the schema's own form."""
    if isinstance(step, str):
        step = {step: None}
    if not isinstance(step, dict):
        return step
    kind = next((kind for kind in _KINDS if kind in step), None)
    if kind is None:
        return step
    rest = {key: value for key, value in step.items() if key != kind}
    counts[kind] = counts.get(kind, 0) + 1
    value, field = step[kind], _KINDS[kind]
    if kind == "branch":
        rest |= _cases(value)
    elif kind == "follow_up" and isinstance(value, dict):
        rest |= value
    elif field:
        rest[field] = value
    if rest.get("skip") == "allowed":
        rest["skip"] = True
    if rest.get("unless") == "known":
        rest["unless"] = f"{rest.get('slot', '')} is known"
    own = value if kind in {"ask", "say"} and isinstance(value, str) else f"{kind}_{counts[kind]}"
    return {"kind": kind, "id": own, **rest}


def _cases(value: object) -> dict[str, object]:
    """A branch's list of `when/then` and its `else`."""
    items = value if isinstance(value, list) else []
    cases = [item for item in items if not (isinstance(item, dict) and "else" in item)]
    others = [item["else"] for item in items if isinstance(item, dict) and "else" in item]
    found: dict[str, object] = {"cases": cases}
    if others:
        found["otherwise"] = others[-1]
    return found


_REMEDIES: Mapping[str, str] = {
    "extra_forbidden": "Remove it or check its spelling",
    "missing": "Add it",
    "union_tag_not_found": f"Begin the step with one of {', '.join(_KINDS)}",
    "union_tag_invalid": f"Begin the step with one of {', '.join(_KINDS)}",
    "literal_error": "Use one of the words named",
    "string_pattern_mismatch": "Use lower-case latin letters, digits and _",
}


def _explain(document: Document, error: ValidationError) -> list[Defect]:
    """Each complaint of the schema with its line and step."""
    defects = []
    for complaint in error.errors():
        path = tuple(part for part in complaint["loc"] if part not in _KINDS)
        field = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
        kind = complaint["type"]
        problem = f"{field}: {complaint['msg']}"
        remedy = _REMEDIES.get(kind, "Write it as the documentation of flows shows")
        if field == "otherwise" and kind == "missing":
            problem, remedy = "a branch has no else", "Add `- else: …` as its last way"
        place = _place(document.data, path)
        defects.append(Defect(document.file, document.line(path), place, problem, remedy))
    return defects


def _place(document: object, path: Path) -> str:
    """The flow and step that a complaint is about."""
    if not isinstance(document, dict):
        return ""
    flow = str(document.get("flow", ""))
    steps = _normal(document)
    items = steps.get("steps") if isinstance(steps, dict) else None
    if len(path) > 1 and path[0] == "steps" and isinstance(path[1], int) and isinstance(items, list):
        step = items[path[1]]
        return f"{flow}.{step.get('id', path[1])}" if isinstance(step, dict) else flow
    return flow
