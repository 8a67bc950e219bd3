"""Where the flows are written: the file and line of every flow, step, way and score rule."""

from collections.abc import Mapping

from flows.documents import Document, Path, read_document
from flows.errors import Defect
from flows.loader import SCORE_FILE, branch_items
from flows.schema import BranchStep, Flow, Flows
from flows.ways import At, Way


class Sources:
    """Finds places in the files that the flows were loaded from; `files` maps a file's name to its text."""

    def __init__(self, flows: Flows, files: Mapping[str, str]) -> None:
        self._flows = flows
        self._documents: dict[str, Document] = {}
        self._score = Document(SCORE_FILE, {}, {})
        for name, text in sorted(files.items()):
            document, _ = read_document(name, text)
            if name.rpartition("/")[2] == SCORE_FILE:
                self._score = document
            elif isinstance(document.data, dict):
                self._documents.setdefault(str(document.data.get("flow", "")), document)

    def flow(self, flow: str, problem: str, remedy: str, *path: str | int) -> Defect:
        """A defect of a flow, at `path` in its file."""
        document = self._documents.get(flow, Document("flows", {}, {}))
        line = document.line(path) if document.lines else 0
        return Defect(document.file, line, flow, problem, remedy)

    def step(self, at: At, problem: str, remedy: str, *path: str | int) -> Defect:
        """A defect of a step, at `path` in it."""
        return self.nth(self._flows.by_name[at[0]], self._flows.order[at], problem, remedy, *path)

    def nth(self, flow: Flow, number: int, problem: str, remedy: str, *path: str | int) -> Defect:
        """The same for the step of that number."""
        document = self._documents[flow.flow]
        line = document.line(("steps", number, *path))
        return Defect(document.file, line, f"{flow.flow}.{flow.steps[number].id}", problem, remedy)

    def way(self, at: At, way: Way, problem: str, remedy: str, *path: str) -> Defect:
        """A defect of a way from a step."""
        return self.step(at, problem, remedy, *self._path(at, way), *path)

    def case(self, at: At, case: int, problem: str, remedy: str) -> Defect:
        """A defect of a case of a branch."""
        return self.step(at, problem, remedy, *self._item(at, case), "when")

    def rule(self, number: int, name: str, problem: str, remedy: str, *path: str) -> Defect:
        """A defect of a score rule."""
        line = self._score.line(("rules", number, *path))
        return Defect(self._score.file, line, f"score.{name}", problem, remedy)

    def score(self, problem: str, remedy: str, *path: str) -> Defect:
        """A defect of the score as a whole."""
        return Defect(self._score.file, self._score.line(path), "score", problem, remedy)

    def _path(self, at: At, way: Way) -> Path:
        """Where a way stands within its step."""
        if way.case < 0:
            return ("then",) if way.target else ()
        step = self._flows.at(*at)
        last = isinstance(step, BranchStep) and way.case == len(step.cases)
        return (*self._item(at, way.case), "else" if last else "then")

    def _item(self, at: At, case: int) -> Path:
        """Where a case of a branch stands within it: the `else` comes last here, and may stand anywhere there."""
        step: object = self._documents[at[0]].data
        for name in ("steps", self._flows.order[at], "branch"):
            step = step[name] if isinstance(step, dict | list) else None  # type: ignore[index]
        cases, others = branch_items(step)
        return ("branch", (cases + others[-1:])[case])
