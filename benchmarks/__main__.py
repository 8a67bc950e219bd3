"""`python -m benchmarks [NAME…] [--quick | --render]`: measures, keeps the raw runs, writes RESULTS.md from them."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.benchmark import Bench, Benchmark, Failed, Skipped
from benchmarks.records import ROOT, keep, kept, record
from benchmarks.registry import benchmarks
from benchmarks.report import RESULTS, verdict_lines, write

WORK = ROOT / "build" / "benchmarks"


def main(arguments: Sequence[str]) -> int:
    """Exit 1 when a benchmark broke; a target that was not reached is a result."""
    known = benchmarks()
    options = _parser(list(known)).parse_args(arguments)
    chosen = [known[name] for name in options.names or known]
    broken = [] if options.render else [one.name for one in chosen if not _measure(one, quick=options.quick)]
    if not options.quick:
        _render(list(known.values()))
        print(f"written: {RESULTS.relative_to(ROOT)}")
    return 1 if broken else 0


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the product.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of them, or some of: {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="everything small, only to see that it works; not kept")
    parser.add_argument("--render", action="store_true", help="measure nothing, write RESULTS.md from the kept runs")
    return parser


def _measure(benchmark: Benchmark, *, quick: bool) -> bool:
    """Run one and keep its runs; False when it broke."""
    print(f"{benchmark.name}: {benchmark.title}", flush=True)
    WORK.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(dir=WORK, prefix=f"{benchmark.name}-") as folder:
            runs = benchmark.run(_bench(Path(folder), quick=quick))
    except Skipped as reason:
        print(f"  skipped: {reason}", flush=True)
        return True
    except Failed as fault:
        print(f"  FAILED: {fault}", flush=True)
        return False
    for line in verdict_lines(benchmark.report(runs).verdicts):
        print(f"  {line}".rstrip())
    print(f"  in {time.perf_counter() - began:.0f} s", flush=True)
    if not quick:
        keep(record(benchmark.name, runs))
    return True


def _bench(work: Path, *, quick: bool) -> Bench:
    """What is measured gets a core of its own where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        return Bench(work, quick)
    return Bench(work, quick, cores[0], cores[1])


def _render(known: Sequence[Benchmark]) -> None:
    parts = [(one, found) for one in known if (found := kept(one.name))]
    write([(one.title, one.about, found, one.report(found.runs)) for one, found in parts])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
