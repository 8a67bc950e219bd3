"""Commands over a real database and the shipped content."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from tests.bot.conftest import Run, Type


def as_json(outcome: tuple[int, str, str]) -> dict[str, object]:
    code, out, errors = outcome
    assert (code, errors) == (0, "")
    found = orjson.loads(out)
    assert isinstance(found, dict)
    return found


def test_a_new_installation_has_nothing_yet(assistant: Run) -> None:
    assert as_json(assistant("deliveries", "list", "--json")) == {"items": [], "total": 0, "next": None}
    assert as_json(assistant("staff", "list", "--json")) == {"items": []}
    figures = as_json(assistant("stats", "--json"))
    assert {"from", "to", "people", "conversations", "leads", "funnel", "answers", "response_times"} <= set(figures)
    code, out, _ = assistant("export")
    assert (code, len(out.splitlines())) == (0, 1)
    assert assistant("deliveries")[0] == 0


def test_a_message_that_is_not_there_is_told(assistant: Run) -> None:
    code, out, errors = assistant("why", "m-404")
    assert (code, out) == (1, "")
    assert "m-404" in errors


def test_staff_are_added_and_changed_by_their_address(assistant: Run) -> None:
    assert assistant("staff", "add", "Anna@Example.com", "--role", "rep", "--name", "Anna")[0] == 0
    assert assistant("staff", "add", "anna@example.com", "--role", "manager", "--telegram", "7")[0] == 0
    items = as_json(assistant("staff", "list", "--json"))["items"]
    assert isinstance(items, list)
    assert [(item["email"], item["role"]) for item in items] == [("anna@example.com", "manager")]


def test_what_is_not_named_stays_as_it_is(assistant: Run) -> None:
    assert assistant("staff", "add", "anna@example.com", "--role", "manager", "--name", "Anna", "--slack", "U7")[0] == 0
    assert assistant("staff", "add", "anna@example.com", "--telegram", "500")[0] == 0
    (anna,) = staff(assistant)
    assert (anna["role"], anna["name"], anna["slack"], anna["telegram"]) == ("manager", "Anna", "U7", "500")
    assert assistant("staff", "add", "anna@example.com", "--slack", "")[0] == 0
    assert staff(assistant)[0]["slack"] == ""


def test_an_id_belongs_to_one_person(assistant: Run) -> None:
    assert assistant("staff", "add", "anna@example.com", "--telegram", "500")[0] == 0
    code, _, errors = assistant("staff", "add", "eve@example.com", "--telegram", "500")
    assert code == 2
    assert "anna@example.com" in errors
    assert assistant("staff", "add", "eve@example.com", "--telegram", "@eve")[0] == 2
    assert [person["email"] for person in staff(assistant)] == ["anna@example.com"]
    assert assistant("staff", "add", "eve@example.com")[0] == 0
    assert [person["role"] for person in staff(assistant)] == ["rep", "rep"]


def staff(assistant: Run) -> list[dict[str, str]]:
    """Everybody, as they are listed."""
    items: object = as_json(assistant("staff", "list", "--json"))["items"]
    assert isinstance(items, list)
    return items


def test_migrating_twice_is_migrating_once(assistant: Run) -> None:
    assert [assistant("migrate")[0] for _ in range(2)] == [0, 0]


def test_what_ships_is_fine(assistant: Run) -> None:
    assert as_json(assistant("check", "--json")) == {"defects": []}


def test_a_defect_is_told_with_its_place(assistant: Run, place: Path) -> None:
    flows = place / "data" / "content" / "flows"
    flows.mkdir(parents=True)
    (flows / "greeting.yaml").write_text("flow: greeting\nversion: 1\npurpose: x\nsteps:\n  - shout: hello\n")
    code, out, _ = assistant("check")
    assert code == 1
    assert out.startswith("data/content/flows/greeting.yaml:5:")


def test_wrong_settings_are_defects_too(assistant: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "x")
    code, out, _ = assistant("check")
    assert code == 1
    assert out.startswith(".env:0: HTTP_PORT:")


def test_flows_are_drawn(assistant: Run) -> None:
    code, out, _ = assistant("graph", "qualification")
    assert code == 0
    assert out.startswith("flowchart TD\n")
    assert 'qualification_need["ask: need"]' in out
    code, _, errors = assistant("graph", "nowhere")
    assert code == 1
    assert "qualification" in errors


def test_words_are_understood_in_bulk(assistant: Run, typed: Type) -> None:
    rows = [
        '{"text": "budget 2000", "locale": "en"}',
        "nonsense",
        '{"locale": "ru"}',
        '{"text": 5}',
        '{"text": "x", "now": "soon"}',
        "",
        '{"text": "завтра", "now": "2026-11-22T10:00:00+03:00"}',
    ]
    typed("\n".join(rows))
    code, out, _ = assistant("understand", "--json")
    found = [orjson.loads(line) for line in out.splitlines()]
    assert code == 0
    assert found[0]["slots"]["money"] == {"min": 2000, "max": 2000, "currency": "USD"}
    assert ["error" in row for row in found] == [False, True, True, True, True, False]
    assert found[5]["slots"]["date"] == "2026-11-23"


def test_the_shape_of_an_understanding(assistant: Run) -> None:
    found = as_json(assistant("understand", "+7 916 123-45-67", "--locale", "ru"))
    assert set(found) == {"text", "locale", "commands", "slots", "intent", "objection"}
    slots = found["slots"]
    assert isinstance(slots, dict)
    assert set(slots) == {
        "phone", "email", "name", "company", "city", "telegram", "quantity", "money", "date", "period",
    }  # fmt: skip
    assert slots["phone"] == "+79161234567"


def test_the_knowledge_is_searched(assistant: Run, typed: Type) -> None:
    code, out, _ = assistant("knowledge", "search", "сколько стоит Jura E8?")
    assert code == 0
    assert "129 900" in out.replace("\u00a0", " ").replace("\u202f", " ")
    typed('{"query": "how much is Jura E8?"}\n{"query": "qwertyuiop"}\n{"text": "x"}\n')
    _, out, _ = assistant("knowledge", "search", "--json")
    known, unknown, wrong = [orjson.loads(line) for line in out.splitlines()]
    assert known["known"] is True
    assert [hit["id"] for hit in known["hits"]] == ["jura-e8"]
    assert (unknown["known"], unknown["hits"]) == (False, [])
    assert "error" in wrong


def test_a_prospect_becomes_a_lead_through_a_pipe(assistant: Run, typed: Type) -> None:
    typed("/start\nнужна кофемашина в офис\n2\n1\n1\nда\n+79161234567\n")
    code, out, _ = assistant("chat", "--locale", "ru")
    assert code == 0
    assert out.count("> ") == 7
    code, out, _ = assistant("export", "--format", "jsonl")
    [lead] = [orjson.loads(line) for line in out.splitlines()]
    assert lead["contact"]["phone"] == "+79161234567"
    assert (lead["channel"], lead["locale"]) == ("console", "ru")
    figures = as_json(assistant("stats", "--json"))
    assert (figures["people"], figures["conversations"]) == (1, 1)
    code, out, _ = assistant("graph", "qualification", "--stats")
    assert 'qualification_need["ask: need<br/>1' in out


def test_an_export_is_a_whole_file(assistant: Run, place: Path) -> None:
    code, out, errors = assistant("export", "--format", "xlsx", "--out", "leads.xlsx", "--since", "7d")
    assert (code, out) == (0, "")
    assert "leads.xlsx" in errors
    assert (place / "leads.xlsx").read_bytes().startswith(b"PK")
    assert [path.name for path in place.glob(".leads*")] == []


def test_a_restored_copy_goes_on_where_it_was(assistant: Run, typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    typed("/start\nнужна кофемашина в офис\n")
    assert assistant("chat", "--as", "anna", "--locale", "ru")[0] == 0
    assert assistant("backup", "copy.db")[0] == 0
    assert assistant("backup", "copy.db")[0] == 1
    assert assistant("restore", "copy.db")[0] == 1
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///data/other.db")
    assert assistant("restore", "copy.db")[0] == 0
    typed("6-20\n")
    code, out, _ = assistant("chat", "--as", "anna", "--locale", "ru")
    assert code == 0
    assert "На какую сумму" in out


def test_a_folder_that_is_not_there_is_told_with_the_remedy(assistant: Run) -> None:
    code, out, errors = assistant("export", "--out", "nowhere/leads.csv")
    assert (code, out) == (1, "")
    assert errors.startswith("--out: nowhere cannot be written to (No such file or directory). Name a file")


def test_a_terminal_says_what_waits_for_it_and_leaves_the_rows_of_others_alone(
    assistant: Run, typed: Type, place: Path
) -> None:
    def unsent() -> list[tuple[str, int]]:
        with closing(sqlite3.connect(place / "data" / "assistant.db")) as database:
            return database.execute("SELECT status, attempts FROM outbox WHERE status != 'sent'").fetchall()

    typed("/start\n")
    _, greeted, _ = assistant("chat", "--as", "anna", "--locale", "en")
    with closing(sqlite3.connect(place / "data" / "assistant.db")) as database, database:
        database.execute("UPDATE outbox SET status = 'open', leased_by = '', leased_until = 0")
    typed("/start\n")
    assert assistant("chat", "--as", "boris", "--locale", "en")[0] == 0
    assert unsent() == [("open", 0)]
    typed("")
    _, out, _ = assistant("chat", "--as", "anna", "--locale", "en")
    assert out.strip() == greeted.split("> /start", 1)[1].strip()
    assert unsent() == []


def test_operators_are_told_everything_in_their_language(
    assistant: Run, typed: Type, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    flows = place / "data" / "content" / "flows"
    flows.mkdir(parents=True)
    (flows / "greeting.yaml").write_text("flow: greeting\nversion: 1\nsteps:\n  - shout: hello\n")
    typed("")
    (place / "copy.db").write_text("x")
    outcomes = [
        assistant("check"),
        assistant("why"),
        assistant("fly"),
        assistant("backup", "copy.db"),
        assistant("restore", "copy.db"),
        assistant("export", "--out", "nowhere/leads.csv"),
    ]
    english = ("Begin the step", "Add it", "Field required", "Usage", "Error", "Missing", "No such command", "exists")
    for code, out, errors in outcomes:
        assert code
        assert re.search("[а-я]{4}", out + errors)
        assert [words for words in (*english, "is no backup", "Value error") if words in out + errors] == []
