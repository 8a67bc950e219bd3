"""The doctor tries every configured service, tells what is wrong, and mends what it can."""

from pathlib import Path
from typing import Any

import pytest

from bot.doctor import examine
from bot.findings import Finding
from bot.settings import Settings
from locales.operators import messages
from tests.bot.conftest import Run
from tests.fakes.telegram import TOKEN, TelegramServer

TEXTS = messages("en")


def settings(place: Path, **more: Any) -> Settings:
    """An installation in a directory of its own."""
    given = {"database_url": f"sqlite+aiosqlite:///{place}/assistant.db", "content_dir": place / "content", **more}
    return Settings(_env_file=None, **given)


async def found(wanted: Settings, *, fix: bool = False) -> dict[str, Finding]:
    return {finding.part: finding for finding in await examine(wanted, TEXTS, fix=fix)}


async def test_a_new_installation_is_fine(place: Path) -> None:
    findings = await found(settings(place))
    assert set(findings) == {"data", "content", "database", "telegram", "slack", "trackers", "api"}
    assert all(finding.fine for finding in findings.values())


async def test_polling_is_fine(place: Path) -> None:
    async with TelegramServer() as telegram:
        findings = await found(settings(place, telegram_token=TOKEN, telegram_api_url=telegram.url))
    assert "@shop_bot" in findings["telegram"].text
    assert findings["telegram updates"].fine


async def test_a_webhook_that_stands_in_the_way_of_polling_is_taken_away(place: Path) -> None:
    async with TelegramServer() as telegram:
        await telegram.perform("setWebhook", {"url": "https://elsewhere.example/hook"})
        wanted = settings(place, telegram_token=TOKEN, telegram_api_url=telegram.url)
        before = (await found(wanted))["telegram updates"]
        assert not before.fine
        assert "--fix" in before.remedy
        assert (await found(wanted, fix=True))["telegram updates"].fine
        assert not telegram.updates.webhook


async def test_the_webhook_is_registered(place: Path) -> None:
    async with TelegramServer() as telegram:
        wanted = settings(
            place,
            telegram_token=TOKEN,
            telegram_api_url=telegram.url,
            telegram_mode="webhook",
            public_url="https://shop.example",
            telegram_webhook_secret="secret",
        )
        assert not (await found(wanted))["telegram updates"].fine
        assert (await found(wanted, fix=True))["telegram updates"].fine
        assert telegram.updates.webhook == {"url": "https://shop.example/telegram/webhook", "secret": "secret"}


@pytest.mark.parametrize("right", ["can_manage_topics", "can_delete_messages"])
async def test_a_desk_in_telegram_needs_a_right(place: Path, right: str) -> None:
    async with TelegramServer() as telegram:
        chat = telegram.forum()
        assert chat.forum is not None
        chat.forum.rights = {right}
        wanted = settings(place, telegram_token=TOKEN, telegram_api_url=telegram.url, telegram_desk_chat=str(chat.id))
        finding = (await found(wanted))["telegram desk"]
    assert finding.fine == (right == "can_manage_topics")
    assert bool(finding.remedy) is not finding.fine


async def test_a_desk_that_is_no_group_hides_nothing_else(place: Path) -> None:
    async with TelegramServer() as telegram:
        wanted = settings(place, telegram_token=TOKEN, telegram_api_url=telegram.url, telegram_desk_chat="-1")
        findings = await found(wanted)
    assert not findings["telegram desk"].fine
    assert findings["telegram updates"].fine


async def test_a_wrong_token_is_told_and_hides_nothing_else(place: Path) -> None:
    async with TelegramServer() as telegram:
        wrong = "4343:AAanother_token-of-nobody-at-all00000"
        findings = await found(settings(place, telegram_token=wrong, telegram_api_url=telegram.url))
    assert not findings["telegram"].fine
    assert findings["telegram"].remedy
    assert findings["database"].fine
    assert wrong not in str(findings)


async def test_telegram_away_is_told(place: Path, free_port: int) -> None:
    findings = await found(settings(place, telegram_token=TOKEN, telegram_api_url=f"http://127.0.0.1:{free_port}"))
    assert not findings["telegram"].fine


async def test_a_database_that_is_none_is_told(place: Path) -> None:
    (place / "x.db").write_text("this is no database at all, and it is long enough to be looked at")
    findings = await found(settings(place, database_url=f"sqlite+aiosqlite:///{place}/x.db"))
    assert not findings["database"].fine
    assert findings["content"].fine


async def test_broken_content_is_told(place: Path) -> None:
    flows = place / "content" / "flows"
    flows.mkdir(parents=True)
    (flows / "greeting.yaml").write_text("flow: [")
    finding = (await found(settings(place)))["content"]
    assert not finding.fine
    assert "assistant check" in finding.remedy


def test_the_command_prints_settings_masked_and_exits_1_when_ill(
    assistant: Run, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setenv("ADMIN_TOKEN", "very-secret-token")
    code, out, _ = assistant("doctor")
    assert code == 0
    assert "very-secret-token" not in out
    assert "ADMIN_TOKEN" in out
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", f"http://127.0.0.1:{free_port}")
    code, out, _ = assistant("doctor")
    assert code == 1
    assert "✗ telegram" in out
    assert TOKEN not in out
