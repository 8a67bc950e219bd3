"""Figures and transcripts as people read them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flows.model import Address, Consent, Conversation, Json
from flows.outbound import Line
from flows.ports.reading import Panel
from handlers.figures import Drawing
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
    "funnel": [
        {
            "flow": "greeting",
            "step": "welcome",
            "conversations": 12,
            "share": 0.8,
            "went_on": 3,
            "conversion": 0.25,
        }
    ],
    "amounts": {"RUB": {"open": 2, "pipeline": 12_300_000, "sales": 1, "won": 9_990_050, "average": 9_990_050}},
    "answers": {},
    "response_times": {"bot": {"count": 9, "median": 0.25, "p90": 1.5, "p95": 2.0}},
    "sources": {"": {"leads": 1}, "ad-7": {"leads": 3, "won": 1}},
    "reps": {"a1": {"leads": 2, "won": 1, "messages": 5, "replies": 4, "median": 30.0, "p90": 600.0}},
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
    text = stats_text(FIGURES, messages("en"), {"a1": "Anna"})
    lines = {" ".join(line.split()) for line in text.splitlines()}
    assert {"People 12", "Conversations 15", "total 4", "qualified 3", "won 1"} <= lines
    assert "greeting.welcome 12 (80%), went on: 3 (25%)" in lines
    assert {"in work, RUB 123,000 RUB (2)", "won, RUB 99,900.50 RUB (1)", "average sale, RUB 99,900.50 RUB"} <= lines
    assert "bot 9 replies, half within 0.25 s, nine in ten within 1.5 s" in lines
    assert {"– leads 1", "ad-7 leads 3, won 1"} <= lines
    waits = "4 replies, half within 30 s, nine in ten within 10 min"
    assert f"Anna leads 2, won 1, messages 5; {waits}" in lines
    assert "Answers" not in text


class Drawn:
    """A port `Charts` that keeps what it should draw."""

    def __init__(self) -> None:
        self.panels: Sequence[Panel] = ()

    async def draw(self, title: str, panels: Sequence[Panel]) -> bytes:
        self.panels = panels
        return title.encode()


async def test_a_chart_shows_leads_and_steps() -> None:
    charts = Drawn()
    assert await Drawing(charts)(FIGURES, messages("en")) == [b"From 2026-10-23 to 2026-11-22"]
    leads, steps = charts.panels
    assert list(leads.rows) == [("qualified", 3, "3"), ("won", 1, "1")]
    assert list(steps.rows) == [("greeting.welcome", 12, "12 · 80%")]
    assert await Drawing(charts)({"leads": {"total": 0, "won": 0}, "funnel": []}, messages("en")) == []


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
