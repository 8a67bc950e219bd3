"""A measurement as it is kept: the raw numbers of every run, with the commit, the day and the machine."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[1]
RAW = ROOT / "benchmarks" / "raw"

Run: TypeAlias = Mapping[str, Any]
"""One run: `config` names what ran, the rest are the numbers as they were measured."""


@dataclass(frozen=True, slots=True)
class Record:
    """All runs of one benchmark, in the order in which they ran."""

    benchmark: str
    commit: str
    date: str
    machine: str
    runs: Sequence[Run]


def record(benchmark: str, runs: Sequence[Run]) -> Record:
    """What was just measured, with where and when."""
    return Record(benchmark, _commit(), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", _machine(), runs)


def keep(found: Record) -> None:
    """Write a record to its file; the one before is in the history of the repository."""
    RAW.mkdir(exist_ok=True)
    text = json.dumps(asdict(found), indent=1, ensure_ascii=False)
    (RAW / f"{found.benchmark}.json").write_text(text + "\n", encoding="utf-8")


def kept(benchmark: str) -> Record | None:
    """The record of the last measurement; None when there is none."""
    file = RAW / f"{benchmark}.json"
    return Record(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def _commit() -> str:
    """The commit, with a plus where the measured files differ from it."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+" if changed else commit


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _machine() -> str:
    """The processor, how many cores may be used, the system and the interpreter."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{_processor()}, {cores} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
