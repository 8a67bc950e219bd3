"""Sign-in comes before everything, bodies are limited, and no error shows its inside."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import structlog

from bot.api.guard import LARGEST_BODY
from flows.errors import Misconfigured, StorageDown
from tests.bot.api.conftest import SECRET, TOKEN, World, client_of

SECRET_HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def problem(response: httpx.Response) -> dict[str, object]:
    """The body of an error, which says what went wrong in the promised form."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize("path", ["leads", "leads/nope", "nothing/here", "stats", "", "conversations/c9/messages"])
@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer é"])
async def test_without_the_token_everything_is_401(world: World, path: str, header: str) -> None:
    headers = [(b"authorization", header.encode())] if header else []
    async with client_of(world.deps) as stranger:
        response = await stranger.get(f"/api/v1/{path}", headers=headers)
    assert response.status_code == 401
    assert problem(response)["remedy"]
    assert response.headers["www-authenticate"] == "Bearer"


async def test_without_a_token_set_the_api_is_closed_and_says_why(world: World) -> None:
    async with client_of(replace(world.deps, admin_token="")) as client:
        for header in ("Bearer ", "Bearer x", ""):
            response = await client.get("/api/v1/leads", headers={"Authorization": header})
            assert response.status_code == 401
            assert "ADMIN_TOKEN" in str(problem(response)["remedy"])


async def test_what_is_not_there_is_404_for_who_may_know(world: World) -> None:
    assert (await world.client.get("/api/v1/nothing")).status_code == 404
    assert (await world.client.get("/nothing")).status_code == 404
    response = await world.client.post("/api/v1/stats")
    assert response.status_code == 405
    assert problem(response)["title"]


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 20 * LARGEST_BODY])
async def test_a_huge_body_is_refused_unread(world: World, size: int) -> None:
    response = await world.client.post("/telegram/webhook", headers=SECRET_HEADER, content=b"x" * size)
    assert response.status_code == 413
    problem(response)
    assert world.updates == []


async def test_a_huge_body_of_untold_size_is_refused(world: World) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    response = await world.client.post("/telegram/webhook", headers=SECRET_HEADER, content=endless())
    assert response.status_code == 413
    assert world.updates == []


async def test_a_storage_that_is_down_is_503_with_a_time(world: World) -> None:
    world.leads.down = True
    for path in ("/api/v1/leads", "/api/v1/leads/export?format=csv"):
        response = await world.client.get(path)
        assert response.status_code == 503
        assert response.headers["retry-after"] == "2"
        assert problem(response)["detail"] == "the database is locked"


async def test_errors_speak_the_readers_language(world: World) -> None:
    english = problem(await world.client.get("/api/v1/leads/nope"))
    assert english["detail"] == "There is no such lead"
    russian = problem(await world.client.get("/api/v1/leads/nope", headers={"Accept-Language": "ru-RU,ru;q=0.9,en"}))
    assert russian["detail"] != english["detail"]
    assert russian["remedy"]


async def test_a_bug_is_a_500_without_its_inside(world: World) -> None:
    world.trouble["webhook"] = ZeroDivisionError("at +79161234567")
    with structlog.testing.capture_logs() as logs:
        response = await world.client.post("/telegram/webhook", headers=SECRET_HEADER, content=b"{}")
    assert response.status_code == 500
    assert "Zero" not in response.text
    assert "7916" not in response.text
    assert [entry["event"] for entry in logs] == ["request failed"]


async def test_a_wrong_setting_is_told_with_its_remedy(world: World) -> None:
    world.trouble["webhook"] = Misconfigured("PUBLIC_URL", "it is not https", "Write https")
    response = await world.client.post("/telegram/webhook", headers=SECRET_HEADER, content=b"{}")
    assert (response.status_code, problem(response)["remedy"]) == (500, "Write https")


async def test_wrong_parameters_are_told_and_not_repeated(world: World) -> None:
    response = await world.client.get("/api/v1/leads", params={"limit": "+79161234567"})
    assert response.status_code == 422
    body = problem(response)
    assert "limit" in str(body["detail"])
    assert "7916" not in response.text


async def test_requests_are_counted_by_their_outcome(world: World) -> None:
    await world.client.get("/healthz")
    await world.client.get("/nothing")
    metrics = (await world.client.get("/metrics")).text
    assert 'assistant_http_requests_total{status="200"} 1.0' in metrics
    assert 'assistant_http_requests_total{status="404"} 1.0' in metrics


async def test_the_storage_down_at_the_webhook_makes_telegram_send_again(world: World) -> None:
    world.trouble["webhook"] = StorageDown("the disk is full")
    response = await world.client.post("/telegram/webhook", headers=SECRET_HEADER, content=b"{}")
    assert response.status_code == 503
