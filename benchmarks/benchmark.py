"""What a benchmark is, and the bench it is put on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.records import Run
from benchmarks.report import Report


class Skipped(Exception):
    """A benchmark that cannot run on this machine: `missing` is what it needs."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing

    def __str__(self) -> str:
        return f"{self.missing} is not there"


class Failed(Exception):
    """A benchmark that broke: `what` ran gave no numbers, or numbers that mean a fault; `said` tells more."""

    def __init__(self, what: str, said: str) -> None:
        super().__init__(what, said)
        self.what = what
        self.said = said

    def __str__(self) -> str:
        return f"{self.what}: {self.said}"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how large to measure.

    `work` is an empty folder on the disk of the project. The load and whatever is not measured run on `own_core`,
    what is measured on `bot_core`; both are None on a machine with one core. `quick` is for trying: small, not kept.
    """

    work: Path
    quick: bool = False
    own_core: int | None = None
    bot_core: int | None = None

    def size(self, whole: int, quick: int) -> int:
        """How much of something."""
        return quick if self.quick else whole

    def folder(self, name: str) -> Path:
        """An empty folder for one run."""
        made = self.work / name
        made.mkdir(parents=True)
        return made


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`run` measures, for minutes; `report` reads kept runs, in no time."""

    name: str
    title: str
    about: str
    run: Callable[[Bench], Sequence[Run]]
    report: Callable[[Sequence[Run]], Report]
