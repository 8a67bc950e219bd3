"""The doctor asks Slack, and tries the channel for real."""

from pathlib import Path
from typing import Any

import pytest

from bot.doctor import examine
from bot.findings import Finding
from bot.settings import Settings
from locales.operators import messages
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.fakes.slack_state import BOT_USER, CHANNEL

TEXTS = messages("en")


async def found(place: Path, slack: SlackServer, **more: Any) -> dict[str, Finding]:
    given = {
        "database_url": f"sqlite+aiosqlite:///{place}/assistant.db",
        "content_dir": place / "content",
        "slack_bot_token": BOT_TOKEN,
        "slack_channel": CHANNEL,
        "slack_app_token": APP_TOKEN,
        "slack_api_url": slack.api_url,
        **more,
    }
    findings = await examine(Settings(_env_file=None, **given), TEXTS, fix=False)
    return {finding.part: finding for finding in findings if finding.part.startswith("slack")}


async def test_a_good_installation_is_fine_and_leaves_nothing_behind(place: Path) -> None:
    async with SlackServer() as slack:
        findings = await found(place, slack)
        assert set(findings) == {"slack", "slack scopes", "slack channel", "slack events"}
        assert all(finding.fine for finding in findings.values()), findings
        assert slack.state.roots() == []
        assert len(slack.named("chat.postMessage")) == len(slack.named("chat.delete")) == 1


async def test_missing_scopes_are_named(place: Path) -> None:
    async with SlackServer() as slack:
        slack.state.scopes -= {"files:read", "reactions:write"}
        finding = (await found(place, slack))["slack scopes"]
    assert not finding.fine
    assert "files:read, reactions:write" in finding.text
    assert "manifest" in finding.remedy


@pytest.mark.parametrize("trouble", ["stranger", "archived", "unknown", "mute"])
async def test_a_channel_that_cannot_be_used_is_told(place: Path, trouble: str) -> None:
    async with SlackServer() as slack:
        more = {}
        match trouble:
            case "stranger":
                slack.state.channels[CHANNEL].members.discard(BOT_USER)
            case "archived":
                slack.state.channels[CHANNEL].archived = True
            case "unknown":
                more = {"slack_channel": "C0OTHER"}
            case "mute":
                slack.state.scopes.discard("chat:write")
        finding = (await found(place, slack, **more))["slack channel"]
    assert not finding.fine
    assert finding.remedy or "invite" in finding.text


async def test_a_wrong_token_is_told_and_not_shown(place: Path) -> None:
    async with SlackServer() as slack:
        findings = await found(place, slack, slack_bot_token="xoxb-somebody-elses")
    assert not findings["slack"].fine
    assert findings["slack"].remedy
    assert "xoxb-somebody" not in str(findings)


async def test_a_wrong_app_token_is_told(place: Path) -> None:
    async with SlackServer() as slack:
        finding = (await found(place, slack, slack_app_token=BOT_TOKEN))["slack events"]
    assert not finding.fine
    assert "SLACK_APP_TOKEN" in finding.text


async def test_without_a_socket_slack_must_reach_us(place: Path) -> None:
    async with SlackServer() as slack:
        more = {"slack_app_token": "", "slack_signing_secret": "s"}
        assert not (await found(place, slack, **more))["slack events"].fine
        fine = (await found(place, slack, **more, public_url="https://shop.example"))["slack events"]
    assert fine.fine
    assert "https://shop.example/slack/events" in fine.text


async def test_slack_away_is_told(place: Path, free_port: int) -> None:
    async with SlackServer() as slack:
        finding = (await found(place, slack, slack_api_url=f"http://127.0.0.1:{free_port}/api"))["slack"]
    assert not finding.fine
