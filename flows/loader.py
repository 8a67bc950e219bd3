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
_IN_STEP = 3  # parts of a path that leads into a step


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
    cases, others = branch_items(value)
    items = value if isinstance(value, list) else []
    found: dict[str, object] = {"cases": [items[number] for number in cases]}
    if others:
        found["otherwise"] = items[others[-1]]["else"]
    return found


def branch_items(value: object) -> tuple[list[int], list[int]]:
    """Where the cases of a branch stand in its list as written, and where its `else` does."""
    items = list(enumerate(value)) if isinstance(value, list) else []
    others = [number for number, item in items if isinstance(item, dict) and "else" in item]
    return [number for number, _ in items if number not in others], others


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
    complaints = [(tuple(part for part in found["loc"] if part not in _KINDS), found) for found in error.errors()]
    defects = []
    for path, complaint in complaints:
        # A list with a bad item counts as empty; the item is the mistake.
        if complaint["type"] == "too_short" and any(len(other) > len(path) for other, _ in complaints):
            continue
        field = next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")
        kind = complaint["type"]
        problem = f"{field}: {complaint['msg'].removeprefix('Value error, ')}"
        remedy = _REMEDIES.get(kind, "Write it as the documentation of flows shows")
        if field == "otherwise" and kind == "missing":
            problem, remedy = "a branch has no else", "Add `- else: …` as its last way"
        line = document.line(_written(document.data, path))
        defects.append(Defect(document.file, line, _place(document.data, path), problem, remedy))
    return defects


def _written(document: object, path: Path) -> Path:
    """Where a part of a step stands in the file: the schema names it otherwise than people write it."""
    items = document.get("steps") if isinstance(document, dict) else None
    if len(path) < _IN_STEP or path[0] != "steps" or not isinstance(items, list):
        return path
    step = items[int(path[1])]
    kind = next((kind for kind in _KINDS if isinstance(step, dict) and kind in step), "")
    field, rest = path[2], path[3:]
    if kind == "branch" and field in {"cases", "otherwise"}:
        cases, others = branch_items(step[kind])
        if field == "otherwise":
            return (*path[:2], kind, *others[-1:], "else", *rest)
        return (*path[:2], kind, *[cases[int(number)] for number in rest[:1]], *rest[1:])
    if field == _KINDS.get(kind):
        return (*path[:2], kind, *rest)
    inside = isinstance(step, dict) and isinstance(step.get(kind), dict) and field in step[kind]
    return (*path[:2], kind, field, *rest) if inside else path


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
