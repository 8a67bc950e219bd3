"""A Russian and an English prospect become leads over every door, and the lead is wherever a lead must be."""

import asyncio
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.assistant import Assistant
from tests.fakes.telegram import TOKEN, TelegramServer
from tests.fakes.telegram_user import User
from tests.installations import Install, tells_nothing
from tests.servers import unused_port

Way = tuple[tuple[str, str], ...]
RU: Way = (
    ("says", "/start site_banner"),
    ("says", "Сколько стоит Jura X8?"),
    ("says", "Кофемашина в офис на 25 человек"),
    ("presses", "150–500 тыс. ₽"),
    ("presses", "Как можно скорее"),
    ("presses", "Да, разрешаю"),
    ("presses", "Отправить мой номер"),
    ("presses", "Нет, спасибо"),
)
EN: Way = (
    ("says", "/start"),
    ("says", "how much is the Jura X8?"),
    ("says", "A coffee machine for our office, 25 people"),
    ("says", "up to 300,000 roubles"),
    ("says", "in two weeks"),
    ("says", "yes"),
    ("says", "kate@example.com"),
    ("presses", "No, thanks"),
)
PRICE = "229900"


async def sale(telegram: TelegramServer, user: User, way: Way) -> list[str]:
    """Walk the way, a reply a step; returns what the bot said."""
    told: list[str] = []
    for act, words in way:
        user.presses(words) if act == "presses" else user.says(words)
        await telegram.until(lambda: len(user.visible) > len(told), 20)
        told.append(user.visible[-1].text)
    return told


async def both_buy(installation: Assistant, telegram: TelegramServer) -> None:
    """Both at once, then look for their leads."""
    anna = telegram.user(language="ru", name="Анна")
    kate = telegram.user(language="en", name="Kate", username="kate_c")
    ru, en = await asyncio.gather(sale(telegram, anna, RU), sale(telegram, kate, EN))
    for told in (ru, en):
        assert PRICE in "".join(told[1].split()).replace(",", ""), "the price is said in the same turn"
        assert len(told) == len(RU)
    leads = {lead["locale"]: lead for lead in await installation.leads()}
    assert_lead(leads["ru"], {"name": "Анна", "phone": f"+7916{anna.id % 10_000_000:07d}"})
    assert_lead(leads["en"], {"email": "kate@example.com"})
    assert leads["ru"]["source"] == "site_banner"
    await exported(installation, leads)


def assert_lead(lead: dict[str, Any], contact: dict[str, str], channel: str = "telegram") -> None:
    assert lead["status"] == "qualified"
    assert lead["channel"] == channel
    assert {key: lead["contact"][key] for key in contact} == contact
    assert lead["slots"]["quantity"] == {"min": 25, "max": 25}
    assert lead["slots"]["budget"]["currency"] == "RUB"
    assert lead["consent"]["version"]
    assert lead["consent"]["at"]
    assert lead["score"] == sum(reason["points"] for reason in lead["reasons"]) >= 50


async def exported(installation: Assistant, leads: dict[str, dict[str, Any]]) -> None:
    """The same leads are in every format of the export, with contact and consent."""
    found = await installation.command("export", "--format", "jsonl")
    assert found.code == 0, found.err
    rows = [json.loads(line) for line in found.out.splitlines()]
    by_id = {row["id"]: row for row in rows}
    for lead in leads.values():
        assert by_id[lead["id"]]["contact"] == lead["contact"]
        assert by_id[lead["id"]]["consent"] == lead["consent"]
    found = await installation.command("export", "--format", "csv")
    table = list(csv.reader(io.StringIO(found.out.lstrip("\ufeff"))))
    assert len(table) == len(leads) + 1
    text = found.out
    for lead in leads.values():
        for value in (lead["contact"]["phone"], lead["contact"]["email"]):
            assert not value or value.lstrip("+") in text
        assert lead["consent"]["version"] in text
    file = installation.folder / "leads.xlsx"
    found = await installation.command("export", "--format", "xlsx", "--out", str(file))
    assert found.code == 0, found.err
    with zipfile.ZipFile(file) as book:
        texts = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    for lead in leads.values():
        assert lead["consent"]["version"] in texts
        assert not lead["contact"]["email"] or lead["contact"]["email"] in texts


@pytest.mark.timeout(120)
async def test_over_polling(telegram: TelegramServer, tmp_path: Path) -> None:
    """Started as a shell starts it, with nothing warmed up."""
    installation = Assistant(tmp_path / "one", TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    async with installation:
        await both_buy(installation, telegram)
        async with installation.api() as api:
            assert (await api.get("/readyz")).json()["status"] == "ok"
            stats = (await api.get("/api/v1/stats")).json()
            assert (stats["leads"]["total"], stats["leads"]["qualified"], stats["people"]) == (2, 2, 2)
        assert await installation.stop() == 0
    tells_nothing(installation)


@pytest.mark.timeout(120)
async def test_over_the_webhook(telegram: TelegramServer, install: Install) -> None:
    port = str(unused_port())
    installation = install(
        TELEGRAM_API_URL=telegram.url, TELEGRAM_MODE="webhook", HTTP_PORT=port, PUBLIC_URL=f"http://127.0.0.1:{port}"
    )
    async with installation:
        await telegram.until(lambda: bool(telegram.updates.webhook))
        await both_buy(installation, telegram)
        assert set(telegram.updates.webhook_statuses) == {200}


CHAT_RU = """/start
Сколько стоит Jura X8?
Кофемашина в офис на 25 человек
до 300 тысяч рублей
через две недели
да
+7 916 123-45-67, Анна
нет
"""
CHAT_EN = """/start
how much is the Jura X8?
A coffee machine for our office, 25 people
up to 300,000 roubles
in two weeks
1
kate@example.com
2
"""


@pytest.mark.timeout(120)
async def test_over_a_terminal_in_a_pipe(install: Install) -> None:
    installation = install(TELEGRAM_TOKEN="")
    ru = await installation.command("chat", "--locale", "ru", text=CHAT_RU)
    en = await installation.command("chat", "--locale", "en", text=CHAT_EN)
    for done in (ru, en):
        assert done.code == 0, done.err
        assert PRICE in "".join(done.out.split()).replace(",", "")
    async with installation:
        leads = {lead["locale"]: lead for lead in await installation.leads()}
        assert_lead(leads["ru"], {"phone": "+79161234567"}, "console")
        assert_lead(leads["en"], {"email": "kate@example.com"}, "console")
        await exported(installation, leads)


@pytest.mark.timeout(120)
async def test_a_chat_beside_a_running_process_shares_its_database(install: Install, telegram: TelegramServer) -> None:
    async with install(TELEGRAM_API_URL=telegram.url) as installation:
        walking = asyncio.ensure_future(sale(telegram, telegram.user(), RU))
        done = await installation.command("chat", "--locale", "en", text=CHAT_EN)
        await walking
        assert done.code == 0, done.err
        assert sorted(lead["channel"] for lead in await installation.leads()) == ["console", "telegram"]
