"""Whatever happens on the way to a tracker, a lead has one card in it: kills, two workers, outages, wrong tokens."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from integrations.storage.migrate import upgrade
from tests.assistant import Assistant, eventually
from tests.fakes.telegram import TelegramServer
from tests.fakes.trackers.office import CREATION, NAMES, Office
from tests.fakes.trackers.server import Fault
from tests.faults.breaking import BreakingTelegram
from tests.faults.traffic import prospect
from tests.installations import Install

HELD = 17.0
"""Seconds that a worker stands still: longer than it may hold an entry."""


async def qualified(telegram: TelegramServer, count: int = 1) -> list[str]:
    """So many prospects become leads, one after the other; their phones."""
    phones: list[str] = []
    for _ in range(count):
        one = prospect(telegram)
        await one.goes()
        phones.append(f"+7916{one.user.id % 10_000_000:07d}")
    return phones


async def until_written(office: Office, name: str, count: int = 1) -> None:
    """The service has written a card, and nobody else knows."""
    await eventually(lambda: len(office.cards(name)) >= count)


async def killed_between_their_write_and_ours(
    installation: Assistant, telegram: TelegramServer, office: Office, name: str
) -> None:
    office.services[name].fail(Fault("after", hang=True, match=CREATION[name]))
    async with installation:
        going = asyncio.ensure_future(qualified(telegram))
        await until_written(office, name)
        await going
        installation.kill()
        await installation.ended()
        office.services[name].mend()
        await installation.start()
        await office.carded(installation, 1, name)
        await qualified(telegram)
        await office.carded(installation, 2, name)


@pytest.mark.parametrize("name", NAMES)
async def test_killed_between_their_write_and_ours(
    name: str, install: Install, telegram: BreakingTelegram, office: Office
) -> None:
    installation = install(TELEGRAM_API_URL=telegram.url, **office.environment(name))
    await killed_between_their_write_and_ours(installation, telegram, office, name)


async def test_killed_between_their_write_and_ours_over_postgresql(
    install: Install, telegram: BreakingTelegram, office: Office, postgres_url: str
) -> None:
    await upgrade(postgres_url)
    environment = {**office.environment("trello"), "DATABASE_URL": postgres_url}
    installation = install(TELEGRAM_API_URL=telegram.url, **environment)
    await killed_between_their_write_and_ours(installation, telegram, office, "trello")


# ------------------------------------------------------------------ two workers
async def two_workers(
    install: Install, telegram: BreakingTelegram, office: Office, database: str
) -> tuple[Assistant, Assistant]:
    """One with the messenger and one with the trackers alone, over one database; both are up."""
    common = {"DATABASE_URL": database, "TELEGRAM_API_URL": telegram.url, **office.environment(*NAMES)}
    left, right = install("left", **common), install("right", **{**common, "TELEGRAM_TOKEN": ""})
    await left.start()
    await right.start()
    return left, right


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that two workers can share."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/shared.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.mark.timeout(180)
async def test_two_workers_share_what_waited(
    database: str, install: Install, telegram: BreakingTelegram, office: Office
) -> None:
    await upgrade(database)
    for name in NAMES:
        office.services[name].fail(Fault("before", 503, "away", times=1000))
    left, _ = await two_workers(install, telegram, office, database)
    await asyncio.gather(*(prospect(telegram).goes() for _ in range(5)))
    assert not any(office.cards(name) for name in NAMES)
    for name in NAMES:
        office.services[name].mend()
        office.services[name].fail(Fault("after", match=CREATION[name], times=2))
    await office.carded(left, 5, *NAMES, seconds=120)


@pytest.mark.timeout(120)
async def test_a_worker_that_stands_still_in_the_midst_loses_the_entry_and_makes_no_second_card(
    install: Install, telegram: BreakingTelegram, office: Office, postgres_url: str
) -> None:
    await upgrade(postgres_url)
    office.services["trello"].fail(Fault("after", hang=True, match=CREATION["trello"]))
    common = {"DATABASE_URL": postgres_url, "TELEGRAM_API_URL": telegram.url, **office.environment("trello")}
    left = install("left", **common)
    await left.start()
    await qualified(telegram)
    await until_written(office, "trello")
    os.kill(left.pid, signal.SIGSTOP)
    right = install("right", **{**common, "TELEGRAM_TOKEN": ""})
    await right.start()
    (lead,) = await office.carded(right, 1, "trello", seconds=HELD + 20)
    os.kill(left.pid, signal.SIGCONT)
    office.services["trello"].mend()
    await qualified(telegram)
    leads = await office.carded(left, 2, "trello")
    assert {one["id"]: one["trackers"] for one in leads}[lead["id"]] == lead["trackers"]


# ------------------------------------------------------------------ services that fail
async def tried(installation: Assistant, times: int) -> None:
    """Wait until what is open was tried so often, all together: the outage is no hiccup."""
    async with installation.api() as api, asyncio.timeout(30):
        while True:
            found = (await api.get("/api/v1/deliveries", params={"status": "open"})).json()["items"]
            if sum(one["attempts"] for one in found) >= times:
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(180)
async def test_what_waited_for_a_tracker_that_was_away_comes_in_its_order(
    install: Install, telegram: BreakingTelegram, office: Office
) -> None:
    async with install(TELEGRAM_API_URL=telegram.url, **office.environment("trello", "shortcut")) as installation:
        async with office.services["trello"].gone():
            phones = await qualified(telegram, 4)
            await office.carded(installation, 4, "shortcut")
            assert not office.cards("trello")
        leads = await office.carded(installation, 4, "trello", seconds=90)
    by_phone = {lead["contact"]["phone"]: f"lead-{lead['id']}" for lead in leads}
    lines = [str(card["desc"]).splitlines()[-1] for card in office.cards("trello")]
    wanted = [by_phone[phone] for phone in phones]
    # The oldest is tried alone; once it is there the others go together, and may overtake each other on the way.
    assert lines[0] == wanted[0]
    assert sorted(lines) == sorted(wanted)


@pytest.mark.timeout(120)
async def test_a_storm_of_refusals_for_too_many_calls(
    install: Install, telegram: BreakingTelegram, office: Office
) -> None:
    storm = Fault("before", 429, "slow down", {"Retry-After": "1"}, times=4)
    for name in NAMES:
        office.services[name].fail(Fault(**vars(storm)))
    async with install(TELEGRAM_API_URL=telegram.url, **office.environment(*NAMES)) as installation:
        await qualified(telegram, 2)
        await office.carded(installation, 2, *NAMES, seconds=60)
        assert not await failed(installation)


async def failed(installation: Assistant) -> list[dict[str, str]]:
    """Deliveries that were given up."""
    done = await installation.command("deliveries", "list", "--status", "failed", "--json")
    found: list[dict[str, str]] = json.loads(done.out)["items"]
    return found


async def until_failed(installation: Assistant) -> list[dict[str, str]]:
    """The same, once there are any."""
    async with asyncio.timeout(20):
        while True:
            if found := await failed(installation):
                return found


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ["trello", "clickup", "shortcut"])
async def test_a_wrong_token_is_told_and_after_mending_the_card_is_made_by_hand(
    name: str, install: Install, telegram: BreakingTelegram, office: Office
) -> None:
    right = {"TELEGRAM_API_URL": telegram.url, **office.environment(name)}
    setting = f"{name.upper()}_TOKEN"
    wrong = install(**{**right, setting: "somebody-elses-token"})
    async with wrong:
        await qualified(telegram)
        kept = await until_failed(wrong)
        assert len(kept) == 1
        assert setting in kept[0]["error"]
        assert "somebody-elses-token" not in str(kept)
        async with wrong.api() as api:
            listed = (await api.get("/api/v1/deliveries", params={"status": "failed"})).json()["items"]
        assert [one["id"] for one in listed] == [kept[0]["id"]]
        assert await wrong.stop() == 0
    mended = install(**right)
    async with mended:
        done = await mended.command("deliveries", "retry", kept[0]["id"])
        assert done.code == 0, done.err
        await office.carded(mended, 1, name)
        assert not await failed(mended)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ["trello", "clickup"])
async def test_an_archived_list_is_told_and_after_reopening_the_card_is_made_by_hand(
    name: str, install: Install, telegram: BreakingTelegram, office: Office
) -> None:
    service = office.services[name]
    async with install(TELEGRAM_API_URL=telegram.url, **office.environment(name)) as installation:
        await qualified(telegram)
        await office.carded(installation, 1, name)
        service.archived = {"5abbe4b7ddc1b351ef961401"} if name == "trello" else True
        await qualified(telegram)
        kept = await until_failed(installation)
        service.archived = set() if name == "trello" else False
        assert (await installation.command("deliveries", "retry", kept[0]["id"])).code == 0
        await office.carded(installation, 2, name)
