"""RESULTS.md, made of the kept raw runs and of nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.records import ROOT, Record

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
_HEAD = """\
# What was measured

Written by `make bench` from the raw runs in [raw/](raw); never by hand. [docs/performance.md](../docs/performance.md)
says how it is measured and how to read it. Ratios are medians over runs, each against the stock bot's runs right before
and right after it; absolute numbers belong to the machine and the day.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target and how it went."""

    what: str
    target: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a benchmark's runs say."""

    verdicts: tuple[Verdict, ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())


def at_most(what: str, limit: float, measured: float, unit: str = "") -> Verdict:
    """A target that must not be passed."""
    return Verdict(what, f"≤ {limit:g}{unit}", f"{measured:.3g}{unit}", measured <= limit)


def at_least(what: str, limit: float, measured: float, unit: str = "") -> Verdict:
    """A target that must be reached."""
    return Verdict(what, f"≥ {limit:g}{unit}", f"{measured:.3g}{unit}", measured >= limit)


def none_of(what: str, counted: int) -> Verdict:
    """Something that must not happen at all."""
    return Verdict(what, "0", str(counted), counted == 0)


def spread(values: Sequence[float], form: str = ".3g") -> str:
    """The median, and the lowest and highest in brackets where there are several."""
    if len(values) == 1:
        return format(values[0], form)
    return f"{median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def render(parts: Sequence[tuple[str, str, Record, Report]]) -> str:
    """The page: title, explanation, record and report of each benchmark."""
    return "\n".join((_HEAD, *(line for part in parts for line in _section(*part))))


def write(parts: Sequence[tuple[str, str, Record, Report]], file: Path = RESULTS) -> None:
    """Write the page."""
    file.write_text(render(parts), encoding="utf-8")


def _section(title: str, about: str, record: Record, report: Report) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{about}\n"
    yield f"Measured {record.date} at commit `{record.commit}` on {record.machine}.\n"
    yield from verdict_lines(report.verdicts)
    for table in report.tables:
        yield from _table(table)
    for note in report.notes:
        yield f"{note}\n"


def verdict_lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The targets as a table."""
    rows = tuple((one.what, one.target, one.measured, "met" if one.met else "**not reached**") for one in verdicts)
    yield from _table(Table(("target", "wanted", "measured", ""), rows))


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(table.head)} |"
    yield "|" + "---|" * len(table.head)
    for row in table.rows:
        yield f"| {' | '.join(row)} |"
    yield ""
