"""The score is the sum of shown reasons, and decides what becomes of a lead."""

from datetime import date

import pytest

from flows.model import Consent, Contact, Conversation, Json
from flows.schema import Flows
from flows.scoring import facts, held_rules, lead_of
from tests.flows.stage import ADDRESS, FILES, SHIPPED, loaded

TODAY = date(2026, 11, 22)
AGREED = {"processing": Consent(granted=True, at="")}
KEEN: dict[str, Json] = {
    "need": "кофемашина",
    "quantity": {"min": 12, "max": 12},
    "budget": {"min": None, "max": 200000, "currency": "RUB"},
    "deadline": {"from": "2026-11-22", "to": "2026-12-06"},
}


def scored(conversation: Conversation, flows: Flows = SHIPPED) -> tuple[str, int, list[str]]:
    values = facts(flows, conversation, TODAY)
    lead = lead_of(flows, conversation, values, held_rules(flows, values))
    assert lead is not None
    assert lead.score.points == sum(reason.points for reason in lead.score.reasons)
    return lead.status, lead.score.points, [reason.rule for reason in lead.score.reasons]


def talked(**fields: object) -> Conversation:
    return Conversation("c1", ADDRESS, "ru", **fields)  # type: ignore[arg-type]


def test_every_point_has_its_rule_and_the_words_that_prove_it() -> None:
    told = talked(slots=KEEN, quotes={"need": "нужна машина", "budget": "до 200к"})
    values = facts(SHIPPED, told, TODAY)
    lead = lead_of(SHIPPED, told, values, held_rules(SHIPPED, values))
    assert lead is not None
    assert {reason.rule: reason.quote for reason in lead.score.reasons} == {
        "clear_need": "нужна машина",
        "budget_named": "до 200к",
        "soon": "",
        "team_size": "",
    }
    assert lead.score.temperature == "hot"


@pytest.mark.parametrize(
    ("deadline", "rule"),
    [
        ({"from": None, "to": "2026-12-20"}, "soon"),
        ({"from": "2026-11-25", "to": None}, "soon"),
        ({"from": "2026-11-25", "to": "2027-01-20"}, "this_quarter"),
        ({"from": "2027-06-01", "to": None}, ""),
        ({"from": None, "to": None}, ""),
        ({"from": "soon", "to": None}, ""),
    ],
)
def test_days_are_counted_to_the_end_of_a_deadline(deadline: Json, rule: str) -> None:
    rules = scored(talked(slots={"need": "x", "deadline": deadline}))[2]
    assert [found for found in rules if found != "clear_need"] == ([rule] if rule else [])


def test_what_a_lead_needs_to_be_new_and_to_be_qualified() -> None:
    phone = Contact(phone="+79000000000")
    assert scored(talked(slots=KEEN, contact=phone))[0] == "partial"
    assert scored(talked(slots=KEEN, contact=Contact(name="Анна"), consents=AGREED))[0] == "partial"
    assert scored(talked(slots=KEEN, contact=phone, consents=AGREED))[0] == "new"
    assert scored(talked(slots=KEEN, contact=phone, consents=AGREED, qualified=True))[0] == "qualified"
    assert scored(talked(slots={"need": "x"}, contact=phone, consents=AGREED, qualified=True))[0] == "new"
    wants = talked(contact=phone, consents=AGREED, qualified=True, signals=("buy",))
    assert scored(wants)[0] == "qualified"
    refused = {"processing": Consent(granted=False, at="")}
    assert scored(talked(slots=KEEN, contact=phone, consents=refused, qualified=True))[0] == "partial"


def test_nothing_known_is_no_lead() -> None:
    for nobody in (talked(), talked(slots={"budget": None}), talked(contact=Contact(phone="+79000000000"))):
        values = facts(SHIPPED, nobody, TODAY)
        assert lead_of(SHIPPED, nobody, values, held_rules(SHIPPED, values)) is None


def test_facts_are_what_conditions_look_at() -> None:
    told = talked(slots=KEEN, consents=AGREED, signals=("buy",), source="ad")
    values = facts(SHIPPED, told, TODAY)
    assert values["consent"] == {"processing": True}
    assert values["signal"] == {"buy": True}
    assert (values["contact"], values["services"], values["source"], values["channel"]) == (
        False,
        True,
        "ad",
        "telegram",
    )
    assert facts(loaded(FILES, services=()), told, TODAY)["services"] is False
    deadline = values["deadline"]
    assert isinstance(deadline, dict)
    assert deadline["days"] == 14
