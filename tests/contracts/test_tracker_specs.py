"""Every call of a tracker's client is one that the service's own specification takes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from flows.ports.tracker import Card
from integrations.clock import utc_now
from tests.contracts.mirror import SPECS, Mirror, Missing, installed, prism, specification
from tests.contracts.tracker_house import KINDS

CARD = Card(
    key="lead-5f2a",
    title="Анна — кофемашина",
    lines=(("Need", "кофемашина"), ("Contact", "+79161234567, anna@example.com")),
    labels=("hot",),
    due=date(2026, 12, 15),
    member="anna@example.com",
    link="https://shop.example/dashboard/leads/5f2a",
)


@pytest.fixture(scope="module")
def mock() -> Path:
    """The folder with the validating mock."""
    try:
        return installed()
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
async def hook() -> AsyncIterator[str]:
    """An address that answers HEAD with 200, as ours does."""

    async def fine(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/trackers/x/webhook", fine)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/trackers/x/webhook"
    await runner.cleanup()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["trello", "clickup", "clickup-field", "shortcut"])
async def test_the_specification_takes_every_call(mock: Path, kind: str, hook: str) -> None:
    house = KINDS[kind]
    async with (
        house.server() as server,
        prism(mock, specification(kind.partition("-")[0])) as judge,
        Mirror(server.url, server.prefix, judge).listening() as mirror,
    ):
        tracker = house.connect(mirror)
        made = await tracker.create(CARD)
        assert await tracker.find(CARD.key) is not None
        assert await tracker.find_person("+79161234567", "anna@example.com")
        moved = replace(CARD, labels=("hot", "warm"), due=None, columns=(house.columns[2],))
        shown = await tracker.update(made, moved)
        assert shown.column == house.columns[2]
        await tracker.comment(made, "hello")
        await tracker.attach(made, "dialogue.txt", "text/plain", b"hello")
        assert await tracker.describe()
        await tracker.moves([made], utc_now() - timedelta(hours=1))
        await tracker.register(hook)
        await tracker.register(hook)
        bare = Card("lead-2", "a lead", ())
        await tracker.update(await tracker.create(bare), bare)
        await tracker.close()
    assert not mirror.objections, "\n".join(mirror.objections)
    assert len(mirror.calls) > 15


@pytest.mark.parametrize("name", ["trello", "clickup", "shortcut"])
async def test_the_mock_judges_by_every_schema(mock: Path, name: str) -> None:
    """A schema that does not compile would switch its part of the judging off without a word."""
    lint = SPECS / "prism" / "lint.js"
    if not lint.is_file():
        pytest.skip("../shared/specs/prism/lint.js is not beside the project")
    process = await asyncio.create_subprocess_exec(
        *("env", f"NODE_PATH={mock / 'node_modules'}", "node", lint, specification(name)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert out.decode().strip().endswith("uncompilable schemas 0"), out.decode()


async def test_the_mock_is_strict(mock: Path) -> None:
    """Or these tests would show nothing: a card without its list is refused."""
    house = KINDS["trello"]
    async with (
        house.server() as server,
        prism(mock, specification("trello")) as judge,
        Mirror(server.url, server.prefix, judge).listening() as mirror,
    ):
        tracker = house.connect(mirror)
        await tracker.create(CARD)
        assert not mirror.objections
        async with httpx.AsyncClient() as client:
            await client.post(f"{mirror.url}/cards", json={"name": "x"}, headers={"Authorization": "OAuth x"})
        await tracker.close()
    assert mirror.objections
