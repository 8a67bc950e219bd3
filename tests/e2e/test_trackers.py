"""A Russian and an English prospect become one card each in every tracker, and a card that is moved moves the lead."""

import asyncio
import sqlite3
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.assistant import Assistant
from tests.e2e.test_sale import EN, RU, sale
from tests.fakes.telegram import TelegramServer
from tests.fakes.trackers.office import NAMES, WORK, Office
from tests.fakes.trackers.server import Fault
from tests.installations import Install
from tests.servers import unused_port


def installed(install: Install, telegram: TelegramServer, office: Office, *names: str) -> Assistant:
    """An installation that the trackers can reach."""
    port = str(unused_port())
    public = f"http://127.0.0.1:{port}"
    return install(
        TELEGRAM_API_URL=telegram.url, HTTP_PORT=port, PUBLIC_URL=public, **office.environment(*(names or NAMES))
    )


async def both_buy(telegram: TelegramServer) -> None:
    anna = telegram.user(language="ru", name="Анна")
    kate = telegram.user(language="en", name="Kate", username="kate_c")
    await asyncio.gather(sale(telegram, anna, RU), sale(telegram, kate, EN))


async def status(installation: Assistant, lead: str) -> str:
    """Of a lead, as the API tells it."""
    async with installation.api() as api:
        return str((await api.get(f"/api/v1/leads/{lead}")).json()["status"])


async def becomes(installation: Assistant, lead: str, wanted: str) -> None:
    """Wait until the lead has that status."""
    async with asyncio.timeout(20):
        while await status(installation, lead) != wanted:  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(0.05)


def moves_written(installation: Assistant, action: str) -> int:
    """How many moves stand in the audit."""
    with sqlite3.connect(installation.folder / "data" / "assistant.db") as database:
        found: int = database.execute("SELECT count(*) FROM audit WHERE action = ?", (action,)).fetchone()[0]
    return found


@pytest.mark.timeout(180)
async def test_two_prospects_have_one_card_each_and_moves_come_back(
    install: Install, telegram: TelegramServer, office: Office
) -> None:
    installation = installed(install, telegram, office)
    async with installation:
        await both_buy(telegram)
        leads = await office.carded(installation, 2, *NAMES)
        texts = {name: str(office.cards(name)) for name in NAMES}
        for lead in leads:
            for name in NAMES:
                assert f"lead-{lead['id']}" in texts[name]
                assert str(lead["contact"]["phone"] or lead["contact"]["email"]) in texts[name]
        done = await installation.command("doctor", "--fix")
        assert done.code == 0, done.out + done.err
        assert "Leads" in done.out
        assert "clickup-secret" not in done.out
        again = await installation.command("doctor", "--fix")
        assert again.code == 0, again.out + again.err
        assert [len(office.services[name].hooks) for name in NAMES[:3]] == [1, 1, 1], "registered twice"
        assert await installation.stop() == 0
    async with installation:
        for number, name in enumerate(NAMES):
            lead = leads[number % 2]
            card = str(lead["trackers"][name]["id"])
            before = await status(installation, lead["id"])
            assert before == "qualified"
            moved = office.services[name].move(card, WORK[name])
            assert await office.tells(installation, name, moved) == 200
            await becomes(installation, lead["id"], "contacted")
            async with installation.api() as api:
                await api.patch(f"/api/v1/leads/{lead['id']}", json={"status": "qualified"})
        assert moves_written(installation, "moved") == len(NAMES)
        assert await installation.stop() == 0


@pytest.mark.timeout(120)
async def test_a_webhook_that_is_replayed_forged_or_late(
    install: Install, telegram: TelegramServer, office: Office
) -> None:
    installation = installed(install, telegram, office, "trello")
    async with installation:
        await sale(telegram, telegram.user(language="ru", name="Анна"), RU)
        (lead,) = await office.carded(installation, 1, "trello")
        service, card = office.services["trello"], str(lead["trackers"]["trello"]["id"])
        moved = service.move(card, "В работе")
        assert await office.tells(installation, "trello", moved, **{"X-Trello-Webhook": "forged"}) == 401
        assert await status(installation, lead["id"]) == "qualified"
        for _ in range(3):
            assert await office.tells(installation, "trello", moved) == 200
        await becomes(installation, lead["id"], "contacted")
        late = service.move(card, "Won")
        action: dict[str, Any] = late["action"]
        at = datetime.fromisoformat(action["date"]) - timedelta(days=1)
        action["date"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert await office.tells(installation, "trello", late) == 200
        async with asyncio.timeout(20):
            while not moves_written(installation, "moved_before"):  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(0.05)
        assert await status(installation, lead["id"]) == "contacted"
        assert (moves_written(installation, "moved"), moves_written(installation, "moved_before")) == (1, 1)
        async with httpx.AsyncClient(base_url=installation.url) as client:
            assert (await client.head("/trackers/trello/webhook")).status_code == 200
            assert (await client.post("/trackers/clickup/webhook", content=b"{}")).status_code == 404


@pytest.mark.timeout(120)
async def test_trackers_that_hang_delay_no_reply(install: Install, telegram: TelegramServer, office: Office) -> None:
    for name in NAMES:
        office.services[name].fail(Fault("before", hang=True, times=1000))
    installation = installed(install, telegram, office)
    async with installation:
        await both_buy(telegram)
        assert len(await installation.leads()) == 2
        assert not any(lead["trackers"] for lead in await installation.leads())
        for name in NAMES:
            office.services[name].mend()
        await office.carded(installation, 2, *NAMES, seconds=60)
