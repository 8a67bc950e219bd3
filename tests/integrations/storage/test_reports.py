"""Figures by their written definitions, and streams of many rows in bounded memory, on both databases."""

import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from flows.errors import Refused
from flows.model import Consent, Contact, Conversation, Lead, Score
from flows.outbound import Line
from flows.ports.reading import Filter
from flows.ports.turns import Committed
from integrations.storage.connect import Storage, open_storage
from integrations.storage.cursors import after
from integrations.storage.migrate import upgrade
from integrations.storage.tables import leads
from tests.contracts.storage_house import START, conversation, lead, message, turn


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    """A worker on each database."""
    await upgrade(url)
    opened = await open_storage(url, worker="one:1:a", clock=lambda: START)
    yield opened
    await opened.close()


async def exchange(storage: Storage, base: Conversation, waits: list[float], owner: str = "bot") -> Conversation:
    """Prospect's lines a minute apart, each answered after a wait in seconds; None stays without an answer."""
    for number, wait in enumerate(waits):
        asked = START + timedelta(minutes=base.version + number)
        line = Line(f"{base.id}:{base.version}.in", base.id, "prospect", asked, "?")
        now = asked + timedelta(seconds=wait)
        reply = message(base, now)
        commit = turn(base, now, heard=[line], dispatches=[replace(reply, writer=owner)], owner=owner)
        assert isinstance(await storage.conversations.commit(commit), Committed)
        base = replace(commit.turn.conversation)
    return base


async def test_response_times_are_those_of_the_transcript(storage: Storage) -> None:
    await exchange(storage, conversation("1"), [1, 2, 3, 4, 100])
    base = await exchange(storage, conversation("2", source="ad"), [30, 10], owner="rep1")
    late = Line("late", base.id, "prospect", START + timedelta(minutes=50), "anybody?")
    await storage.conversations.done([], START, [late])
    won = turn(base, START, lead=lead(base, "won", source="ad"))
    assert isinstance(await storage.conversations.commit(won), Committed)
    found = await storage.reports.stats(START, START + timedelta(hours=1))
    assert found["response_times"] == {
        "bot": {"count": 5, "median": 3.0, "p90": 100.0, "p95": 100.0},
        "rep": {"count": 2, "median": 10.0, "p90": 30.0, "p95": 30.0},
    }
    assert found["answers"] == {"bot": 5, "sourced": 0, "reps": 2, "unanswered": 0}
    assert found["reps"] == {
        "rep1": {"leads": 1, "won": 1, "messages": 2, "replies": 2, "median": 10.0, "p90": 30.0},
    }
    assert found["sources"] == {
        "": {"conversations": 1, "leads": 0, "qualified": 0, "won": 0},
        "ad": {"conversations": 1, "leads": 1, "qualified": 0, "won": 1},
    }
    nothing = await storage.reports.stats(START - timedelta(days=2), START - timedelta(days=1))
    assert (nothing["people"], nothing["funnel"], nothing["response_times"], nothing["reps"]) == (0, [], {}, {})


async def test_one_person_under_two_addresses_is_one(storage: Storage) -> None:
    for chat in ("1", "2"):
        await exchange(storage, replace(conversation(chat), profile=replace(conversation().profile, id="p")), [1])
    await exchange(storage, conversation("3"), [1])
    found = await storage.reports.stats(START, START + timedelta(hours=1))
    assert (found["people"], found["conversations"]) == (2, 3)


async def test_many_leads_stream_in_bounded_memory(storage: Storage) -> None:
    rows = [
        {"id": f"{number:05}", "created_at": number // 7, "slots": '{"need": "' + "x" * 500 + '"}'}
        for number in range(6000)
    ]
    await storage.database.write(lambda connection: connection.execute(insert(leads), rows))
    tracemalloc.start()
    try:
        seen = [row.id async for row in storage.leads.rows(Filter())]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == [str(row["id"]) for row in rows]
    assert peak < 6_000_000, "all rows at once are above 12 MB"


async def test_a_lead_is_found_by_its_contact_in_any_case(storage: Storage) -> None:
    base = replace(conversation(), consents={"processing": Consent(granted=True, at=START.isoformat())})
    known = Lead(base.id, "new", Score(), {}, Contact("Пётр ИЛЬИЧ", "+12015550123", "Ann@Example.com"), "", "ru")
    await storage.conversations.commit(turn(base, START, lead=known))
    for words in ("пётр", "ильич пётр", "2015550", "ann@example", "ПЁТР"):
        assert (await storage.leads.page(Filter(text=words))).total == 1, words
    for words in ("иван", "p_tr", "100%", "\\"):
        assert (await storage.leads.page(Filter(text=words))).total == 0, words


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "!!", "WzEsMl0", "é", "WzE4NDQ2NzQ0MDczNzA5NTUxNjE1LCAiIl0", "W10", "bnVsbA"]
)
async def test_a_cursor_of_nobody_is_refused(storage: Storage, cursor: str) -> None:
    assert after("") is None
    lists = (
        storage.leads.page(Filter(cursor=cursor)),
        storage.reports.conversations(1, cursor),
        storage.reports.transcript("c", 1, cursor),
        storage.deliveries.list(None, 1, cursor),
    )
    for page in lists:
        with pytest.raises(Refused, match="cursor") as refused:
            await page
        assert refused.value.state == "cursor"
