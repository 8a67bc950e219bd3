"""Leads as files: stable columns, no formula, phones that can be dialled, only what may leave."""

import csv
import io
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model import Contact, Json
from flows.ports.reading import Filter, LeadRow
from flows.tables import Format
from handlers.disclose import disclosure
from handlers.export import Export, neutral
from handlers.shapes import lead_json
from integrations.sheets import FileSheets
from knowledge.destinations import Destinations
from tests.fakes.rows import FakeLeads, lead_row


def _all(row: LeadRow) -> LeadRow:
    return row


def export_of(*rows: LeadRow) -> Export:
    leads = FakeLeads({row.id: row for row in rows})
    return Export(leads, FileSheets(), _all, ["need", "quantity", "budget", "email"])


async def written(export: Export, kind: Format, query: Filter | None = None) -> bytes:
    return b"".join([piece async for piece in export(kind, query or Filter())])


async def table(export: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await written(export, "csv")).decode("utf-8-sig"), newline="")))


async def test_the_columns_are_these() -> None:
    header = (await written(export_of(), "csv")).decode("utf-8-sig")
    assert header == (
        "id,created_at,updated_at,status,score,temperature,name,phone,email,telegram,amount,currency,"
        "need,quantity,budget,slot_email,"
        "channel,source,locale,owner,consent_version,consent_at,reasons,trackers,conversation_id\r\n"
    )


async def test_a_lead_is_readable() -> None:
    [row] = await table(export_of(lead_row()))
    assert row["phone"] == "+79161234567"
    assert row["telegram"] == "t.me/anna_k"
    assert row["quantity"] == "6 – 20"
    assert (row["amount"], row["currency"]) == ("99000.5", "RUB")
    assert row["reasons"] == "budget_named +40; soon +30"
    assert (row["consent_version"], row["consent_at"]) == ("3", "2026-11-22T09:59:00+00:00")


async def test_a_lead_without_contact_and_amount_has_empty_cells() -> None:
    partial = lead_row(amount=None, consent=None)
    [row] = await table(export_of(replace(partial, lead=replace(partial.lead, contact=None, slots={}))))
    assert {row[name] for name in ("phone", "email", "name", "amount", "currency", "need", "consent_at")} == {""}


async def test_a_line_of_json_is_the_lead_of_the_api() -> None:
    row = lead_row()
    assert orjson.loads(await written(export_of(row), "jsonl")) == lead_json(row)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"min": 50000, "max": 80000, "currency": "RUB"}, "50000 – 80000 RUB"),
        ({"min": None, "max": 80000, "currency": "RUB"}, "≤ 80000 RUB"),
        ({"min": 100, "max": None}, "≥ 100"),
        ({"min": 5, "max": 5}, "5"),
        ({"min": None, "max": None}, ""),
        ({"from": "2026-12-01", "to": "2026-12-31"}, "2026-12-01 – 2026-12-31"),
    ],
)
async def test_ranges_are_written_as_people_write_them(value: Json, shown: str) -> None:
    row = lead_row()
    [cells] = await table(export_of(replace(row, lead=replace(row.lead, slots={"budget": value}))))
    assert cells["budget"] == shown


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "＝1", "=cmd|' /C calc'!A0", "+7 916 123"],
)
def test_a_formula_is_only_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+79161234567", "+14155550132", "Анна", "a=b", "", "6 – 20", "1-5"])
def test_a_phone_and_plain_words_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    cell = str(neutral(text))
    assert not cell.startswith(("=", "@", "\t", "\r", "-", "+")) or cell[1:].isdigit()


async def test_hostile_names_are_neutral_in_the_file() -> None:
    row = lead_row()
    contact = Contact(name="=HYPERLINK(1)", phone="+79161234567")
    [cells] = await table(export_of(replace(row, lead=replace(row.lead, contact=contact))))
    assert cells["name"] == "'=HYPERLINK(1)"


async def test_only_matching_leads_are_written() -> None:
    lost = lead_row("l2")
    lost = replace(lost, lead=replace(lost.lead, status="lost"))
    export = export_of(lead_row("l1"), lost)
    lines = (await written(export, "jsonl", Filter(status="lost"))).splitlines()
    assert [orjson.loads(line)["id"] for line in lines] == ["l2"]


async def test_what_may_not_leave_is_not_in_the_file() -> None:
    destinations = Destinations({"export": {"name": "masked", "need": "full", "phone": "link"}})
    leads = FakeLeads({"l1": lead_row()})
    export = Export(leads, FileSheets(), disclosure(destinations, "export"), ["need", "quantity"])
    [row] = await table(export)
    assert row["need"] == "кофемашина"
    assert row["name"].startswith("А")
    assert row["name"] != "Анна"
    assert {row[name] for name in ("phone", "email", "telegram", "quantity", "source", "reasons")} == {""}
