"""Calls go at Slack's pace, the urgent first."""

import asyncio

import pytest

from flows.errors import Retry
from integrations.desk.slack.turnstile import Turnstile


async def test_a_burst_goes_at_once_and_the_rest_in_order() -> None:
    turnstile = Turnstile(60, 3, pace=1000)
    order: list[int] = []

    async def enter(number: int) -> None:
        await turnstile.enter()
        order.append(number)

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(enter(number) for number in range(10)))
    assert order == [*range(10)]
    # Seven had to wait for a sixtieth of the (short) minute each.
    assert asyncio.get_running_loop().time() - began >= 7 * 0.001


async def test_the_urgent_go_first() -> None:
    turnstile = Turnstile(60, 1, pace=200)
    await turnstile.enter()
    order: list[str] = []

    async def enter(name: str, *, urgent: bool) -> None:
        await turnstile.enter(urgent=urgent)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(enter(f"later {number}", urgent=False))
        await asyncio.sleep(0)
        group.create_task(enter("now", urgent=True))
    assert order == ["now", "later 0", "later 1", "later 2"]


async def test_who_would_wait_long_is_sent_away() -> None:
    turnstile = Turnstile(60, 1)
    waiting = [asyncio.create_task(turnstile.enter()) for _ in range(20)]
    await asyncio.sleep(0)
    with pytest.raises(Retry) as caught:
        await turnstile.enter()
    assert caught.value.after is not None
    assert caught.value.after > 20 - 1
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_one_that_gives_up_holds_up_nobody() -> None:
    turnstile = Turnstile(60, 1, pace=500)
    await turnstile.enter()
    gone = asyncio.create_task(turnstile.enter())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(turnstile.enter(), 1)


async def test_when_slack_asks_nobody_goes() -> None:
    turnstile = Turnstile(60, 5, pace=1000)
    turnstile.close(60)
    with pytest.raises(Retry) as caught:
        await turnstile.enter(urgent=True)
    assert caught.value.after is not None
    assert 59 < caught.value.after <= 60
