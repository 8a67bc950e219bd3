"""What idle conversations hold in memory, and whether memory grows with turns."""

from collections.abc import Sequence

from benchmarks.benchmark import Bench, Benchmark
from benchmarks.load import clean, play, product
from benchmarks.records import Run
from benchmarks.report import Report, Table, Verdict, at_most

USERS = 50
IDLE, BUSY = "idle", "busy"
IDLE_CONVERSATIONS = 10_000
IDLE_STEPS = 3
IDLE_WARMUP = 500
SALE_TURNS = 8
# More conversations than the product remembers, so that its memory of them is full before the growth is measured.
BUSY_WARMUP = 5_000
BUSY_CONVERSATIONS = 12_500
FLAT_MB = 5


def run(bench: Bench) -> Sequence[Run]:
    """Ten thousand prospects who stop in the middle; then a hundred thousand turns."""
    idle, busy = bench.folder(IDLE), bench.folder(BUSY)
    many, warm = bench.size(IDLE_CONVERSATIONS, 60), bench.size(IDLE_WARMUP, 50)
    sales, first = bench.size(BUSY_CONVERSATIONS, 60), bench.size(BUSY_WARMUP, 50)
    return (
        clean(play(bench, product(IDLE), idle, users=USERS, conversations=many, warmup=warm, steps=IDLE_STEPS), idle),
        clean(play(bench, product(BUSY), busy, users=USERS, conversations=sales, warmup=first), busy),
    )


def report(runs: Sequence[Run]) -> Report:
    """Growth of the resident set, in MB."""
    named = {one["config"]: one for one in runs}
    idle, busy = named[IDLE], named[BUSY]
    grown = busy["bot_rss_mb"]["after"] - busy["bot_rss_mb"]["before"]
    verdicts = (
        at_most("MB per 10,000 idle conversations", 10, idle["bot_rss_growth_kb_per_conversation"] * 10_000 / 1024),
        Verdict(f"MB grown over {busy['turns']:,} turns", f"≤ {FLAT_MB}", str(grown), grown <= FLAT_MB),
    )
    head = ("run", "conversations", "turns", "MB before", "MB at most", "MB after", "turns/s")
    rows = tuple(
        (
            one["config"],
            str(one["conversations"]),
            str(one["turns"]),
            *(str(one["bot_rss_mb"][when]) for when in ("before", "peak", "after")),
            f"{one['turns_per_s']:.0f}",
        )
        for one in runs
    )
    return Report(verdicts, (Table(head, rows),))


BENCHMARK = Benchmark(
    "memory",
    "Memory",
    f"Resident memory of the process over SQLite. Idle: {IDLE_CONVERSATIONS:,} prospects answer the first question and "
    f"fall silent ({IDLE_WARMUP} before them are not counted). Busy: {BUSY_CONVERSATIONS * SALE_TURNS:,} turns after a "
    f"warm-up of {BUSY_WARMUP * SALE_TURNS:,}.",
    run,
    report,
)
