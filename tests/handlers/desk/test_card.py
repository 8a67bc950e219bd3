"""A card says at a glance who, what and how warm, shows what may be shown, and offers what can be done now."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.desk import Button, Menu
from flows.model import Reason, Score
from flows.ports.ledger import Promise
from knowledge.destinations import Destinations
from tests.handlers.desk.wall import ANNA, CHAT, Wall, actions, button, texts_of
from tests.knowledge.shipped import shipped
from tests.virtual_time import START

REACH = ("916", "123-45-67", "anna", "example.com", "Анна")


async def test_a_lead_at_a_glance() -> None:
    wall = Wall()
    wall.has_lead("hot", amount={"minor": 9_900_000, "currency": "RUB"})
    wall.changes(signals=("objection_price",), quotes={"objection_price": "дорого у вас"})
    due = START + timedelta(days=4)
    wall.memory.promises["p1"] = Promise("p1", CHAT, "olga", "пришлю КП в пятницу", START, due)
    await wall.looks()
    card = wall.card()
    fields = {field.label: field.value for field in card.fields}
    assert card.title == "🔥 Анна — кофемашина"
    assert card.text.splitlines()[0] == "**qualified** · [Telegram](https://t.me/anna_k)"
    assert fields["Score"].splitlines() == ["**60**", "+40 clear need — “кофемашина”", "+20 soon"]
    assert fields["Contact"].splitlines() == ["Анна", "+79161234567", "anna@example.com"]
    assert fields["Objections"] == "price — “дорого у вас”"
    assert fields["Promises"] == "Ольга: “пришлю КП в пятницу” → 27.11.2026 07:00"
    assert fields["Consent"] == "3 · 23.11.2026 07:00"
    assert "99,000" in fields["Amount"]
    assert {"Language", "Source"} <= set(fields)


async def test_before_consent_there_is_nothing_to_reach_a_person_by() -> None:
    wall = Wall()
    wall.has_lead(contact=False)
    row = wall.memory.leads[CHAT]
    told = "это Анна, +7 916 123-45-67, anna@example.com"
    score = Score(40, (Reason(40, "clear_need", told),), "warm")
    wall.memory.leads[CHAT] = replace(row, lead=replace(row.lead, slots={"need": told}, score=score, contact=ANNA))
    wall.changes(contact=ANNA, signals=("objection_price",), quotes={"objection_price": told})
    wall.memory.promises["p1"] = Promise("p1", CHAT, "bot", told, START, None)
    wall.says(told)
    wall.says("Записал: +79161234567", "bot")
    await wall.looks()
    shown = wall.everything()
    assert not [word for word in REACH if word in shown]
    assert "hidden until the prospect consents" in [field.value for field in wall.card().fields]
    wall.has_lead()
    wall.says("мой номер +7 916 123-45-67")
    await wall.looks()
    assert "+7 916 123-45-67" in wall.lines()[-1].text
    assert "+79161234567" in "\n".join(texts_of(wall.card()))


async def test_before_consent_a_long_chat_is_masked_in_its_file_too() -> None:
    wall = Wall()
    wall.talks(10)
    wall.says("Анна, +7 916 123-45-67, anna@example.com")
    await wall.looks()
    assert not [word for word in REACH if word in wall.everything()]


async def test_a_company_may_show_its_desk_less() -> None:
    narrow = Destinations({"slack": {"need": "full", "phone": "masked", "name": "full", "transcript": "masked"}})
    wall = Wall(destinations=narrow)
    wall.has_lead()
    wall.says("звоните +7 916 123-45-67")
    await wall.looks()
    shown = wall.everything()
    assert "+7•••67" in shown
    assert "example.com" not in shown
    assert "123-45-67" not in shown
    assert "t.me" not in shown


async def test_a_desk_that_is_allowed_nothing_shows_no_words() -> None:
    wall = Wall(destinations=Destinations({}))
    wall.has_lead()
    wall.talks(8)
    await wall.looks()
    assert "слово" not in wall.everything()
    assert "кофемашина" not in wall.everything()


async def test_the_two_desks_are_two_destinations() -> None:
    allowed = shipped().destinations.root
    assert allowed["telegram_desk"] == allowed["slack"]


@pytest.mark.parametrize(
    ("conversation", "lead", "offered"),
    [
        ({}, None, ["take_over"]),
        ({"owner": "olga"}, None, ["hand_back"]),
        ({"status": "stopped"}, None, []),
        ({}, {}, ["take_over", "won", "lost", "not_a_fit", "assign"]),
        ({"owner": "olga"}, {}, ["hand_back", "won", "lost", "not_a_fit", "assign"]),
        ({}, {"status": "won"}, ["take_over"]),
        ({}, {"status": "lost"}, ["take_over"]),
        ({}, {"merged_into": "other"}, ["take_over"]),
    ],
)
async def test_only_what_makes_sense_is_offered(
    conversation: dict[str, Any], lead: dict[str, Any] | None, offered: list[str]
) -> None:
    wall = Wall()
    if lead is not None:
        row = wall.has_lead()
        status = lead.pop("status", row.lead.status)
        wall.memory.leads[CHAT] = replace(row, lead=replace(row.lead, status=status), **lead)
    wall.changes(**conversation)
    wall.says("раз")
    await wall.looks()
    assert actions(wall.card()) == offered


async def test_buttons_carry_what_their_press_needs() -> None:
    wall = Wall(page=lambda lead: f"https://crm.example.com/dashboard/leads/{lead}")
    urls = {"trello": {"id": "1", "url": "https://trello.com/c/1"}, "evil": {"id": "2", "url": "javascript:alert(1)"}}
    wall.has_lead("hot", trackers=urls)
    await wall.looks()
    card = wall.card()
    assert button(card, "take_over") == Button("take_over", "Take over", CHAT, "primary")
    lost, assign = button(card, "lost"), button(card, "assign")
    assert isinstance(lost, Menu)
    assert len(lost.options) == 5
    assert isinstance(assign, Menu)
    assert assign.options == (("olga", "Ольга"),)
    links = [control.url for control in card.controls if isinstance(control, Button) and control.url]
    assert links == ["https://trello.com/c/1", f"https://crm.example.com/dashboard/leads/{CHAT}"]


async def test_words_of_a_prospect_stay_words() -> None:
    wall = Wall()
    row = wall.has_lead()
    need = "**всё** [даром](https://evil.example)\n<!channel> @here"
    wall.memory.leads[CHAT] = replace(row, lead=replace(row.lead, slots={"need": need}))
    wall.says("<!channel> **привет** [сюда](https://evil.example)")
    await wall.looks()
    assert "\\*\\*всё\\*\\* \\[даром\\](https://evil.example) <!channel>" in wall.card().title
    assert wall.lines()[0].text == "<!channel> \\*\\*привет\\*\\* \\[сюда\\](https://evil.example)"
    assert not wall.lines()[0].mention


async def test_a_card_speaks_the_desks_language() -> None:
    wall = Wall(language="ru")
    wall.has_lead()
    await wall.looks()
    assert "Что нужно" in [field.label for field in wall.card().fields]
