"""The published numbers are the measured ones: made of kept raw runs, and of nothing else."""

from pathlib import Path

import pytest

from benchmarks.benchmark import Skipped
from benchmarks.cases import correctness, memory, start, turns
from benchmarks.load import FAULTS, SALE, clean, require
from benchmarks.records import Record, Run, kept
from benchmarks.registry import benchmarks
from benchmarks.report import RESULTS, Report, render

MEASURED = [one for one in benchmarks().values() if kept(one.name)]


def load(config: str, cpu: float = 1.0, p95: float = 100.0, **more: object) -> Run:
    faults = dict.fromkeys(FAULTS, 0)
    latency = {"p50": 1.0, "p95": p95, "p99": p95}
    rss = {"before": 170, "peak": 180, "after": 172}
    return {
        "config": config, "turns": 800, "conversations": 100, "completed": 100, "turns_per_s": 500.0, "errors": {},
        "latency_ms": latency, "bot_cpu_s_per_1000_turns": cpu, "bot_rss_mb": rss, "api_calls": {"sendMessage": 800},
        "bot_rss_growth_kb_per_conversation": 0.5, "start_seconds": 3.0, "first_reply_ms": 5.0, **faults, **more,
    }  # fmt: skip


def verdicts(report: Report) -> list[bool]:
    return [one.met for one in report.verdicts]


def test_every_benchmark_is_found_by_its_file() -> None:
    assert list(benchmarks())[:4] == ["turns", "correctness", "memory", "start"]


def test_the_page_is_what_the_kept_runs_say() -> None:
    parts = [(one.title, one.about, found, one.report(found.runs)) for one in MEASURED if (found := kept(one.name))]
    written = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else render([])
    assert written == render(parts)


def test_each_run_is_compared_with_its_neighbours() -> None:
    runs = [load("echo", 1.0), load("SQLite", 0.25, 20.0), load("echo", 2.0, 300.0), load("SQLite", 1.5), load("echo")]
    report = turns.report(runs)
    assert [one.measured for one in report.verdicts] == ["3.5", "0.3"]  # of 6 and 1, and of 0.1 and 0.5
    assert verdicts(report) == [True, True]


def test_a_target_that_was_not_reached_says_so() -> None:
    report = turns.report([load("echo"), load("SQLite", 0.9, 90.0), load("echo")])
    record = Record("turns", "abc", "today", "a machine", ())
    page = render([("Turns", "About turns.", record, report)])
    assert page.count("**not reached**") == 2
    assert "at commit `abc` on a machine" in page


STORED = {"leads": 100, "open_inbox": 0, "open_outbox": 0, "failed_outbox": 0, "replies": 800}


@pytest.mark.parametrize(
    "fault",
    [
        {"lost_turns": 1},
        {"out_of_order_replies": 1},
        {"api_calls": {"sendMessage": 801}},
        {"leads": 99},
        {"open_inbox": 1},
        {"failed_outbox": 1},
    ],
)
def test_every_fault_under_load_counts(fault: dict[str, object]) -> None:
    good = load(correctness.CALM, **STORED)
    assert all(verdicts(correctness.report([good])))
    assert verdicts(correctness.report([{**good, **fault}])).count(False) == 1


def test_a_reply_in_flight_at_the_kill_may_come_twice() -> None:
    twice = {"api_calls": {"sendMessage": 803}, "duplicate_replies": 3}
    assert all(verdicts(correctness.report([{**load(correctness.KILLED, **STORED), **twice}])))
    assert not all(verdicts(correctness.report([{**load(correctness.CALM, **STORED), **twice}])))


def test_memory_and_start_know_their_limits() -> None:
    grown = load(memory.BUSY, bot_rss_mb={"before": 180, "peak": 230, "after": 225})
    assert verdicts(memory.report([load(memory.IDLE), grown])) == [True, False]
    slow = [{"config": start.IMPORT, "start_seconds": 2.0}, {"config": start.HELP, "start_seconds": 1.5}]
    assert verdicts(start.report([*slow, load(start.READY), load(start.ECHO)])) == [True, False]


def test_a_run_with_a_fault_gives_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "load.log").write_text("chat 1: gave up")
    clean(load("echo"), tmp_path)
    with pytest.raises(Exception, match="gave up"):
        clean(load("echo", lost_turns=1), tmp_path)


def test_without_the_load_tool_a_benchmark_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.load.TOOL", tmp_path / "telegram_load.py")
    with pytest.raises(Skipped, match="is not there"):
        require()


def test_the_measured_sale_checks_every_step() -> None:
    assert SALE.read_text(encoding="utf-8").count('"expect"') == 8
