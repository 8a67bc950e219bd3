"""Figures and transcripts as people read them."""

from dataclasses import replace
from datetime import timedelta

from flows.model import Address, Consent, Conversation, Json
from flows.outbound import Line
from handlers.report import Stats, Transcript, stats_text
from knowledge.masking import mask_contacts
from locales.operators import messages
from tests.fakes.rows import NOW, FakeConversations, FakeReports

FIGURES: dict[str, Json] = {
    "from": "2026-10-23T10:00:00+00:00",
    "to": "2026-11-22T10:00:00+00:00",
    "people": 12,
    "conversations": 15,
    "leads": {"total": 4, "qualified": 3, "won": 1},
    "funnel": [{"flow": "greeting", "step": "welcome", "conversations": 15}],
    "answers": {},
    "response_times": {"median": 0.25, "p95": None},
    "sources": {"": {"leads": 1}, "ad-7": {"leads": 3}},
    "reps": {"anna": {"taken": 2, "won": 1}},
}
LINES = [
    Line("e1", "c1", "prospect", NOW, "мой телефон +7 916 123-45-67"),
    Line("m1", "c1", "bot", NOW, "Записал."),
]
CHAT = Conversation("c1", Address("telegram", "1", "7"), "ru")


async def test_stats_cover_the_days_asked_for() -> None:
    reports = FakeReports(figures=FIGURES)
    assert await Stats(reports)(7, NOW) == FIGURES
    assert reports.asked == [(NOW - timedelta(days=7), NOW)]


def test_every_figure_is_shown_to_a_person() -> None:
    text = stats_text(FIGURES, messages("en"))
    lines = {" ".join(line.split()) for line in text.splitlines()}
    assert {"People 12", "Conversations 15", "total 4", "qualified 3", "greeting.welcome 15", "median 0.25"} <= lines
    assert {"– leads 1", "ad-7 leads 3", "anna taken 2, won 1"} <= lines
    assert "Answers" not in text


async def test_contacts_are_hidden_until_consent() -> None:
    chats = FakeConversations({"c1": CHAT})
    transcript = Transcript(chats, FakeReports(LINES), mask_contacts)
    page = await transcript("c1", 50, "")
    assert page
    assert "916" not in str(page.items)
    assert [item["from"] for item in page.items] == ["prospect", "bot"]
    agreed = {"processing": Consent(granted=True, at="2026-11-22")}
    chats.kept["c1"] = replace(CHAT, consents=agreed)
    page = await transcript("c1", 50, "")
    assert page
    assert "+7 916 123-45-67" in str(page.items[0]["text"])


async def test_a_refusal_hides_contacts_too() -> None:
    refused = {"processing": Consent(granted=False, at="2026-11-22")}
    chats = FakeConversations({"c1": replace(CHAT, consents=refused)})
    page = await Transcript(chats, FakeReports(LINES), mask_contacts)("c1", 50, "")
    assert page
    assert "916" not in str(page.items)


async def test_an_unknown_conversation_has_no_transcript() -> None:
    assert await Transcript(FakeConversations(), FakeReports(LINES), mask_contacts)("c9", 50, "") is None
