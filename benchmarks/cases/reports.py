"""What a manager waits for: the figures of a month with a million messages, and a file of fifty thousand leads."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.load import bare_environment, settings
from benchmarks.records import ROOT, Run
from benchmarks.report import Report, Table, at_most, spread
from benchmarks.seeded import DAYS, LINES, postgres_with, sqlite_with
from tests.servers import Unavailable, postgres

CONVERSATIONS = 50_000
RUNS = 15
SQLITE, POSTGRES = "SQLite", "PostgreSQL"
SECONDS = 1.0
MEGABYTES = 100


def run(bench: Bench) -> Sequence[Run]:
    """Each database is asked by a process of its own."""
    conversations = bench.size(CONVERSATIONS, 400)
    kept = sqlite_with(bench.work.parent, conversations)
    folder = bench.folder(SQLITE)
    shutil.copyfile(kept, folder / "asked.db")
    runs = [_asked(bench, SQLITE, f"sqlite+aiosqlite:///{folder / 'asked.db'}", conversations)]
    try:
        with postgres(durable=True) as address:
            runs.append(_asked(bench, POSTGRES, postgres_with(address, conversations), conversations))
    except Unavailable as reason:
        print(f"  without PostgreSQL: {reason}")
    return runs


def _asked(bench: Bench, name: str, url: str, conversations: int) -> Run:
    command = [sys.executable, "-m", "benchmarks.asking", str(bench.size(RUNS, 2))]
    environment = {**bare_environment(), **settings(url), "TELEGRAM_TOKEN": "", "TELEGRAM_API_URL": ""}
    environment["TIMEZONE"] = "UTC"
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(name, done.stderr[-3000:])
    return {
        "config": name,
        "conversations": conversations,
        "messages": conversations * LINES,
        **json.loads(done.stdout),
    }


def report(runs: Sequence[Run]) -> Report:
    """Seconds of `/stats`, megabytes of `/export`."""
    verdicts = tuple(
        verdict
        for one in runs
        for verdict in (
            at_most(f"seconds of /stats, {one['config']}", SECONDS, median(one["command_s"])),
            at_most(
                f"MB of memory for /export, {one['config']}",
                MEGABYTES,
                max(file["grown_mb"] for file in one["files"].values()),
            ),
        )
    )
    head = (
        "database", "messages", "figures alone, s", "/stats with its chart, s", "the first chart, s",
        "counting all for the first time, s", "leads as CSV: s, MB, memory MB", "as XLSX: s, MB, memory MB",
    )  # fmt: skip
    return Report(verdicts, (Table(head, tuple(_row(one) for one in runs)),))


def _row(one: Run) -> tuple[str, ...]:
    files = [f"{file['seconds']:.1f}, {file['mb']:.1f}, {file['grown_mb']:.0f}" for file in one["files"].values()]
    return (
        one["config"],
        f"{one['messages']:,}",
        spread(one["figures_s"], ".2f"),
        spread(one["command_s"], ".2f"),
        f"{one['first_command_s']:.2f}",
        f"{one['counted_s']:.1f}",
        *files,
    )


BENCHMARK = Benchmark(
    "reports",
    "Figures and files",
    f"{CONVERSATIONS:,} conversations of {LINES} lines in {DAYS} days, each with a lead; a tenth was taken over, a "
    "tenth went on days later. The command is called as a desk calls it; everything lies in the period that is asked "
    "for. The counts are up to date, as the tick of a running product keeps them. Memory is what more of the process "
    "is resident at most, the whole file among it.",
    run,
    report,
)
