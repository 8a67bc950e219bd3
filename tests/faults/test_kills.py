"""kill -9 at named points and at any other moment: every stored update is answered, none lost, the state right."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from integrations.storage.migrate import upgrade
from tests.assistant import Assistant
from tests.fakes.telegram import TelegramServer
from tests.faults.breaking import BreakingTelegram, Moment
from tests.faults.traffic import WAY, Prospect, prospect
from tests.installations import Install

POINTS: dict[str, tuple[str, Moment]] = {
    "stored, turn open": ("getUpdates", "arrives"),
    "turn written, reply not sent": ("sendMessage", "arrives"),
    "reply sent, not marked": ("sendMessage", "done"),
}
"""Named points, by the call of the bot that shows them."""
AT_ONCE = 4
"""Prospects who talk at the same time, so that as many replies may be in flight."""


def confirms(server: TelegramServer) -> Callable[[dict[str, Any]], bool]:
    """Whether a poll confirms the newest update: it stands in the inbox, its turn may be open."""
    return lambda params: int(params.get("offset") or 0) > server.updates.last_id


async def whole(installation: Assistant, prospects: list[Prospect], kills: int) -> None:
    """Everybody was told the same in the same order, is one qualified lead, and heard twice only what was in flight."""
    for one in prospects:
        assert one.told == prospects[0].told
        assert len(one.told) == len(WAY)
        assert one.repeats <= kills, "more than one reply a kill was sent again"
    assert sum(one.repeats for one in prospects) <= kills * AT_ONCE
    leads = await installation.leads()
    assert sorted(lead["status"] for lead in leads) == ["qualified"] * len(prospects)
    assert {lead["contact"]["phone"] for lead in leads} == {f"+7916{one.user.id % 10_000_000:07d}" for one in prospects}


async def killed_on_the_way(installation: Assistant, telegram: BreakingTelegram, point: str) -> None:
    """One prospect, and a kill at the same point of every single step."""
    method, moment = POINTS[point]
    one = prospect(telegram)
    async with installation:
        for step in range(len(WAY)):
            meets = confirms(telegram) if method == "getUpdates" else lambda params: True
            walking = asyncio.ensure_future(one.step(step))
            telegram.at(method, moment, installation.kill, meets)
            await installation.ended()
            assert not telegram.points
            await installation.start()
            await walking
        await whole(installation, [one], kills=len(WAY))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_a_named_point_of_every_step(point: str, install: Install, telegram: BreakingTelegram) -> None:
    await killed_on_the_way(install(TELEGRAM_API_URL=telegram.url), telegram, point)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("point", ["stored, turn open", "reply sent, not marked"])
async def test_killed_at_a_named_point_over_postgresql(
    point: str, install: Install, telegram: BreakingTelegram, postgres_url: str
) -> None:
    await upgrade(postgres_url)
    await killed_on_the_way(install(TELEGRAM_API_URL=telegram.url, DATABASE_URL=postgres_url), telegram, point)


async def killed_under_traffic(installation: Assistant, telegram: BreakingTelegram, kills: int, seed: int) -> None:
    """Several prospects at once, one after the other, until so many kills have happened at any moment."""
    dice = random.Random(seed)
    prospects: list[Prospect] = []
    over = asyncio.Event()

    async def come() -> None:
        while not over.is_set():
            prospects.append(prospect(telegram, redeliver=dice.random() < 0.3))
            await prospects[-1].goes()

    async with installation:
        coming = [asyncio.ensure_future(come()) for _ in range(AT_ONCE)]
        for _ in range(kills):
            await asyncio.sleep(dice.uniform(0.02, 0.4))
            installation.kill()
            await installation.ended()
            await installation.start()
        over.set()
        await asyncio.gather(*coming)
        await whole(installation, prospects, kills)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_killed_at_any_moment_under_traffic(seed: int, install: Install, telegram: BreakingTelegram) -> None:
    await killed_under_traffic(install(TELEGRAM_API_URL=telegram.url), telegram, kills=12, seed=seed)


@pytest.mark.timeout(240)
async def test_killed_at_any_moment_over_postgresql(
    install: Install, telegram: BreakingTelegram, postgres_url: str
) -> None:
    await upgrade(postgres_url)
    installation = install(TELEGRAM_API_URL=telegram.url, DATABASE_URL=postgres_url)
    await killed_under_traffic(installation, telegram, kills=10, seed=4)
