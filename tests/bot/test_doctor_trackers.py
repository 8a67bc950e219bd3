"""The doctor names what there is to choose from in each tracker, and registers webhooks once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.doctor import examine
from bot.findings import Finding
from bot.settings import Settings
from bot.wiring import storage
from locales.operators import messages
from tests.fakes.trackers.office import Office, open_office

NAMES = ("trello", "clickup", "shortcut")


@asynccontextmanager
async def reachable() -> AsyncIterator[str]:
    """An address that answers HEAD as the product does."""

    async def fine(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/trackers/{name}/webhook", fine)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def settings(place: Path, office: Office, *names: str, **more: str) -> Settings:
    """An installation with these trackers."""
    given: dict[str, Any] = {
        name.lower(): value for name, value in office.environment(*names).items() if "WEBHOOK" not in name
    }
    base: dict[str, Any] = {
        "database_url": f"sqlite+aiosqlite:///{place}/assistant.db",
        "content_dir": place / "content",
    }
    return Settings(_env_file=None, **{**base, **given, **more})


async def found(wanted: Settings, *, fix: bool = False) -> dict[str, Finding]:
    return {one.part: one for one in await examine(wanted, messages("en"), fix=fix)}


async def test_boards_lists_states_and_members_are_told_by_name(place: Path) -> None:
    async with open_office() as office:
        findings = await found(settings(place, office, *NAMES))
    for name, words in (
        ("trello", ("board Sales", "list Sales/Leads", "member Sales/Анна Продажная", "5abbe4b7ddc1b351ef961401")),
        ("clickup", ("workspace Company", "space Company/Sales", "list Sales/Leads (8001)")),
        ("shortcut", ("state Sales/New (500000006)", "member Anna")),
    ):
        assert findings[name].fine
        for word in words:
            assert word in findings[name].text
        assert findings[f"{name} webhook"].fine, "without PUBLIC_URL there is nothing to register"


async def test_webhooks_are_registered_once_and_their_secrets_kept(place: Path) -> None:
    async with open_office() as office, reachable() as public:
        wanted = settings(place, office, *NAMES, public_url=public)
        before = await found(wanted)
        for name in NAMES:
            assert not before[f"{name} webhook"].fine
            assert "--fix" in before[f"{name} webhook"].remedy
        first = await found(wanted, fix=True)
        mended = await found(wanted, fix=True)
        assert all(one[f"{name} webhook"].fine for name in NAMES for one in (first, mended)), mended
        assert [len(office.services[name].hooks) for name in NAMES] == [1, 1, 1]
        assert "clickup-secret" not in str(mended)
        async with storage(wanted) as store:
            kept = {name: await store.hooks.of(name) for name in NAMES}
        assert kept["clickup"]["secret"] == "clickup-secret"
        assert {one["url"] for one in kept.values()} == {f"{public}/trackers/{name}/webhook" for name in NAMES}
        assert all(one.fine for one in (await found(wanted)).values())


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_token_is_told_and_hides_no_other_tracker(place: Path, name: str) -> None:
    async with open_office() as office:
        wrong = {f"{name}_token": "somebody-elses"}
        findings = await found(settings(place, office, *NAMES, **wrong))
    assert not findings[name].fine
    assert findings[name].remedy
    assert "somebody-elses" not in str(findings)
    assert all(findings[other].fine for other in NAMES if other != name)


async def test_a_list_that_there_is_not_is_told_when_it_is_to_be_registered(place: Path) -> None:
    async with open_office() as office, reachable() as public:
        wanted = settings(place, office, "trello", public_url=public, trello_list="Nowhere")
        finding = (await found(wanted, fix=True))["trello"]
    assert not finding.fine
    assert "Nowhere" in str(finding)
