"""The webhook's way into the product."""

from dataclasses import replace

from flows.errors import Refused
from tests.bot.api.conftest import SECRET, World, client_of

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


async def test_an_update_is_handed_on_as_it_came(world: World) -> None:
    response = await world.client.post("/telegram/webhook", headers=HEADERS, content=b'{"update_id": 1}')
    assert response.status_code == 200
    assert world.updates == [b'{"update_id": 1}']


async def test_without_the_secret_nothing_comes_in(world: World) -> None:
    for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
        response = await world.client.post("/telegram/webhook", headers=headers, content=b"{}")
        assert response.status_code == 403
    assert world.updates == []


async def test_a_malformed_update_is_400(world: World) -> None:
    world.trouble["webhook"] = Refused("the webhook's body is not JSON", "invalid")
    response = await world.client.post("/telegram/webhook", headers=HEADERS, content=b"\xff")
    assert response.status_code == 400


async def test_without_telegram_there_is_no_webhook(world: World) -> None:
    async with client_of(replace(world.deps, telegram_webhook=None)) as client:
        response = await client.post("/telegram/webhook", headers=HEADERS, content=b"{}")
    assert response.status_code == 404
    assert "TELEGRAM_TOKEN" in response.json()["remedy"]
