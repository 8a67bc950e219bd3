"""The whole process over a real database: Telegram by polling and by webhook, the API beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.serve import listen, serve
from bot.service import running
from bot.settings import Settings
from flows.errors import Misconfigured
from tests.fakes.telegram import TOKEN, TelegramServer

ADMIN = "admin-token-0123456789"


def settings(place: Path, **more: Any) -> Settings:
    """An installation in a directory of its own."""
    given = {"database_url": f"sqlite+aiosqlite:///{place}/assistant.db", "admin_token": ADMIN, **more}
    return Settings(_env_file=None, secret_key="key", content_dir=place / "content", **given)


@asynccontextmanager
async def process(wanted: Settings, sock: socket.socket) -> AsyncIterator[httpx.AsyncClient]:
    """The process, and a client of its API, once every part is up."""
    up = asyncio.Event()

    async def run() -> None:
        async with running(wanted) as service:
            await serve(service, sock, up.set)

    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    task = asyncio.create_task(run())
    try:
        async with asyncio.timeout(30), httpx.AsyncClient(base_url=base) as client:
            client.headers["Authorization"] = f"Bearer {ADMIN}"
            await asyncio.wait({task, asyncio.ensure_future(up.wait())}, return_when=asyncio.FIRST_COMPLETED)
            while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - asked as a supervisor asks
                await asyncio.sleep(0.02)
            yield client
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_rep_takes_over_from_the_bot_and_gives_back(place: Path, mode: str) -> None:
    sock = listen("127.0.0.1", 0)
    public = f"http://127.0.0.1:{sock.getsockname()[1]}" if mode == "webhook" else ""
    async with TelegramServer() as telegram:
        wanted = settings(
            place, telegram_token=TOKEN, telegram_api_url=telegram.url, telegram_mode=mode, public_url=public
        )
        async with process(wanted, sock) as client:
            user = telegram.user()
            user.says("/start")
            assert "программа" in (await user.reads()).text
            [chat] = (await client.get("/api/v1/conversations")).json()["items"]
            path = f"/api/v1/conversations/{chat['id']}"
            rep = {"owner": "anna", "name": "Анна"}
            assert (await client.post(f"{path}/take-over", json=rep)).json()["owner"] == "anna"
            assert "Анна" in (await user.reads()).text
            assert (await client.post(f"{path}/messages", json={**rep, "text": "Добрый день!"})).status_code == 201
            assert "Добрый день!" in (await user.reads()).text
            assert (await client.post(f"{path}/hand-back", json=rep)).json()["owner"] == "bot"
            assert (await user.reads()).text
            said = (await client.get(f"{path}/messages")).json()["items"]
            assert [line["from"] for line in said][:2] == ["prospect", "bot"]
            assert "anna" in [line["from"] for line in said]


async def test_telegram_is_told_the_commands_in_both_languages(place: Path) -> None:
    async with TelegramServer() as telegram:
        wanted = settings(place, telegram_token=TOKEN, telegram_api_url=telegram.url)
        async with process(wanted, listen("127.0.0.1", 0)):
            assert {"", "ru", "en"} <= set(telegram.commands)
            names = [command["command"] for command in telegram.commands["en"]]
            assert {"human", "me", "language", "help", "stop", "restart", "back"} <= set(names)


async def test_a_token_that_telegram_does_not_know_ends_the_process(place: Path) -> None:
    async with TelegramServer() as telegram:
        wanted = settings(
            place, telegram_token="4343:AAanother_token-of-nobody-at-all00000", telegram_api_url=telegram.url
        )
        with pytest.raises(Misconfigured) as caught:
            async with asyncio.timeout(20), running(wanted) as service:
                await serve(service, listen("127.0.0.1", 0), lambda: None)
        assert caught.value.setting == "TELEGRAM_TOKEN"


async def test_a_webhook_request_without_the_secret_is_refused(place: Path) -> None:
    async with TelegramServer() as telegram:
        wanted = settings(place, telegram_token=TOKEN, telegram_api_url=telegram.url)
        async with process(wanted, listen("127.0.0.1", 0)) as client:
            assert (await client.post("/telegram/webhook", json={"update_id": 1})).status_code == 403
            header = {"X-Telegram-Bot-Api-Secret-Token": wanted.webhook_secret}
            for body in (b"", b"nonsense", b"[]", b'{"update_id": "x"}', b"\xff\xfe", b'{"update_id": 1'):
                assert (await client.post("/telegram/webhook", headers=header, content=body)).status_code == 400
            assert (await client.post("/telegram/webhook", headers=header, json={"update_id": 1})).status_code == 200
