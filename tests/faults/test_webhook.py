"""The webhook's door: whatever knocks gets a clear answer, and only Telegram's own updates come in."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.assistant import Assistant
from tests.faults.breaking import BreakingTelegram
from tests.faults.test_redelivery import in_order
from tests.faults.traffic import WAY, prospect
from tests.installations import Install
from tests.servers import unused_port

HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = "the-secret-of-this-webhook"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{'update_id': 1}",
    "half of it": b'{"update_id": 1, "message": {"te',
    "no object": b"[1, 2, 3]",
    "only a number": b"7",
    "not UTF-8": b'{"update_id": 1, "message": {"text": "\xff\xfe"}}',
    "deep": b"[" * 100_000,
    "nameless": b'{"message": {"text": "hi"}}',
    "huge": b'{"update_id": 1, "message": {"text": "' + b"a" * 2_000_000 + b'"}}',
}
STRANGE: dict[str, bytes] = {
    "no such kind": b'{"update_id": 900001, "poll": {"id": "1"}}',
    "a message without a chat": b'{"update_id": 900002, "message": {"text": "hi"}}',
    "everything of a wrong type": b'{"update_id": 900003, "message": {"chat": {"id": "x"}, "from": 5, "text": [1]}}',
    "a huge number": b'{"update_id": 99999999999999999999999, "message": {"chat": {"id": 1, "type": "private"}}}',
}


@pytest.fixture
async def running(install: Install, telegram: BreakingTelegram) -> AsyncIterator[Assistant]:
    """An installation in webhook mode."""
    async with install(**webhook(telegram)) as installation:
        await telegram.until(lambda: bool(telegram.updates.webhook))
        yield installation


def webhook(telegram: BreakingTelegram) -> dict[str, str]:
    port = str(unused_port())
    return {
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "HTTP_PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


async def knock(running: Assistant, body: bytes, secret: str | None = SECRET) -> int:
    headers = {HEADER: secret} if secret is not None else {}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{running.url}/telegram/webhook", content=body, headers=headers)
    return answer.status_code


async def test_what_is_no_update_is_refused_and_nothing_breaks(running: Assistant, telegram: BreakingTelegram) -> None:
    statuses = {name: await knock(running, body) for name, body in BODIES.items()}
    assert all(400 <= status < 500 for status in statuses.values()), statuses
    assert statuses["huge"] == 413
    one = prospect(telegram)
    await one.step(0)


async def test_an_update_that_is_not_ours_is_taken_and_let_go(running: Assistant, telegram: BreakingTelegram) -> None:
    statuses = {name: await knock(running, body) for name, body in STRANGE.items()}
    assert all(status < 500 for status in statuses.values()), statuses
    one = prospect(telegram)
    await one.step(0)


async def test_without_the_secret_nobody_comes_in(running: Assistant, telegram: BreakingTelegram) -> None:
    user = telegram.user()
    body = f'{{"update_id": 5, "message": {{"message_id": 1, "date": 1, "text": "/start", "chat": {{"id": {user.id}, "type": "private"}}, "from": {{"id": {user.id}, "is_bot": false, "first_name": "A"}}}}}}'.encode()  # noqa: E501
    assert await knock(running, body, None) == 403
    assert await knock(running, body, "wrong") == 403
    assert await knock(running, body, "") == 403
    assert not user.visible
    assert await knock(running, body) == 200
    await telegram.until(lambda: len(user.visible) == 1)


async def test_an_endless_body_without_a_length_is_cut_off(running: Assistant) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"a" * 65_536

    async with httpx.AsyncClient() as client:
        try:
            answer = await client.post(f"{running.url}/telegram/webhook", content=endless(), headers={HEADER: SECRET})
            status = answer.status_code
        except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
            status = 0  # the server has answered and closed before everything was written
        assert status in {0, 413}
        assert (await client.get(f"{running.url}/healthz")).status_code == 200


async def test_redelivered_updates_have_one_effect(running: Assistant, telegram: BreakingTelegram) -> None:
    one = prospect(telegram, redeliver=True)
    await one.goes()
    assert one.texts == one.told
    assert len(one.told) == len(WAY)


async def test_what_one_chat_sends_at_once_is_answered_in_order(install: Install, telegram: BreakingTelegram) -> None:
    await in_order(install, telegram, **webhook(telegram))
