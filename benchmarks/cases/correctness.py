"""Thousands of prospects at once, updates delivered twice, the process killed: nothing lost, doubled or muddled."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.load import FAULTS, play, product
from benchmarks.records import Run
from benchmarks.report import Report, Table, Verdict, none_of

PROSPECTS = 5_000
REDELIVERED = 0.3
CRASH_AFTER = 5  # seconds; the load takes several times that
TURN_TIMEOUT = 120
CALM, KILLED = "not killed", "killed once"
LEFT = {
    "leads": "SELECT count(*) FROM leads WHERE status <> 'partial'",
    "open_inbox": "SELECT count(*) FROM inbox WHERE done_at IS NULL",
    "open_outbox": "SELECT count(*) FROM outbox WHERE status = 'open' AND kind = 'message'",
    "failed_outbox": "SELECT count(*) FROM outbox WHERE status = 'failed'",
    "replies": "SELECT count(*) FROM outbox WHERE kind = 'message'",
}


def run(bench: Bench) -> Sequence[Run]:
    """Once as it is, once with a kill -9 in the middle. Raises `Failed` for any fault that no kill explains."""
    runs = [_play(bench, CALM, 0), _play(bench, KILLED, bench.size(CRASH_AFTER, 1))]
    for verdict in report(runs).verdicts:
        if not verdict.met:
            raise Failed(verdict.what, f"{verdict.measured} instead of {verdict.target}; {runs}")
    return runs


def _play(bench: Bench, name: str, crash_after: int) -> Run:
    prospects = bench.size(PROSPECTS, 100)
    folder = bench.folder(name.replace(" ", "-"))
    numbers = play(
        bench,
        product(name),
        folder,
        users=prospects,
        conversations=prospects,
        warmup=0,
        redeliver=REDELIVERED,
        turn_timeout=TURN_TIMEOUT,
        settle=2,
        crash_after=crash_after,
    )
    return {**numbers, **_left(folder / "data" / "assistant.db")}


def _left(file: Path) -> dict[str, int]:
    """What the database holds after the bot was stopped."""
    with closing(sqlite3.connect(file)) as database:
        return {name: database.execute(query).fetchone()[0] for name, query in LEFT.items()}


def report(runs: Sequence[Run]) -> Report:
    """Every counter; a repeated reply is allowed to the killed bot only, and there once a prospect at most."""
    verdicts: list[Verdict] = []
    for one in runs:
        sent = one["api_calls"]["sendMessage"]
        lost = one["lost_turns"] + one["buttons_not_found"] + one["conversations"] - one["completed"]
        killed = one["config"] == KILLED
        verdicts += [
            none_of(f"lost replies, {one['config']}", lost),
            none_of(f"out of order, {one['config']}", one["out_of_order_replies"] + one["extra_messages"]),
            _repeated(one, sent - one["replies"]) if killed else none_of(f"doubled, {CALM}", sent - one["turns"]),
            none_of(f"prospects without a lead, {one['config']}", one["conversations"] - one["leads"]),
            none_of(f"left open or failed, {one['config']}", _open(one)),
        ]
    head = ("run", "prospects", "turns", "turns/s", "p95 ms", *(name.replace("_", " ") for name in FAULTS))
    rows = tuple(
        (
            one["config"],
            str(one["conversations"]),
            str(one["turns"]),
            f"{one['turns_per_s']:.0f}",
            f"{one['latency_ms']['p95']:.0f}",
            *(str(one[name]) for name in FAULTS),
        )
        for one in runs
    )
    return Report(tuple(verdicts), (Table(head, rows),))


def _repeated(one: Run, again: int) -> Verdict:
    """Replies that were under way at the kill: Telegram knows no key by which it could tell that it has them."""
    most = one["conversations"]
    met = again == one["duplicate_replies"] and again <= most
    return Verdict(f"repeated after the kill, {KILLED}", "≤ 1 a prospect", f"{again} for {most}", met)


def _open(one: Run) -> int:
    return int(one["open_inbox"] + one["open_outbox"] + one["failed_outbox"])


BENCHMARK = Benchmark(
    "correctness",
    "Right under load",
    f"{PROSPECTS:,} prospects who all begin at once, {REDELIVERED:.0%} of the updates delivered twice, over SQLite; "
    f"the second run is killed (SIGKILL) after {CRASH_AFTER:g} s and started again. Each reply is checked against what "
    "must be said; afterwards the database is read. A press that was being acknowledged at the kill may stay without "
    "its acknowledgement, which is only a hint.",
    run,
    report,
)
