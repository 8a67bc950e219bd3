"""The figures of the command line, of the API and of the desk's /stats are the same numbers, on both databases."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.desk import Post
from flows.ports.people import Person
from handlers.desk.commands import Commands
from handlers.figures import sections
from handlers.report import Stats
from integrations.clock import utc_now
from integrations.storage.codec import micros
from integrations.storage.connect import Storage, open_storage
from integrations.storage.migrate import upgrade
from locales.operators import messages
from tests.bot.api.conftest import TOKEN, World, client_of
from tests.bot.conftest import Run
from tests.contracts.storage_house import store_url
from tests.handlers.desk.office import Office
from tests.integrations.storage.test_figures import put, some_rows

BOSS = Person("boss", "boss@example.com", "manager", "Boss")


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
@pytest.mark.parametrize("days", [3, 30])
def test_the_figures_agree_to_the_unit(
    store: str, days: int, request: pytest.FixtureRequest, assistant: Run, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    url = store_url(store, request, place)
    asyncio.run(filled(url))
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef0123456789abcdef")
    code, out, errors = assistant("stats", "--days", str(days), "--json")
    assert (code, errors) == (0, "")
    printed = orjson.loads(out)
    served, post = asyncio.run(asked(url, days))
    assert numbers(printed) == numbers(served)
    assert printed["people"] > 0
    assert printed["leads"]["total"] > 0
    first, *others = sections(served, messages("en"), {"ann": "Ann"})
    assert [(field.label, field.value) for field in post.fields] == list(first.rows)
    shown = post.text.replace("\\", "")
    for section in others:
        rows = "\n".join(f"- {name}: {value}" for name, value in section.rows)
        assert f"**{section.title}**\n{rows}" in shown


def numbers(figures: Mapping[str, Any]) -> dict[str, Any]:
    """All but the moments at which they were asked for."""
    return {name: value for name, value in figures.items() if name not in {"from", "to"}}


async def filled(url: str) -> None:
    """Traffic of the last weeks; nothing happens while the test runs."""
    await upgrade(url)
    storage = await open_storage(url, worker="one:1:a", clock=utc_now)
    now = micros(utc_now()) - 3_600_000_000
    rows = some_rows(random.Random(11), 40, now)
    rows["messages"] = [line for line in rows["messages"] if line["at"] < now]
    try:
        await put(storage, rows)
        await storage.staff.add(Person("ann", "ann@example.com", "rep", "Ann"), utc_now())
    finally:
        await storage.close()


async def asked(url: str, days: int) -> tuple[dict[str, Any], Post]:
    """What the API serves, and what a manager is shown."""
    storage = await open_storage(url, worker="one:1:b", clock=utc_now)
    try:
        deps = replace(World().deps, clock=utc_now, reports=storage.reports, stats=Stats(storage.reports))
        async with client_of(deps) as client:
            client.headers["Authorization"] = f"Bearer {TOKEN}"
            response = await client.get(f"/api/v1/stats?days={days}")
        reply = await commands(storage)("stats", f"{days}d", BOSS, "en", utc_now())
        return response.json(), reply.posts[0]
    finally:
        await storage.close()


def commands(storage: Storage) -> Commands:
    """The desk's, over that database."""
    sources = replace(Office().sources, stats=Stats(storage.reports), staff=storage.staff, draw=None)
    return Commands(sources, "en")
