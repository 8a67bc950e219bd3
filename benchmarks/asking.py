"""`python -m benchmarks.asking RUNS`: asks a database for figures and files as staff do, and prints how that went."""

import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Final, TypeVar

import orjson

from benchmarks.seeded import DAYS, END
from bot.content import Content, load
from bot.exporting import export_of
from bot.process import begin, in_loop
from bot.wiring import storage
from flows.ports.people import Person
from handlers.desk.card import LeadCard
from handlers.desk.commands import Commands, Reply, Sources
from handlers.desk.known import Knowing
from handlers.disclose import disclosure
from handlers.figures import Drawing
from handlers.report import Stats
from integrations.charts import VegaCharts
from integrations.storage.connect import Storage

T = TypeVar("T")
BOSS: Final = Person("boss", "boss@example.com", "manager", "Boss")


async def measured(runs: int) -> dict[str, object]:
    """Seconds and megabytes: the first count, the figures, the command with its chart, and two files of all leads."""
    settings = begin()
    content, charts = load(settings), VegaCharts()
    async with storage(settings) as store:
        commands = commands_of(content, store, charts)
        counted = (await timed(store.reports.tally()))[0]
        figures = [(await timed(store.reports.stats(END.replace(month=10), END)))[0] for _ in range(runs)]
        first, _ = await timed(asked(commands, "stats", f"{DAYS}d"))
        whole = [(await timed(asked(commands, "stats", f"{DAYS}d")))[0] for _ in range(runs)]
        await charts.close()
        files = {kind: await exported(commands, kind) for kind in ("csv", "xlsx")}
    return {"counted_s": counted, "figures_s": figures, "first_command_s": first, "command_s": whole, "files": files}


def commands_of(content: Content, store: Storage, charts: VegaCharts) -> Commands:
    """The commands of a desk, over that database."""
    destinations = content.knowledge.destinations
    sources = Sources(
        stats=Stats(store.reports),
        leads=store.leads,
        staff=store.staff,
        export=export_of(content, store.leads),
        knowing=Knowing(store.conversations, store.leads, store.promises, store.staff, destinations),
        view=disclosure(destinations, "slack"),
        card=lambda texts: LeadCard(content.catalog, texts, END.tzinfo, lambda lead: f"/leads/{lead}"),
        service="slack",
        draw=Drawing(charts),
    )
    return Commands(sources, "ru")


async def asked(commands: Commands, command: str, arguments: str) -> Reply:
    """What a manager is answered; it has a file."""
    reply = await commands(command, arguments, BOSS, "ru", END)
    if not reply.posts[0].files:
        raise RuntimeError(reply.posts[0].text)
    return reply


async def exported(commands: Commands, kind: str) -> dict[str, float]:
    """How long a file of all leads takes, its size, and how much more memory is resident at most meanwhile."""
    forget_peak()
    before = resident("VmRSS")
    seconds, reply = await timed(asked(commands, "export", kind))
    size = reply.posts[0].files[0].size
    return {"seconds": seconds, "mb": size / 2**20, "grown_mb": resident("VmHWM") - before}


def forget_peak() -> None:
    """The peak of resident memory begins anew."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def resident(name: str) -> float:
    """A line of the process's status, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


async def timed(work: Awaitable[T]) -> tuple[float, T]:
    """Seconds and outcome."""
    began = time.perf_counter()
    done = await work
    return time.perf_counter() - began, done


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(in_loop(lambda: measured(int(sys.argv[1])))))
