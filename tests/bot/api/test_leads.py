"""Leads over HTTP, in the promised shape."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.api.models import LeadOut
from flows.model import Reason
from tests.bot.api.conftest import World
from tests.fakes.rows import NOW, lead_row

SHAPE = {
    "id", "conversation_id", "channel", "source", "locale", "amount", "status", "score", "reasons", "contact", "slots",
    "consent", "trackers", "owner", "created_at", "updated_at",
}  # fmt: skip


async def test_a_lead_has_the_promised_shape(world: World) -> None:
    body = (await world.client.get("/api/v1/leads/l1")).json()
    assert set(body) == SHAPE
    assert body["contact"] == {
        "name": "Анна",
        "phone": "+79161234567",
        "email": "anna@example.com",
        "telegram": "@anna_k",
    }
    assert body["reasons"][0] == {"points": 40, "rule": "budget_named", "quote": "до 100к"}
    assert body["created_at"] == "2026-11-22T10:00:00+00:00"
    assert LeadOut.model_validate(body).model_dump().keys() == SHAPE


async def test_pages_follow_each_other_to_the_end(world: World) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        body = (await world.client.get("/api/v1/leads", params={"limit": 2, "cursor": cursor})).json()
        assert body["total"] == 3
        seen += [lead["id"] for lead in body["items"]]
        if body["next"] is None:
            break
        cursor = body["next"]
    assert seen == ["l1", "l2", "l3"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "status=hot", "since=yesterday", "since=2026-13-01", "q=%00", "cursor=%00"],
)
async def test_what_cannot_be_meant_is_422(world: World, query: str) -> None:
    assert (await world.client.get(f"/api/v1/leads?{query}")).status_code == 422


async def test_filters_reach_the_store(world: World) -> None:
    query = "status=won&since=2026-11-01&until=2026-11-20T10:00:00%2B03:00&source=ad-7&q=кофе&limit=7"
    await world.client.get(f"/api/v1/leads?{query}")
    [asked] = world.leads.asked
    assert (asked.status, asked.source, asked.text, asked.limit) == ("won", "ad-7", "кофе", 7)
    assert asked.since == datetime(2026, 11, 1, tzinfo=UTC)
    assert asked.until == datetime(2026, 11, 20, 7, tzinfo=UTC)


async def test_a_span_counts_back_from_now(world: World) -> None:
    await world.client.get("/api/v1/leads?since=7d")
    assert world.leads.asked[0].since == NOW - timedelta(days=7)


async def test_status_and_owner_are_changed(world: World) -> None:
    body = (await world.client.patch("/api/v1/leads/l1", json={"status": "won", "owner": "anna"})).json()
    assert (body["status"], body["owner"]) == ("won", "anna")
    body = (await world.client.patch("/api/v1/leads/l1", json={"owner": ""})).json()
    assert (body["status"], body["owner"]) == ("won", None)


@pytest.mark.parametrize("change", [{"status": "hot"}, {"score": 100}, {"owner": 5}, ["won"], "won"])
async def test_a_change_that_is_none_is_refused(world: World, change: object) -> None:
    assert (await world.client.patch("/api/v1/leads/l1", json=change)).status_code == 422
    assert world.leads.kept["l1"].lead.status == "qualified"


async def test_an_unknown_lead_is_404(world: World) -> None:
    assert (await world.client.get("/api/v1/leads/l9")).status_code == 404
    assert (await world.client.patch("/api/v1/leads/l9", json={"status": "won"})).status_code == 404


@pytest.mark.parametrize(
    ("kind", "begin", "media"),
    [
        ("csv", b"\xef\xbb\xbfid,", "text/csv; charset=utf-8"),
        ("xlsx", b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("jsonl", b'{"id":"l1"', "application/x-ndjson"),
    ],
)
async def test_the_export_is_a_file(world: World, kind: str, begin: bytes, media: str) -> None:
    response = await world.client.get("/api/v1/leads/export", params={"format": kind})
    assert response.status_code == 200
    assert response.content.startswith(begin)
    assert response.headers["content-type"] == media
    assert response.headers["content-disposition"] == f'attachment; filename="leads-2026-11-22.{kind}"'


async def test_an_export_of_nothing_is_an_empty_file(world: World) -> None:
    world.leads.kept.clear()
    response = await world.client.get("/api/v1/leads/export", params={"format": "jsonl"})
    assert (response.status_code, response.content) == (200, b"")


async def test_another_format_is_422(world: World) -> None:
    assert (await world.client.get("/api/v1/leads/export?format=pdf")).status_code == 422


async def test_without_consent_no_answer_holds_a_contact(world: World) -> None:
    row = lead_row("l1", consent=None)
    words = "кофемашина, +7 916 555-44-33, ivan@petrov.ru"
    score = replace(row.lead.score, reasons=(Reason(40, "wants", words),))
    world.leads.kept = {"l1": replace(row, lead=replace(row.lead, slots={"need": words}, score=score))}
    for answer in (
        await world.client.get("/api/v1/leads"),
        await world.client.get("/api/v1/leads/l1"),
        await world.client.patch("/api/v1/leads/l1", json={"status": "won"}),
    ):
        assert answer.status_code == 200
        assert "кофемашина" in answer.text
        assert not [one for one in ("916", "petrov", "anna") if one in answer.text]
