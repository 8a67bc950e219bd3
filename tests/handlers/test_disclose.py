"""What of a lead may be seen: nothing to reach a person by without consent, and to a service what it is allowed."""

from dataclasses import replace

import orjson

from flows.model import Json, Reason, Score
from flows.ports.reading import LeadRow
from handlers.disclose import disclosure, guarded
from handlers.shapes import lead_json
from knowledge.destinations import Destinations
from tests.fakes.rows import lead_row

WORDS = "нужна кофемашина, +7 916 555-44-33, ivan@petrov.ru"
REACH = ("916", "44-33", "ivan", "petrov", "Анна")


def telling(*, consent: bool = True) -> LeadRow:
    """A lead with a phone and an e-mail in every place where words are kept."""
    row = lead_row() if consent else lead_row(consent=None)
    slots: dict[str, Json] = {
        "need": WORDS,
        "list": [WORDS, {"deep": WORDS}],
        "quantity": {"min": 6, "max": 20},
        "sure": True,
    }
    return replace(row, lead=replace(row.lead, slots=slots, score=Score(40, (Reason(40, "wants", WORDS),), "warm")))


def text(row: LeadRow) -> str:
    """All that leaves."""
    return orjson.dumps(lead_json(row)).decode()


def test_without_consent_there_is_nothing_to_reach_a_person_by() -> None:
    shown = guarded(telling(consent=False))
    assert not [word for word in REACH if word in text(shown)]
    assert "нужна кофемашина" in text(shown)
    assert shown.lead.slots["quantity"] == {"min": 6, "max": 20}
    assert shown.lead.contact is None
    assert guarded(shown) == shown


def test_with_consent_a_lead_is_whole() -> None:
    row = telling()
    assert guarded(row) == row


def test_a_service_gets_no_more_than_anybody() -> None:
    fields: tuple[str, ...] = ("name", "phone", "email", "telegram", "need", "list", "reasons")
    view = disclosure(Destinations({"export": dict.fromkeys(fields, "full")}), "export")
    assert not [word for word in REACH if word in text(view(telling(consent=False)))]
    assert "+7 916 555-44-33" in text(view(telling()))


def test_a_masked_slot_is_masked_however_deep() -> None:
    view = disclosure(Destinations({"export": {"list": "masked"}}), "export")
    assert "ivan" not in text(view(telling()))
