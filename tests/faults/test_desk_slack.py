"""A console whose Slack breaks, or whose process dies: prospects are answered, nothing is lost, nothing said twice."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest

from integrations.storage.migrate import upgrade
from tests.assistant import Assistant
from tests.e2e.console import (
    ANNA,
    BORIS,
    Console,
    hired,
    over_http,
    signed_http,
    socket_mode,
    tells_no_secret,
    with_team,
)
from tests.e2e.test_sale import RU, sale
from tests.fakes.slack import SlackServer
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import CHANNEL
from tests.fakes.telegram_user import User
from tests.faults.breaking import BreakingTelegram
from tests.installations import Install

pytestmark = pytest.mark.timeout(180)
SOON = (0.2, 1.0, 2.0, 4.0)
"""When events that nobody acknowledged are told again; Slack takes its time."""
TAKEN, PRICE = "Дальше с вами говорит", "Jura X8 —"


@asynccontextmanager
async def console_of(install: Install, telegram: BreakingTelegram) -> AsyncIterator[tuple[Assistant, Console]]:
    """A process with a console over Socket Mode."""
    async with SlackServer() as slack:
        installation = with_team(install(TELEGRAM_API_URL=telegram.url, **socket_mode(slack)))
        await hired(installation)
        async with installation:
            yield installation, Console(slack, Staff(slack, retries=SOON))
        tells_no_secret(installation)


def said(user: User, words: str) -> int:
    """How often the bot told a prospect so."""
    return sum(words in message.text for message in user.visible)


async def test_killed_around_a_card_a_take_over_and_a_reply(install: Install, telegram: BreakingTelegram) -> None:
    async with console_of(install, telegram) as (installation, console):
        slack, anna = console.slack, telegram.user(language="ru", name="Анна")
        slack.fail("chat.postMessage", lost=True, done=True)  # the card is there, and nobody says so
        await sale(telegram, anna, RU)
        await console.opens()
        await again(installation)
        await console.shows("A hot lead", 40)
        assert len(console.threads) == 1

        telegram.at("sendMessage", "arrives", installation.kill, lambda params: TAKEN in str(params.get("text")))
        await console.presses("take_over")
        await installation.ended()
        await installation.start()
        await telegram.until(lambda: said(anna, TAKEN) == 1, 40)
        await console.carded("Rita leads this chat")

        await slack.until(lambda: bool(slack.state.sockets), 20)
        telegram.at("sendMessage", "arrives", installation.kill, lambda params: "подберу" in str(params.get("text")))
        ts, sent = await console.staff.writes(ANNA, console.root, "Здравствуйте, подберу вам машину")
        await installation.ended()
        await installation.start()
        await telegram.until(lambda: said(anna, "подберу") == 1, 40)
        await slack.until(lambda: bool(slack.state.sockets), 20)
        told = await console.staff.tells(sent.body["event"], sent.body["event_id"])  # once more, after a restart
        assert told.acknowledged
        await console.writes("А ещё есть зерно")
        await telegram.until(lambda: said(anna, "есть зерно") == 1, 20)
        assert (said(anna, TAKEN), said(anna, "подберу")) == (1, 1)
        await slack.until(lambda: bool(console.ticked(ts)), 20)
        posted = [text for text in console.texts if text]
        assert len(set(posted)) == len(posted), "posted twice"


async def again(installation: Assistant) -> None:
    """Killed, and started."""
    installation.kill()
    await installation.ended()
    await installation.start()


async def test_slack_is_away_and_comes_back(install: Install, telegram: BreakingTelegram) -> None:
    """Gone, busy, deaf, its root deleted: each time the prospect is answered, and the thread catches up."""
    async with console_of(install, telegram) as (_, console):
        slack, anna = console.slack, telegram.user(language="ru", name="Анна")
        slack.fail("*", status=503, times=1_000_000)
        await sale(telegram, anna, RU)
        assert not console.threads
        slack.faults.clear()
        await console.opens(seconds=60)
        await console.shows("Нет, спасибо", 30)

        slack.fail("chat.postMessage", status=429, after=1, times=3)
        anna.says("Сколько стоит Jura X8?")
        await telegram.until(lambda: said(anna, PRICE) == 2)
        await console.shows("Сколько стоит Jura X8?", 30)

        for socket in (*slack.state.sockets,):
            await socket.link.close()
        await console.staff.presses(ANNA, console.root, "take_over")
        if said(anna, TAKEN) == 0:  # nobody was there to hear it: pressed again, as people do
            await slack.until(lambda: bool(slack.state.sockets), 30)
            await console.presses("take_over")
        await telegram.until(lambda: said(anna, TAKEN) == 1, 20)

        for ts in [one["ts"] for one in slack.state.thread(console.root)]:
            del slack.state.channels[CHANNEL].messages[ts]
        anna.says("Вы тут?")
        await console.opens(seconds=40)
        await console.shows("Вы тут?", 30)
        await console.writes("Тут!")
        await telegram.until(lambda: said(anna, "Тут!") == 1, 20)


async def test_two_workers_share_a_console(install: Install, telegram: BreakingTelegram, postgres_url: str) -> None:
    """Every request of Slack's reaches both, and two press at once: one owner, one line, one of each post."""
    await upgrade(postgres_url)
    async with SlackServer() as slack, httpx.AsyncClient() as client:
        made = [
            with_team(install(name, TELEGRAM_API_URL=telegram.url, DATABASE_URL=postgres_url, **signed_http(slack)))
            for name in ("left", "right")
        ]
        made[1].environment = {**made[1].environment, "TELEGRAM_TOKEN": ""}
        await hired(made[0])
        for one in made:
            await one.start()
        ways = [over_http(one, client) for one in made]
        first = itertools.cycle((ways, ways[::-1]))

        async def deliver(headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            answers: list[tuple[int, bytes]] = [await way(headers, body) for way in next(first)]
            return min(answers)

        console = Console(slack, Staff(slack, deliver, SOON))
        anna = telegram.user(language="ru", name="Анна")
        await sale(telegram, anna, RU)
        await console.opens(seconds=40)
        await console.presses("take_over")
        await console.presses("take_over", BORIS)
        await telegram.until(lambda: said(anna, TAKEN) >= 1, 20)
        await console.carded("leads this chat", 30)
        await console.writes("Здравствуйте, подберу вам машину")
        await telegram.until(lambda: said(anna, "подберу") >= 1, 30)
        anna.says("Спасибо")
        await console.shows("Спасибо", 30)
        assert (said(anna, TAKEN), said(anna, "подберу"), len(console.threads)) == (1, 1, 1)
        posted = [text for text in console.texts if text]
        assert len(set(posted)) == len(posted), "posted twice"
        for one in made:
            tells_no_secret(one)
