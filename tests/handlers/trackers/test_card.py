"""What a card says: ten lines at most, only what is allowed there, and a prospect's words as words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from flows.model import Contact, Json, LeadStatus, Reason, Score
from flows.ports.reading import LeadRow
from flows.ports.tracker import Card
from handlers.disclose import disclosure
from handlers.trackers.card import CardWords, key_of
from knowledge.destinations import Destinations
from knowledge.pipeline import Pipeline
from locales.operators import messages
from tests.contracts.storage_house import conversation, lead
from tests.knowledge.shipped import shipped
from tests.locales.test_shipped import CATALOG

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SLOTS: Mapping[str, Json] = {
    "need": "кофемашина **в офис** [x](https://evil.example) @all",
    "quantity": {"min": 25, "max": 25},
    "budget": {"min": None, "max": 30_000_000, "currency": "RUB"},
    "deadline": {"from": "2026-12-01", "to": "2026-12-06"},
    "company": "Ромашка",
}
REASONS = tuple(Reason(points, f"rule{points}", "срочно *очень*") for points in (10, 40, 20, 30))


def row(status: LeadStatus = "qualified", *, consent: Json = None, **more: Any) -> LeadRow:
    """A lead with everything."""
    known = lead(
        conversation(),
        status,
        slots=SLOTS,
        contact=Contact("Анна", "+79161234567", "anna@example.com", "anna"),
        score=Score(100, REASONS, "hot"),
        source="site",
    )
    fields: dict[str, Any] = {"amount": {"minor": 22_990_000, "currency": "RUB"}, "consent": consent, "trackers": {}}
    return LeadRow(known.conversation, known, "telegram", "", created_at=NOW, updated_at=NOW, **{**fields, **more})


AGREED: Json = {"version": "consent.processing@3", "at": "2026-11-22T09:30:00+00:00"}


def words(destinations: Destinations | None = None, language: str = "en") -> CardWords:
    """As the product words cards."""
    allowed = destinations or shipped().destinations
    return CardWords(
        CATALOG,
        messages(language),
        Pipeline(columns={"won": ("Won", "Выиграно")}),
        lambda tracker: disclosure(allowed, tracker),
        lambda identity: f"https://shop.example/leads/{identity}",
    )


def text(card: Card) -> str:
    """All that it says."""
    return "\n".join((card.title, *(f"{label}: {value}" for label, value in card.lines), card.link, card.key))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_card_with_everything_has_ten_lines_at_most_and_says_it_all(language: str) -> None:
    card = words(language=language)(row(consent=AGREED), "trello")
    assert len(card.lines) <= 10
    said = text(card)
    for wanted in ("Анна", "100", "+79161234567", "anna@example.com", "25", "site", "consent.processing@3", "229"):
        assert wanted in said, wanted
    assert card.key == key_of(conversation().id)
    assert card.key in said
    assert card.link == f"https://shop.example/leads/{conversation().id}"
    assert card.due == date(2026, 12, 6)


def test_the_three_best_reasons_are_told_and_no_more() -> None:
    temperature = words()(row(consent=AGREED), "trello").lines[0][1]
    assert [rule in temperature for rule in ("rule40", "rule30", "rule20", "rule10")] == [True, True, True, False]


def test_a_prospects_words_are_words_wherever_they_stand() -> None:
    said = "\n".join(value for _, value in words()(row(consent=AGREED), "trello").lines)
    assert r"\*\*в офис\*\*" in said
    assert r"\[x\](https" in said
    assert r"\*очень\*" in said


def test_without_consent_there_is_no_contact() -> None:
    card = words()(row(), "trello")
    for hidden in ("Анна", "+79161234567", "anna@example.com"):
        assert hidden not in text(card)
    assert "not given" in text(card)


def test_only_what_a_destination_allows_leaves() -> None:
    allowed = Destinations.model_validate({"trello": {"need": "full", "phone": "masked"}})
    said = text(words(allowed)(row(consent=AGREED), "trello"))
    assert "офис" in said
    for hidden in ("+79161234567", "anna@example.com", "rule40", "25", "site", "Анна"):
        assert hidden not in said, hidden
    nowhere = text(words(allowed)(row(consent=AGREED), "clickup"))
    assert "офис" not in nowhere


@pytest.mark.parametrize(("temperature", "label"), [("hot", "горячий"), ("warm", "тёплый"), ("cold", "холодный")])
def test_the_temperature_is_the_label(temperature: Any, label: str) -> None:
    known = row(consent=AGREED)
    known = replace(known, lead=replace(known.lead, score=Score(10, (), temperature)))
    assert words(language="ru")(known, "trello").labels == (label,)


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        ("2026-12-06", date(2026, 12, 6)),
        ({"from": "2026-12-01", "to": None}, date(2026, 12, 1)),
        ({"from": "2026-12-01", "to": "2026-12-06"}, date(2026, 12, 6)),
        ("soon", None),
        (None, None),
        (7, None),
    ],
)
def test_the_timing_is_the_due_date(deadline: Json, due: date | None) -> None:
    known = row(consent=AGREED)
    known = replace(known, lead=replace(known.lead, slots={**SLOTS, "deadline": deadline}))
    assert words()(known, "trello").due == due


def test_a_status_names_the_columns_that_it_may_be_in() -> None:
    assert words()(row("won", consent=AGREED), "trello").columns == ("Won", "Выиграно", "won")
