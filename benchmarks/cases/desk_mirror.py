"""How far the threads of Slack lag behind the chats, and at which pace they begin to."""

import asyncio
import random
import time
from collections.abc import Sequence
from statistics import quantiles

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.desk_office import REP, Chat, Office, opened
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_most, none_of

CHATS, TAKEN = 50, 10
WARM_UP = 60.0  # seconds; a new process looks into each thread once before it posts there
PACES = ((60.0, 120.0), (90.0, 120.0), (45.0, 60.0))
"""Seconds between two messages of a prospect, and for how many seconds all keep to it; the first is the target's."""
LIMIT = 5.0
_AFTERWARDS = 30.0  # seconds in which what was said last may still appear
_SAID = (
    "Кофемашина в офис на 25 человек",
    "до 300 тысяч рублей",
    "через две недели",
    "да, разрешаю",
    "kate@example.com",
    "нет, спасибо",
)
_ASKED = ("Сколько стоит Jura X8?", "А доставка есть?", "Какая гарантия?", "Сколько стоит Jura E8?")
_ANSWERED = ("Сейчас уточню", "Да, конечно", "Хорошо, так и сделаем")


def run(bench: Bench) -> Sequence[Run]:
    """One process, at one pace after the other, from the slowest to the fastest."""
    return asyncio.run(_measured(bench))


async def _measured(bench: Bench) -> Sequence[Run]:
    count, taken = bench.size(CHATS, 5), bench.size(TAKEN, 1)
    paces = ((10.0, 20.0), (6.0, 12.0)) if bench.quick else PACES
    async with opened(bench.folder("office"), count, taken, socket=True) as office:
        pace = _Pace(paces[0][0])
        talks = [asyncio.create_task(_talks(office, chat, pace, number)) for number, chat in enumerate(office.chats)]
        await asyncio.sleep(bench.size(int(WARM_UP), 5))
        spans = []
        for seconds, lasts in paces:
            pace.seconds = seconds
            began = time.time()
            await asyncio.sleep(lasts)
            spans.append((seconds, began, time.time()))
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(_AFTERWARDS)
        refused = office.slack.refused
        return [{**_lags(office, *span), "refused": len(refused)} for span in spans]


class _Pace:
    """How often everybody speaks, now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


async def _talks(office: Office, chat: Chat, pace: _Pace, number: int) -> None:
    """A prospect answers, then asks on and on; where a rep leads the chat, the rep answers soon."""
    dice = random.Random(number)
    await asyncio.sleep(dice.uniform(0, pace.seconds))
    turn = 0
    while True:
        chat.user.says(_SAID[turn] if turn < len(_SAID) else _ASKED[turn % len(_ASKED)])
        turn += 1
        wait = pace.seconds * dice.uniform(0.7, 1.3)
        if chat.taken:
            await asyncio.sleep(wait / 3)
            await office.staff.writes(REP, chat.root, _ANSWERED[turn % len(_ANSWERED)])
            wait -= wait / 3
        await asyncio.sleep(wait)


def _lags(office: Office, pace: float, began: float, ended: float) -> Run:
    """Of all that was said in that time, by prospects and by the bot."""
    taken = {chat.conversation: chat.taken for chat in office.chats}
    found: dict[bool, list[float]] = {True: [], False: []}
    missing, posts = 0, set()
    for conversation, _, at, message in office.lines():
        if not began <= at < ended:
            continue
        shown = office.slack.state.appeared.get(message)
        if shown is None:
            missing += 1
        else:
            posts.add(message)
            found[taken[conversation]].append(shown - at)
    everything = found[True] + found[False]
    if len(found[True]) < 2 or len(found[False]) < 2:
        raise Failed("desk_mirror", f"at a pace of {pace:g} s only {len(everything)} lines were shown")
    return {
        "config": f"{pace:g} s",
        "lines": len(everything) + missing,
        "missing": missing,
        "posts_per_s": round(len(posts) / (ended - began), 2),
        "p50_s": round(_share(everything, 50), 2),
        "p95_s": round(_share(everything, 95), 2),
        "max_s": round(max(everything), 2),
        "taken_p95_s": round(_share(found[True], 95), 2),
        "bots_p95_s": round(_share(found[False], 95), 2),
    }


def _share(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def report(runs: Sequence[Run]) -> Report:
    """Seconds from a line's storing to its appearance, at each pace."""
    first = runs[0]
    verdicts = (
        at_most(f"s behind at p95, {CHATS} chats, a message each {first['config']}", LIMIT, first["p95_s"]),
        none_of("lines that did not appear", sum(one["missing"] for one in runs)),
        none_of("calls that Slack refused", max(one["refused"] for one in runs)),
    )
    broken = next((one["config"] for one in runs if one["p95_s"] > LIMIT), "")
    passed = f"{LIMIT:g} s are passed when every prospect writes each {broken}."
    note = passed if broken else "At no pace was the limit passed."
    head = (
        "a prospect writes each", "lines", "posts/s", "p50 s", "p95 s", "longest s", "p95 s where a rep leads",
        "p95 s where the bot does",
    )  # fmt: skip
    names = ("config", "lines", "posts_per_s", "p50_s", "p95_s", "max_s", "taken_p95_s", "bots_p95_s")
    return Report(verdicts, (Table(head, tuple(tuple(str(one[name]) for name in names) for one in runs)),), (note,))


BENCHMARK = Benchmark(
    "desk_mirror",
    "Threads beside their chats",
    f"{CHATS} chats with a thread each, {TAKEN} of them led by a rep, who answers each message; the bot answers the "
    "others, whose lines are gathered for two seconds. A real process over SQLite and a socket, between the strict "
    "Slack with its real limits (a post a second in a channel, 50 changes of cards a minute) and the strict Telegram "
    "of the tests. From the moment at which a line is stored to its appearance in the thread; the first "
    f"{WARM_UP:g} s after the start are not counted. Prospects keep a pace, give or take a third, then all speak "
    "faster.",
    run,
    report,
)
