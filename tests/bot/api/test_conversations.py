"""Conversations over HTTP: read, and speak in them as a rep."""

import asyncio

import pytest

from flows.commands import Own, Speak
from flows.model import BOT
from tests.bot.api.conftest import World, owner_of

CHAT = "/api/v1/conversations/c1"


async def test_conversations_are_listed(world: World) -> None:
    body = (await world.client.get("/api/v1/conversations")).json()
    assert (body["total"], body["next"]) == (1, None)
    assert body["items"][0] == {
        "id": "c1",
        "channel": "telegram",
        "locale": "ru",
        "owner": "bot",
        "flow": "qualification",
        "step": "need",
        "status": "open",
        "wants_person": None,
        "started_at": "2026-11-22T10:00:00+00:00",
        "updated_at": "2026-11-22T10:00:00+00:00",
    }


async def test_messages_hide_contacts_until_consent(world: World) -> None:
    body = (await world.client.get(f"{CHAT}/messages")).json()
    assert body["total"] == 1
    assert body["items"][0]["from"] == "prospect"
    assert "anna@example.com" not in str(body)


async def test_a_rep_takes_over_speaks_and_hands_back(world: World) -> None:
    rep = {"owner": "anna", "name": "Анна"}
    assert (await world.client.post(f"{CHAT}/take-over", json=rep)).json() == {"conversation_id": "c1", "owner": "anna"}
    assert (await world.client.post(f"{CHAT}/messages", json={**rep, "text": " Добрый день "})).status_code == 201
    assert (await world.client.post(f"{CHAT}/hand-back", json=rep)).json()["owner"] == BOT
    assert world.commands == [Own("anna", "Анна"), Speak("Добрый день", "anna", "Анна"), Own(BOT)]


async def test_without_a_name_the_token_itself_is_the_rep(world: World) -> None:
    assert (await world.client.post(f"{CHAT}/take-over")).json()["owner"] == "api"
    assert (await world.client.post(f"{CHAT}/messages", json={"text": "hi"})).status_code == 201
    assert (await world.client.post(f"{CHAT}/hand-back")).status_code == 200


async def test_of_two_who_take_over_one_is_first(world: World) -> None:
    posts = (world.client.post(f"{CHAT}/take-over", json={"owner": rep}) for rep in ("anna", "boris"))
    responses = await asyncio.gather(*posts)
    assert sorted(response.status_code for response in responses) == [200, 409]
    [lost] = [response for response in responses if response.status_code == 409]
    assert owner_of(world) in lost.json()["detail"]


@pytest.mark.parametrize("action", ["messages", "hand-back"])
async def test_only_the_owner_may(world: World, action: str) -> None:
    await world.client.post(f"{CHAT}/take-over", json={"owner": "anna"})
    body = {"owner": "boris"} | ({"text": "hi"} if action == "messages" else {})
    response = await world.client.post(f"{CHAT}/{action}", json=body)
    assert response.status_code == 409
    assert "anna" in response.json()["detail"]
    assert owner_of(world) == "anna"


async def test_nobody_speaks_beside_the_bot(world: World) -> None:
    response = await world.client.post(f"{CHAT}/messages", json={"text": "hi"})
    assert response.status_code == 409
    assert "take-over" in response.json()["remedy"]
    assert world.commands == []


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "   "}, {"text": 5}, {"text": "x", "to": "y"}, {"text": "x" * 20_001}]
)
async def test_words_that_are_none_are_refused(world: World, body: object) -> None:
    assert (await world.client.post(f"{CHAT}/messages", json=body)).status_code == 422


@pytest.mark.parametrize("action", ["take-over", "hand-back"])
async def test_an_unknown_conversation_is_404(world: World, action: str) -> None:
    assert (await world.client.post(f"/api/v1/conversations/c9/{action}")).status_code == 404
    assert (await world.client.get("/api/v1/conversations/c9/messages")).status_code == 404
    assert (await world.client.post("/api/v1/conversations/c9/messages", json={"text": "x"})).status_code == 404
