"""A whole sale, turn by turn, beside the stock echo bot: CPU, latency, and the same over PostgreSQL."""

import asyncio
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import mean, median

import asyncpg

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.load import (
    Bot,
    assistant,
    bare_environment,
    clean,
    cpu_ms,
    play,
    product,
    require,
    settings,
    stock_echo,
)
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_least, at_most, spread
from tests.servers import Unavailable, postgres

USERS = 50
PAIRS = 5
CONVERSATIONS = 600
SQLITE = "SQLite"
POSTGRES = "PostgreSQL"
ANCHOR = "echo"


def run(bench: Bench) -> Sequence[Run]:
    """Echo and product take turns, so that each product run has an echo run on either side."""
    require()
    runs: list[Run] = []
    with ExitStack() as servers:
        address = _server(servers)
        for pair in range(bench.size(PAIRS, 1)):
            runs.append(_play(bench, stock_echo(), f"echo-{pair}"))
            runs.append(_play(bench, product(SQLITE), f"sqlite-{pair}"))
            if address:
                runs.append(_play(bench, stock_echo(), f"echo-{pair}-2"))
                runs.append(_play(bench, product(POSTGRES, _database(address, pair)), f"postgres-{pair}"))
        runs.append(_play(bench, stock_echo(), "echo-last"))
    return runs


def _play(bench: Bench, bot: Bot, name: str) -> Run:
    folder = bench.folder(name)
    conversations = bench.size(CONVERSATIONS, 30)
    return clean(play(bench, bot, folder, users=USERS, conversations=conversations, warmup=USERS), folder)


def _server(servers: ExitStack) -> str:
    """The address of a private PostgreSQL that syncs as a real one does; empty where there is none."""
    try:
        return servers.enter_context(postgres(durable=True))
    except Unavailable as reason:
        print(f"  without PostgreSQL: {reason}")
        return ""


def _database(address: str, number: int) -> str:
    """A new database with the newest schema."""
    url = f"{address}/bench_{number}"

    async def create() -> None:
        connection = await asyncpg.connect(f"{address.replace('+asyncpg', '')}/postgres")
        await connection.execute(f"CREATE DATABASE bench_{number}")
        await connection.close()

    asyncio.run(create())
    environment = {**bare_environment(), **settings(url), "TELEGRAM_API_URL": ""}
    done = subprocess.run([assistant(), "migrate"], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed("migrate", done.stdout + done.stderr)
    return url


def report(runs: Sequence[Run]) -> Report:
    """The targets over SQLite, and every configuration's ratios."""
    cpu, late = _ratios(runs, SQLITE)
    verdicts = (
        at_least("turns per CPU-second ÷ echo's (aim: 3)", 2, median(1 / ratio for ratio in cpu)),
        at_most("p95 ÷ echo's p95", 0.3, median(late)),
    )
    head = (
        "bot", "runs", "CPU ms a turn", "turns per CPU-s ÷ echo's", "turns/s", "p50 ms", "p95 ms", "p99 ms",
        "p95 ÷ echo's", "API calls a turn", "RSS MB",
    )  # fmt: skip
    names = [name for name in (ANCHOR, SQLITE, POSTGRES) if any(one["config"] == name for one in runs)]
    return Report(verdicts, (Table(head, tuple(_row(runs, name) for name in names)),))


def _row(runs: Sequence[Run], name: str) -> tuple[str, ...]:
    own = [one for one in runs if one["config"] == name]
    cpu, late = _ratios(runs, name) if name != ANCHOR else ([1.0], [1.0])
    calls = [sum(one["api_calls"].values()) - one["api_calls"].get("getUpdates", 0) for one in own]
    return (
        name,
        str(len(own)),
        spread([cpu_ms(one) for one in own]),
        spread([1 / ratio for ratio in cpu]),
        spread([one["turns_per_s"] for one in own], ".0f"),
        *(spread([one["latency_ms"][share] for one in own], ".1f") for share in ("p50", "p95", "p99")),
        spread(late, ".2f"),
        f"{median(count / one['turns'] for count, one in zip(calls, own, strict=True)):.2f}",
        f"{median(one['bot_rss_mb']['after'] for one in own):.0f}",
    )


def _ratios(runs: Sequence[Run], name: str) -> tuple[list[float], list[float]]:
    """CPU a turn and p95 of each run of a bot, over the mean of its two neighbouring echo runs."""
    cpu, late = [], []
    for index, one in enumerate(runs):
        if one["config"] == name:
            beside = [near for near in (runs[index - 1], runs[index + 1]) if near["config"] == ANCHOR]
            cpu.append(cpu_ms(one) / mean(cpu_ms(near) for near in beside))
            late.append(one["latency_ms"]["p95"] / mean(near["latency_ms"]["p95"] for near in beside))
    return cpu, late


BENCHMARK = Benchmark(
    "turns",
    "A whole sale beside a stock echo bot",
    f"{USERS} users, long polling. A sale is eight turns from /start to a lead and the question about news, each "
    "checked against what must be said; five of them are presses, which cost a second API call. All is durable: the "
    "message before it is confirmed, the turn before it is answered (SQLite: WAL, synchronous FULL; PostgreSQL: fsync "
    "on, its own CPU not counted). The echo bot stores nothing.",
    run,
    report,
)
