"""How soon Slack's requests are acknowledged, stored first, while fifty threads are busy."""

import asyncio
from collections.abc import Sequence
from statistics import quantiles

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.desk_office import REP, Chat, Office, opened
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_most, none_of

THREADS = 50
WRITTEN = 20  # in each thread
PAUSE = 2.0  # seconds between two requests of a thread
COMMANDED = 20  # one in so many of them is a command too
LIMIT_MS = 300
TRANSPORTS = ("signed HTTP", "socket")


def run(bench: Bench) -> Sequence[Run]:
    """One transport after the other, each over a process and a database of its own."""
    written = bench.size(WRITTEN, 3)
    return tuple(asyncio.run(_measured(bench, name, written)) for name in TRANSPORTS)


async def _measured(bench: Bench, name: str, written: int) -> Run:
    folder = bench.folder(name.split(maxsplit=1)[0])
    async with opened(folder, THREADS, THREADS, socket=name == "socket") as office, asyncio.TaskGroup() as group:
        threads = [group.create_task(_busy(office, chat, number, written)) for number, chat in enumerate(office.chats)]
    took = [seconds for thread in threads for seconds in thread.result()]
    known = [seconds * 1000 for seconds in took if seconds is not None]
    if len(known) < len(took) / 2:
        raise Failed(name, f"{len(known)} of {len(took)} requests were acknowledged")
    return {
        "config": name,
        "requests": len(took),
        "unacknowledged": len(took) - len(known),
        "p50_ms": round(quantiles(known, n=100)[49], 1),
        "p99_ms": round(quantiles(known, n=100)[98], 1),
        "max_ms": round(max(known), 1),
    }


async def _busy(office: Office, chat: Chat, number: int, written: int) -> list[float | None]:
    """A rep writes and the prospect does, over and over; now and then the rep asks for figures, which come later."""
    took: list[float | None] = []
    await asyncio.sleep(number * PAUSE / THREADS)
    for turn in range(written):
        chat.user.says("А доставка есть?")
        _, sent = await office.staff.writes(REP, chat.root, "Да, конечно")
        took += sent.tries
        if (number + turn) % COMMANDED == 0:
            took += (await office.staff.commands(REP, "/stats", "7d"))[0].tries
        await asyncio.sleep(PAUSE)
    return took


def report(runs: Sequence[Run]) -> Report:
    """Milliseconds until the acknowledgement, as Slack sees them."""
    verdicts = tuple(at_most(f"ms until acknowledged, p99, {one['config']}", LIMIT_MS, one["p99_ms"]) for one in runs)
    lost = none_of("requests not acknowledged", sum(one["unacknowledged"] for one in runs))
    head = ("transport", "requests", "p50 ms", "p99 ms", "longest ms")
    rows = tuple(
        (one["config"], str(one["requests"]), str(one["p50_ms"]), str(one["p99_ms"]), str(one["max_ms"]))
        for one in runs
    )
    return Report((*verdicts, lost), (Table(head, rows),))


BENCHMARK = Benchmark(
    "desk_acks",
    "Acknowledging Slack",
    f"{THREADS} chats that a rep leads, in each of which rep and prospect write every {PAUSE:g} s; one in {COMMANDED} "
    "times the rep asks for figures too. A real process over SQLite stores each event before it acknowledges it, sends "
    "the words to Telegram and the prospects' to Slack, and draws charts meanwhile. The strict Slack and the strict "
    "Telegram of the tests share a process of their own.",
    run,
    report,
)
