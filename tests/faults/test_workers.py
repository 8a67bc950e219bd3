"""Two processes over one PostgreSQL, each with a webhook: order within a chat is kept, nothing is doubled or lost."""

import asyncio
import itertools
import json
from typing import Any

import httpx
import pytest

from integrations.storage.migrate import upgrade
from tests.assistant import Assistant
from tests.faults.breaking import BreakingTelegram
from tests.faults.test_redelivery import COMMANDS
from tests.faults.test_webhook import HEADER, SECRET
from tests.faults.traffic import WAY, all_go, prospect
from tests.installations import Install

USERS = 4


class Balancer:
    """Hands the updates of Telegram to the workers by turns, and some of them to both."""

    def __init__(self, workers: list[Assistant]) -> None:
        self._turn = itertools.cycle(workers)
        self._workers = workers
        self._count = 0
        self._client = httpx.AsyncClient(headers={HEADER: SECRET}, timeout=20)
        self._last: dict[int, asyncio.Task[None]] = {}

    def __call__(self, update: dict[str, Any]) -> None:
        """Deliver as Telegram does: what one chat sends one after the other, each until it was taken."""
        self._count += 1
        content = next(value for key, value in update.items() if key != "update_id")
        chat = int((content.get("message") or content)["chat"]["id"])
        to = self._workers if self._count % 5 == 0 else [next(self._turn)]
        self._last[chat] = asyncio.create_task(self._post(update, to, self._last.get(chat)))

    async def _post(self, update: dict[str, Any], to: list[Assistant], before: "asyncio.Task[None] | None") -> None:
        if before:
            await before
        for worker in to:
            answer = await self._client.post(f"{worker.url}/telegram/webhook", content=json.dumps(update))
            assert answer.status_code == 200, answer.text

    async def close(self) -> None:
        await asyncio.gather(*self._last.values())
        await self._client.aclose()


async def workers(install: Install, telegram: BreakingTelegram, postgres_url: str) -> list[Assistant]:
    """Two workers that are up; the fake's own pushing is replaced by the balancer's."""
    await upgrade(postgres_url)
    made = [
        install(
            name,
            TELEGRAM_API_URL=telegram.url,
            TELEGRAM_MODE="webhook",
            TELEGRAM_WEBHOOK_SECRET=SECRET,
            PUBLIC_URL="http://127.0.0.1:9",
            DATABASE_URL=postgres_url,
        )
        for name in ("left", "right")
    ]
    for one in made:
        await one.start()
    await telegram.until(lambda: len(telegram.called("setWebhook")) == 2)
    return made


@pytest.mark.timeout(120)
async def test_two_workers_answer_every_chat_once_and_in_order(
    install: Install, telegram: BreakingTelegram, postgres_url: str
) -> None:
    made = await workers(install, telegram, postgres_url)
    balance = Balancer(made)
    telegram.updates.deliver = balance  # type: ignore[method-assign]
    users = [telegram.user() for _ in range(USERS)]
    for command in COMMANDS:
        for user in users:
            user.says(command)
    for user in users:
        await telegram.until(lambda user=user: len(user.visible) >= len(COMMANDS), 60)  # type: ignore[misc]
    prospects = [prospect(telegram) for _ in range(USERS)]
    await all_go(prospects)
    await balance.close()
    told = [[message.text for message in user.visible] for user in users]
    for found in told:
        assert found == told[0]
    assert len(told[0]) == len(COMMANDS)
    assert all(one.texts == one.told and len(one.told) == len(WAY) for one in prospects)
    leads = await made[0].leads()
    assert [lead["status"] for lead in leads].count("qualified") == USERS
    assert leads == await made[1].leads()


@pytest.mark.timeout(120)
async def test_one_worker_dies_and_the_other_goes_on(
    install: Install, telegram: BreakingTelegram, postgres_url: str
) -> None:
    left, right = await workers(install, telegram, postgres_url)
    balance = Balancer([left])
    telegram.updates.deliver = balance  # type: ignore[method-assign]
    one = prospect(telegram)
    await one.step(0)
    telegram.at("sendMessage", "arrives", left.kill)
    walking = asyncio.ensure_future(one.step(1, 60))
    await left.ended()
    await balance.close()
    telegram.updates.deliver = balance = Balancer([right])  # type: ignore[method-assign]
    await walking
    for step in range(2, len(WAY)):
        await one.step(step)
    await balance.close()
    assert len(one.told) == len(WAY)
    assert one.repeats <= 1
