"""A Bot API that floods, breaks, talks nonsense, hangs or is gone: everything arrives afterwards, in order."""

import asyncio
from collections.abc import Callable

import pytest

from tests.assistant import eventually
from tests.fakes.telegram_faults import Fault, broken, flood, garbage
from tests.fakes.telegram_user import User
from tests.faults.breaking import BreakingTelegram
from tests.faults.traffic import WAY, all_go, prospect
from tests.installations import Install

FAULTS: dict[str, Callable[[], Fault]] = {
    "429": lambda: flood(1),
    "500": broken,
    "garbage": garbage,
    "connection reset": lambda: Fault("reset"),
    "reply lost": lambda: Fault("lost"),
    "reply cut": lambda: Fault("cut"),
}


def texts(user: User) -> list[str]:
    return [message.text for message in user.visible]


async def test_a_flood_is_honoured_for_its_chat_and_others_go_on(install: Install, telegram: BreakingTelegram) -> None:
    flooded, other = telegram.user(), telegram.user()
    async with install(TELEGRAM_API_URL=telegram.url):
        telegram.fail(flood(4), "sendMessage", flooded.id)
        for command in ("/start", "/help", "/me"):
            flooded.says(command)
        await telegram.until(lambda: telegram.faults[0].times == 0)
        began = asyncio.get_running_loop().time()
        for command in ("/start", "/help", "/me"):
            other.says(command)
        await telegram.until(lambda: len(other.visible) == 3)
        assert not flooded.visible
        await telegram.until(lambda: len(flooded.visible) == 3)
        assert asyncio.get_running_loop().time() - began >= 3.5, "the wait was not honoured"
        assert texts(flooded) == texts(other)


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_failed_is_sent_again_and_in_order(fault: str, install: Install, telegram: BreakingTelegram) -> None:
    user = telegram.user()
    async with install(TELEGRAM_API_URL=telegram.url):
        user.says("/start")
        await user.reads()
        telegram.fail(FAULTS[fault](), "sendMessage", user.id, times=2)
        telegram.fail(FAULTS[fault](), "answerCallbackQuery", times=1)
        telegram.fail(FAULTS[fault](), "getUpdates", times=1)
        user.presses("Кофемашина в офис")
        user.says("/help")
        user.says("/me")
        await telegram.until(lambda: "/human" in "".join(texts(user)) and len(set(texts(user))) == 4, 30)
        told = list(dict.fromkeys(texts(user)))
        done_but_unheard = 2 if fault in {"reply lost", "reply cut"} else 0
        assert len(texts(user)) <= len(told) + done_but_unheard
        assert "/human" in told[2], "the reply to /help comes third"


async def test_a_bot_api_that_is_gone_for_a_while(install: Install, telegram: BreakingTelegram) -> None:
    prospects = [prospect(telegram) for _ in range(3)]
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        walking = asyncio.ensure_future(all_go(prospects))
        await telegram.until(lambda: len(telegram.called("sendMessage")) >= 5)
        async with telegram.gone():
            await eventually(lambda: len(installation.entries("telegram polling")) >= 2)
        await walking
        assert all(len(one.told) == len(WAY) for one in prospects)
        assert [lead["status"] for lead in await installation.leads()] == ["qualified"] * 3


async def test_a_bot_api_that_comes_up_later_than_the_bot(install: Install, telegram: BreakingTelegram) -> None:
    user = telegram.user()
    installation = install(TELEGRAM_API_URL=telegram.url)
    async with telegram.gone():
        await installation.start()
        await eventually(lambda: bool(installation.entries("telegram not reached")))
        async with installation.api() as api:
            ready = await api.get("/readyz")
            assert (ready.status_code, ready.json()["parts"]["database"]) == (503, "ok")
    user.says("/start")
    await user.reads(20)


@pytest.mark.timeout(120)
async def test_a_call_that_hangs_holds_up_its_own_chat_only(install: Install, telegram: BreakingTelegram) -> None:
    stuck, other = telegram.user(), prospect(telegram)
    async with install(TELEGRAM_API_URL=telegram.url):
        telegram.fail(Fault("hang"), "sendMessage", stuck.id)
        stuck.says("/start")
        stuck.says("/help")
        await telegram.until(lambda: telegram.faults[0].times == 0)
        await other.goes()
        assert not stuck.visible
        await telegram.until(lambda: len(stuck.visible) == 2, 60)
        assert "/human" in texts(stuck)[1]
