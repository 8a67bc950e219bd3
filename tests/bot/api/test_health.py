"""Health, readiness and metrics, open to everybody on purpose."""

import asyncio
import re
from dataclasses import replace

import pytest

from bot.api import health
from flows.errors import StorageDown
from tests.bot.api.conftest import World, client_of


async def test_the_process_is_up(world: World) -> None:
    async with client_of(world.deps) as stranger:
        assert (await stranger.get("/healthz")).json() == {"status": "ok"}


async def test_ready_when_every_part_is(world: World) -> None:
    response = await world.client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "parts": {"database": "ok"}})


async def test_the_part_that_is_not_up_is_named(world: World) -> None:
    world.trouble["database"] = StorageDown("the database is locked")
    response = await world.client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"] == {"database": "the database is locked"}
    assert (await world.client.get("/healthz")).status_code == 200


async def test_an_unforeseen_error_does_not_show_its_inside(world: World) -> None:
    world.trouble["database"] = OSError("postgresql://user:password@host")
    response = await world.client.get("/readyz")
    assert response.json()["parts"] == {"database": "OSError"}


async def test_a_part_that_hangs_is_not_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PATIENCE", 0.01)

    async def hangs() -> None:
        await asyncio.Event().wait()

    async with client_of(replace(world.deps, ready={"telegram": hangs})) as client:
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert "telegram" in response.json()["parts"]


async def test_metrics_are_in_the_text_format(world: World) -> None:
    response = await world.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert "# TYPE assistant_turns_total counter" in response.text


async def test_the_api_describes_itself(world: World) -> None:
    document = (await world.client.get("/api/openapi.json")).json()
    assert {"/api/v1/leads", "/api/v1/leads/{lead}", "/api/v1/stats", "/api/v1/deliveries"} <= set(document["paths"])
    page = await world.client.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"<h2>{method.upper()} {path}</h2>" in page.text
    assert all(f'id="{name}"' in page.text for name in document["components"]["schemas"])


async def test_the_page_of_the_api_loads_nothing_from_elsewhere(world: World) -> None:
    page = (await world.client.get("/api/docs")).text
    assert re.findall(r"https?://|<script|<link|@import|src=", page) == []
