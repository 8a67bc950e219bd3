"""Figures and deliveries over HTTP."""

from datetime import timedelta

import pytest

from tests.bot.api.conftest import World
from tests.fakes.rows import NOW


@pytest.mark.parametrize(("query", "days"), [("", 30), ("?days=7", 7)])
async def test_stats_cover_thirty_days_unless_told(world: World, query: str, days: int) -> None:
    assert (await world.client.get(f"/api/v1/stats{query}")).json() == {"people": 1}
    assert world.reports.asked == [(NOW - timedelta(days=days), NOW)]


@pytest.mark.parametrize("days", ["0", "-1", "100000", "x"])
async def test_impossible_spans_are_422(world: World, days: str) -> None:
    assert (await world.client.get(f"/api/v1/stats?days={days}")).status_code == 422


async def test_deliveries_are_listed_by_status(world: World) -> None:
    body = (await world.client.get("/api/v1/deliveries")).json()
    assert (body["total"], [item["id"] for item in body["items"]]) == (2, ["d1", "d2"])
    body = (await world.client.get("/api/v1/deliveries?status=failed")).json()
    assert [(item["id"], item["error"], item["attempts"]) for item in body["items"]] == [("d1", "blocked", 3)]


async def test_failed_ones_are_opened_again(world: World) -> None:
    response = await world.client.post("/api/v1/deliveries/retry", json={"ids": ["d1", "d2", "d9"]})
    assert response.json() == {"retried": 1}
    assert world.deliveries.kept[0].status == "open"


async def test_a_cursor_of_nobody_is_422(world: World) -> None:
    response = await world.client.get("/api/v1/deliveries?cursor=garbage", headers={"Accept-Language": "ru"})
    assert response.status_code == 422
    assert "cursor" in response.json()["detail"]
    assert "leave it out" not in response.json()["detail"]
