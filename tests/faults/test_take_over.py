"""The race of a take-over with the bot's answer: after its commit the bot says nothing but the call in flight."""

import asyncio
import random

import httpx
import pytest

from integrations.storage.migrate import upgrade
from tests.assistant import Assistant
from tests.fakes.telegram_user import User
from tests.faults.breaking import BreakingTelegram
from tests.installations import Install

ROUNDS = 40


def said(telegram: BreakingTelegram, user: User) -> list[str]:
    return [
        str(call.params["text"])
        for call in telegram.calls
        if call.name == "sendMessage" and call.params.get("chat_id") == user.id
    ]


async def owned(api: httpx.AsyncClient, conversation: str, act: str) -> None:
    answer = await api.post(f"/api/v1/conversations/{conversation}/{act}", json={"owner": "olga", "name": "Olga"})
    assert answer.status_code == 200, answer.text


async def race(installation: Assistant, telegram: BreakingTelegram) -> None:
    """Take over at a random moment of the bot's answer, write again, hand back; many times."""
    dice = random.Random(7)
    user = telegram.user()
    user.says("/start")
    await user.reads()
    escaped = 0
    async with installation.api() as api:
        (row,) = (await api.get("/api/v1/conversations")).json()["items"]
        for _ in range(ROUNDS):
            user.says("/help")
            await asyncio.sleep(dice.choice([0, 0, dice.uniform(0, 0.02)]))
            await owned(api, row["id"], "take-over")
            before = len(said(telegram, user))
            user.says("/me")
            user.says("/help")
            await owned(api, row["id"], "hand-back")
            # The words of the hand-back come last of all that was written before it.
            loud = await until_handed_back(telegram, user, before)
            escaped += len(loud)
            assert len(loud) <= 1, f"more than the call in flight: {loud}"
            await telegram.until(lambda: not telegram.updates.pending)
    assert escaped <= ROUNDS // 4


async def until_handed_back(telegram: BreakingTelegram, user: User, before: int) -> list[str]:
    """What the bot said of itself until the words of the hand-back."""

    def spoken() -> list[str]:
        return said(telegram, user)[before:]

    await telegram.until(lambda: any("снова на связи" in text for text in spoken()))
    handed_back = next(number for number, text in enumerate(spoken()) if "снова на связи" in text)
    return [text for text in spoken()[:handed_back] if "Olga" not in text]


@pytest.mark.timeout(120)
async def test_the_bot_is_silent_after_a_take_over(install: Install, telegram: BreakingTelegram) -> None:
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        await race(installation, telegram)


@pytest.mark.timeout(120)
async def test_the_bot_is_silent_after_a_take_over_on_postgresql(
    install: Install, telegram: BreakingTelegram, postgres_url: str
) -> None:
    await upgrade(postgres_url)
    async with install(TELEGRAM_API_URL=telegram.url, DATABASE_URL=postgres_url) as installation:
        await race(installation, telegram)
