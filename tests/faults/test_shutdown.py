"""SIGTERM: what has begun is finished, what has not stands in the inbox, and the exit code is 0."""

import asyncio

import pytest

from tests.faults.breaking import BreakingTelegram
from tests.faults.traffic import WAY, prospect
from tests.installations import Install


async def test_an_idle_process_ends_at_once(install: Install, telegram: BreakingTelegram) -> None:
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        assert await installation.stop(8) == 0
        events = [entry["event"] for entry in installation.entries()]
        assert events[-2:] == ["stopping", "stopped"]


async def test_a_burst_that_waits_is_answered_before_the_end(install: Install, telegram: BreakingTelegram) -> None:
    user = telegram.user()
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        user.says("/start")
        await user.reads()
        user.says("кофе")
        stored = telegram.updates.last_id
        await telegram.until(lambda: any(call.params.get("offset") == stored + 1 for call in telegram.calls))
        assert await installation.stop() == 0
        assert len(user.visible) == 2
        await installation.start()
        user.says("12")
        await telegram.until(lambda: len(user.visible) == 3)


@pytest.mark.timeout(120)
async def test_stops_under_traffic_lose_and_double_nothing(install: Install, telegram: BreakingTelegram) -> None:
    prospects = [prospect(telegram) for _ in range(4)]
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        walking = [asyncio.ensure_future(one.goes()) for one in prospects]
        for number in range(6):
            sent = len(telegram.called("sendMessage"))
            await telegram.until(lambda sent=sent: len(telegram.called("sendMessage")) > sent)  # type: ignore[misc]
            assert await installation.stop() == 0, number
            await installation.start()
            if all(task.done() for task in walking):
                break
        await asyncio.gather(*walking)
        assert all(one.texts == one.told for one in prospects), "a reply was doubled by an orderly stop"
        assert all(len(one.told) == len(WAY) for one in prospects)
        assert [lead["status"] for lead in await installation.leads()] == ["qualified"] * 4
