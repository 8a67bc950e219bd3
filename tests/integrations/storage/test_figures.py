"""The figures of any period are those that come out when every line, turn and lead is looked at one by one."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, update

from flows.model import Json
from flows.outbound import Line
from integrations.storage.codec import micros
from integrations.storage.connect import Storage, open_storage
from integrations.storage.migrate import upgrade
from integrations.storage.tables import conversations, leads, messages, outbox, turns
from tests.contracts.storage_house import START, conversation, message, turn

Rows = dict[str, list[dict[str, Any]]]
TABLES: Mapping[str, Table] = {one.name: one for one in (conversations, messages, turns, leads)}
HOUR = 3_600_000_000
STATUSES = ("partial", "new", "qualified", "won", "lost")
NOW = micros(START)


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    """A worker on each database."""
    await upgrade(url)
    opened = await open_storage(url, worker="one:1:a", clock=lambda: START)
    yield opened
    await opened.close()


def some_rows(dice: random.Random, count: int, now: int = NOW) -> Rows:
    """Conversations of ten days until then, some of which go on for days, with reps who step in."""
    rows: Rows = {name: [] for name in TABLES}
    for number in range(count):
        name, began = f"c{number:03}", now - dice.randrange(10 * 24) * HOUR - dice.randrange(HOUR)
        source = dice.choice(["", "ad", "site"])
        version = dice.randrange(1, 6)
        head = {"id": name, "address": name, "person": f"p{number // 2}", "source": source, "started_at": began}
        rows["conversations"].append({**head, "version": version})
        for step in range(version):
            place = {"flow": "main", "step": dice.choice(["", "need", "team", "contact"])}
            rows["turns"].append({"conversation": name, "version": step + 1, "at": began, **place})
        rows["messages"] += some_lines(dice, name, began)
        if dice.random() < 0.6:
            owner, amount = dice.choice(["", "ann", "bob"]), dice.choice([None, 10_000, 99_950])
            money = {"amount_minor": amount, "amount_currency": dice.choice(["RUB", "USD"]) if amount else ""}
            state = {"status": dice.choice(STATUSES), "source": source, "owner": owner, "created_at": began}
            merged = "c000" if dice.random() < 0.1 else ""
            rows["leads"].append({"id": name, "conversation": name, "merged_into": merged, **state, **money})
    return rows


def some_lines(dice: random.Random, name: str, at: int) -> Iterator[dict[str, Any]]:
    """A dialogue; pauses last from moments to days."""
    for number in range(dice.randrange(14)):
        at += dice.choice([1_000, 2_000_000, 400_000_000, HOUR, 30 * HOUR]) * dice.randrange(1, 4)
        by = dice.choice(["prospect", "prospect", "bot", "bot", "ann", "bob"])
        bot = by == "bot"
        trace = '{"unanswered":1}' if bot and dice.random() < 0.2 else "{}"
        sources = dice.randrange(3) if bot else 0
        yield {"id": f"{name}.{number}", "conversation": name, "by": by, "at": at, "trace": trace, "sources": sources}


async def put(storage: Storage, rows: Rows) -> None:
    """Write rows as they are."""

    def job(connection: Connection) -> None:
        for name, some in rows.items():
            connection.execute(insert(TABLES[name]), some)

    await storage.database.write(job)


# ------------------------------------------------------------------ the same, said plainly
def counted(rows: Rows, since: int, until: int) -> dict[str, Json]:
    """The figures by their definitions."""
    said = [line for line in rows["messages"] if since <= line["at"] < until]
    began = {one["id"] for one in rows["conversations"] if since <= one["started_at"] < until}
    made = [one for one in rows["leads"] if since <= one["created_at"] < until and not one["merged_into"]]
    people = {one["id"]: one["person"] for one in rows["conversations"]}
    waits = waited(rows["messages"], since, until)
    reps = {"ann", "bob"}
    return {
        "people": len({people[line["conversation"]] for line in said if line["by"] == "prospect"}),
        "conversations": len(began),
        "won": sum(one["status"] == "won" for one in made),
        "total": len(made),
        "answers": {
            "bot": sum(line["by"] == "bot" for line in said),
            "sourced": sum(line["sources"] > 0 for line in said),
            "reps": sum(line["by"] in reps for line in said),
            "unanswered": sum(line["trace"] != "{}" for line in said),
        },
        "response_times": {
            who: {"count": len(own), **{name: share(own, part) for name, part in PARTS.items()}}
            for who, own in (("bot", waits["bot"]), ("rep", sorted(waits["ann"] + waits["bob"])))
            if own
        },
        "funnel": dict(funnel(rows, began)),
        "amounts": {
            money: amounts([one for one in made if one["amount_currency"] == money])
            for money in sorted({one["amount_currency"] for one in made} - {""})
        },
        "reps": {
            rep: (sum(one["owner"] == rep for one in made), sum(line["by"] == rep for line in said), len(waits[rep]))
            for rep in sorted(reps)
        },
    }


PARTS = {"median": 0.5, "p90": 0.9, "p95": 0.95}


def share(waits: Sequence[int], part: float) -> float:
    """The smallest wait that such a part of them did not exceed, in seconds."""
    return next(wait for wait in waits if sum(one <= wait for one in waits) >= math.ceil(part * len(waits))) / 1e6


def waited(lines: Sequence[Mapping[str, Any]], since: int, until: int) -> dict[str, list[int]]:
    """The bot's waits to the line before, a rep's to the last line that is not the bot's, if a prospect's."""
    waits: dict[str, list[int]] = {"bot": [], "ann": [], "bob": []}
    for place, line in enumerate(lines):
        before = [one for one in lines[:place] if one["conversation"] == line["conversation"]]
        heard = before if line["by"] == "bot" else [one for one in before if one["by"] != "bot"]
        if line["by"] != "prospect" and heard and heard[-1]["by"] == "prospect" and since <= heard[-1]["at"] < until:
            waits[line["by"]].append(line["at"] - heard[-1]["at"])
    return {by: sorted(own) for by, own in waits.items()}


def funnel(rows: Rows, began: set[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """How many stood at each step, and how many of them at another one for the first time after it."""
    ways = {name: [t["step"] for t in rows["turns"] if t["conversation"] == name and t["step"]] for name in began}
    firsts = {name: list(dict.fromkeys(way)) for name, way in ways.items()}
    for step in ("need", "team", "contact"):
        there = [way for way in firsts.values() if step in way]
        if there:
            yield step, (len(there), sum(way[-1] != step for way in there))


def amounts(made: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Of leads with an amount in one currency."""
    won = [one["amount_minor"] for one in made if one["status"] == "won"]
    still = [one["amount_minor"] for one in made if one["status"] in {"partial", "new", "qualified"}]
    average = math.floor(sum(won) / len(won) + 0.5) if won else 0
    return {"open": len(still), "pipeline": sum(still), "sales": len(won), "won": sum(won), "average": average}


def told(found: Mapping[str, Any]) -> dict[str, Json]:
    """What the product says, in the shape of `counted`."""
    return {
        **{name: found[name] for name in ("people", "conversations", "answers", "response_times", "amounts")},
        "won": found["leads"]["won"],
        "total": found["leads"]["total"],
        "funnel": {row["step"]: (row["conversations"], row["went_on"]) for row in found["funnel"]},
        "reps": {
            rep: (own["leads"], own["messages"], own["replies"])
            for rep in ("ann", "bob")
            for own in (found["reps"].get(rep, {"leads": 0, "messages": 0, "replies": 0}),)
        },
    }


# ------------------------------------------------------------------ tests
async def test_the_figures_of_any_period_are_those_of_its_rows(storage: Storage) -> None:
    dice = random.Random(20261122)
    rows = some_rows(dice, 60)
    await put(storage, rows)
    for _ in range(12):
        since = START - timedelta(seconds=dice.randrange(11 * 86_400))
        until = since + timedelta(seconds=dice.randrange(1, 12 * 86_400))
        found = await storage.reports.stats(since, until)
        assert told(found) == counted(rows, micros(since), micros(until)), (since, until)


async def test_what_changes_is_counted_again(storage: Storage) -> None:
    dice = random.Random(7)
    rows = some_rows(dice, 8)
    await put(storage, rows)
    begin, end = START - timedelta(days=40), START + timedelta(days=40)
    assert told(await storage.reports.stats(begin, end)) == counted(rows, micros(begin), micros(end))
    more = {name: [dict(row) for row in some] for name, some in some_rows(dice, 8).items() if name == "messages"}
    for line in more["messages"]:
        line["id"] = f"{line['id']}+"
    await put(storage, more)
    rows["messages"] += more["messages"]
    again = update(conversations).values(version=conversations.c.version + 1)
    await storage.database.write(lambda connection: connection.execute(again))
    assert told(await storage.reports.stats(begin, end)) == counted(rows, micros(begin), micros(end))
    await storage.reports.tally()
    assert told(await storage.reports.stats(begin, end)) == counted(rows, micros(begin), micros(end))


async def test_a_line_that_was_taken_back_or_came_without_a_turn_is_counted_right(storage: Storage) -> None:
    base = conversation()
    reply = message(base, START + timedelta(seconds=5))
    await storage.conversations.commit(turn(base, START, dispatches=[reply]))
    end = START + timedelta(hours=1)
    assert (await storage.reports.stats(START, end))["answers"] == answers(bot=1)
    free = update(outbox).values(leased_by="")
    await storage.database.write(lambda connection: connection.execute(free))
    assert await storage.outbox.cancel(reply.key)
    assert (await storage.reports.stats(START, end))["answers"] == answers(bot=0)
    await storage.conversations.done([], START, [Line("1.in", base.id, "ann", START, "hello")])
    assert (await storage.reports.stats(START, end))["answers"] == answers(reps=1)


def answers(*, bot: int = 0, reps: int = 0) -> dict[str, int]:
    """Lines of the bot and of reps."""
    return {"bot": bot, "sourced": 0, "reps": reps, "unanswered": 0}


async def test_two_who_count_at_once_count_once(url: str) -> None:
    await upgrade(url)
    workers = [await open_storage(url, worker=f"w{number}:1:a", clock=lambda: START) for number in range(2)]
    rows = some_rows(random.Random(3), 30)
    try:
        await put(workers[0], rows)
        begin, end = START - timedelta(days=40), START + timedelta(days=40)
        for found in await asyncio.gather(*(worker.reports.stats(begin, end) for worker in workers)):
            assert told(found) == counted(rows, micros(begin), micros(end))
    finally:
        for worker in workers:
            await worker.close()
