"""How soon a rep's words, written in a thread of Slack, reach the prospect's Telegram."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from statistics import quantiles

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.desk_office import REP, Chat, Office, opened
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_most, none_of

CHATS = 50
WRITTEN = 12  # in each chat
PAUSE = 5.0  # seconds between two replies in a chat
LIMIT_MS = 150
TRANSPORTS = ("signed HTTP", "socket")
_PATIENCE = 10.0  # seconds until words count as lost
_SYLLABLES = ("ба", "во", "ги", "де", "жу", "за", "ки", "ло")
"""Words are told apart without figures: those that are in no price list are held for a moment."""


def run(bench: Bench) -> Sequence[Run]:
    """One transport after the other, each over a process and a database of its own."""
    chats, written = bench.size(CHATS, 5), bench.size(WRITTEN, 3)
    return tuple(asyncio.run(_measured(bench, name, chats, written)) for name in TRANSPORTS)


async def _measured(bench: Bench, name: str, count: int, written: int) -> Run:
    folder = bench.folder(name.split(maxsplit=1)[0])
    async with opened(folder, count, count, socket=name == "socket") as office, asyncio.TaskGroup() as group:
        await _answered(office, office.chats[0], "первое")  # a new process looks people up and connects
        writing = [
            group.create_task(_writes(office, chat, number, written)) for number, chat in enumerate(office.chats)
        ]
    took = [found for chat in writing for found in chat.result()]
    known = sorted(found * 1000 for found in took if found is not None)
    if len(known) < 2:
        raise Failed(name, "no words arrived")
    shares = quantiles(known, n=100)
    return {
        "config": name,
        "replies": len(took),
        "lost": len(took) - len(known),
        **{f"p{share}_ms": round(shares[share - 1], 1) for share in (50, 95, 99)},
        "max_ms": round(known[-1], 1),
    }


async def _writes(office: Office, chat: Chat, number: int, written: int) -> list[float | None]:
    await asyncio.sleep(number * PAUSE / len(office.chats))
    took = []
    for word in itertools.islice(itertools.product(_SYLLABLES, repeat=3), written):
        began = time.perf_counter()
        took.append(await _answered(office, chat, f"Да, подойдёт, {''.join(word)}"))
        await asyncio.sleep(max(PAUSE - (time.perf_counter() - began), 0.0))
    return took


async def _answered(office: Office, chat: Chat, words: str) -> float | None:
    """Seconds from Slack's request to the call of Telegram; None where there was none."""
    began = time.perf_counter()
    await office.staff.writes(REP, chat.root, words)
    while time.perf_counter() - began < _PATIENCE:
        for at, text in office.telegram.arrived.get(chat.user.id, ()):
            if words in text:
                return at - began
        await asyncio.sleep(0.005)
    return None


def report(runs: Sequence[Run]) -> Report:
    """Milliseconds until Telegram is called."""
    verdicts = tuple(
        at_most(f"ms from Slack to Telegram, median, {one['config']}", LIMIT_MS, one["p50_ms"]) for one in runs
    )
    lost = none_of("replies that did not arrive", sum(one["lost"] for one in runs))
    head = ("transport", "replies", "p50 ms", "p95 ms", "p99 ms", "longest ms")
    names = ("config", "replies", "p50_ms", "p95_ms", "p99_ms", "max_ms")
    return Report((*verdicts, lost), (Table(head, tuple(tuple(str(one[name]) for name in names) for one in runs)),))


BENCHMARK = Benchmark(
    "desk_reply",
    "A rep's reply",
    f"{CHATS} chats that a rep leads, in each of which the rep writes every {PAUSE:g} s, to a real process over SQLite "
    "between the strict Slack and the strict Telegram of the tests, which share a process of their own. From the "
    "moment at which Slack's request or envelope is sent to the moment at which `sendMessage` arrives. Words that are "
    "held on purpose, the first after a take-over and those with figures, are not among them.",
    run,
    report,
)
