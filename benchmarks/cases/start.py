"""How long it takes from the command to a bot that listens, beside importing aiogram alone."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.load import assistant, bare_environment, clean, play, product, require, stock_echo
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_most, spread

TIMES = 5
IMPORT, ECHO, READY, HELP = "import aiogram", "echo", "assistant run", "assistant --help"


def run(bench: Bench) -> Sequence[Run]:
    """Each in turn, so that a slow minute of the machine is slow for all."""
    require()
    runs: list[Run] = []
    for number in range(bench.size(TIMES, 1)):
        runs.append(_command(bench, IMPORT, [sys.executable, "-c", "import aiogram"]))
        runs.append(_command(bench, HELP, [str(assistant()), "--help"]))
        for bot, name in ((stock_echo(), ECHO), (product(READY), READY)):
            folder = bench.folder(f"{name.replace(' ', '-')}-{number}")
            runs.append({**clean(play(bench, bot, folder, users=1, conversations=1, warmup=0), folder), "config": name})
    return runs


def _command(bench: Bench, name: str, command: Sequence[str]) -> Run:
    """Run a command to its end; seconds by the clock and of the processor."""
    with _on(bench.bot_core):
        cpu, began = _child_cpu(), time.perf_counter()
        done = subprocess.run(command, env=bare_environment(), cwd=bench.work, capture_output=True, check=False)
        seconds = time.perf_counter() - began
    if done.returncode:
        raise Failed(name, done.stderr.decode())
    return {"config": name, "start_seconds": round(seconds, 3), "cpu_seconds": round(_child_cpu() - cpu, 3)}


def _child_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _on(core: int | None) -> Iterator[None]:
    """A child inherits the core on which it was started."""
    own = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def report(runs: Sequence[Run]) -> Report:
    """Seconds until the first poll for messages; medians."""
    seconds = {
        name: [one["start_seconds"] for one in runs if one["config"] == name] for name in (IMPORT, ECHO, READY, HELP)
    }
    more = [ready - alone for ready, alone in zip(seconds[READY], seconds[IMPORT], strict=True)]
    replies = [one["first_reply_ms"] for one in runs if one["config"] == READY]
    verdicts = (
        at_most("seconds to ready more than importing aiogram", 2, median(more), " s"),
        at_most("assistant --help", 1, median(seconds[HELP]), " s"),
    )
    rows = tuple((name, str(len(found)), spread(found, ".2f")) for name, found in seconds.items())
    note = f"The first reply of a fresh process takes {spread(replies, '.0f')} ms."
    return Report(verdicts, (Table(("what", "runs", "seconds"), rows),), (note,))


BENCHMARK = Benchmark(
    "start",
    "Start",
    "From the start of the process to its first poll for messages, over a new SQLite database.",
    run,
    report,
)
