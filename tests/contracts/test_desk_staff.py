"""The contract of a desk: people, and what they do."""

from dataclasses import replace

import pytest

from flows.desk import Button, Form, Input, Post, Spot, spot_address
from flows.events import Pressed, Written
from tests.contracts.desk_house import DeskHouse
from tests.contracts.desk_houses import CARD, CONVERSATION, refused


# ------------------------------------------------------------------ people
async def test_a_member_has_a_name(office: DeskHouse) -> None:
    member = await office.desk.member(office.colleague)
    assert (member.id, member.name) == (office.colleague, "Olga")
    async with refused("not_found"):
        await office.desk.member(office.stranger)


async def test_something_is_shown_to_one_person_only(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    await office.desk.tell(spot, office.colleague, Post("why the bot said so"))
    assert any("why the bot said so" in text for text in office.whispers(office.colleague))
    assert len(office.thread(spot)) == 1


async def test_hints_never_raise(office: DeskHouse) -> None:
    nowhere = Spot(office.desk.name, office.desk.channel, "999999999")
    await office.desk.tell(nowhere, office.stranger, Post("x"))
    await office.desk.react(nowhere, "999999999", "delivered")
    await office.desk.ask(Form("won", "Won", "Save", (Input("amount", "Amount", "number"),), nowhere), "late")
    await office.desk.home(office.stranger, (Post("x"),))
    office.flood(7)
    await office.desk.tell(nowhere, office.colleague, Post("x"))


# ------------------------------------------------------------------ what staff do
async def test_words_come_in_with_their_place_and_their_author(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    text = "Good day! a < b & c, *stars* _lines_\nsecond line https://example.com/a?b=1&c=2"
    (event,) = await office.writes(spot, text)
    assert isinstance(event, Written)
    assert event.address == spot_address(spot, office.desk.bot)
    assert (event.by, event.kind, event.text, event.files) == (office.colleague, "new", text, ())
    await office.desk.react(spot, event.message, "delivered")
    assert office.mark(spot, event.message) == "delivered"


async def test_a_failure_is_marked_too(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    (event,) = await office.writes(spot, "hello")
    assert isinstance(event, Written)
    await office.desk.react(spot, event.message, "failed")
    assert office.mark(spot, event.message) == "failed"


async def test_an_edited_message_keeps_its_id(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    (first,) = await office.writes(spot, "300 000")
    assert isinstance(first, Written)
    (event,) = await office.edits(spot, first.message, "350 000")
    assert isinstance(event, Written)
    assert (event.kind, event.message, event.text, event.by) == ("edited", first.message, "350 000", first.by)
    assert event.id != first.id


async def test_a_message_can_be_taken_back(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    (first,) = await office.writes(spot, "oops")
    assert isinstance(first, Written)
    (event,) = await office.takes_back(spot, first.message)
    assert isinstance(event, Written)
    assert (event.kind, event.message, event.address) == ("deleted", first.message, first.address)


async def test_a_press_says_what_its_button_says(office: DeskHouse) -> None:
    spot, card = await office.desk.open(CARD, "open")
    (event,) = await office.presses(spot, "Take over")
    assert isinstance(event, Pressed)
    assert event.address == spot_address(spot, office.desk.bot)
    assert (event.by, event.action, event.value) == (office.colleague, "take_over", CONVERSATION)
    assert (event.message, dict(event.fields)) == (card, {})


async def test_a_menu_says_what_was_picked(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    (event,) = await office.presses(spot, "No answer")
    assert isinstance(event, Pressed)
    assert (event.action, event.value) == ("lost", "silent")


async def test_a_press_that_asks_first_counts_once(office: DeskHouse) -> None:
    button = Button("not_a_fit", "Not a fit", CONVERSATION, "danger", confirm="Really?")
    spot, _ = await office.desk.open(replace(CARD, controls=(button,)), "open")
    (event,) = await office.presses(spot, "Not a fit")
    assert isinstance(event, Pressed)
    assert (event.action, event.value) == ("not_a_fit", CONVERSATION)


async def test_a_button_carries_the_id_of_a_held_reply(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    (written,) = await office.writes(spot, "may I?")
    assert isinstance(written, Written)
    held = f"{spot.desk}:{spot.channel}:{written.message}"
    await office.desk.post(spot, Post("Send?", controls=(Button("send_only", "Send only", held),)), "1")
    (event,) = await office.presses(spot, "Send only")
    assert isinstance(event, Pressed)
    assert event.value == held


# ------------------------------------------------------------------ forms
FORMS = {
    "amount": (Input("amount", "Amount", "number"), "300000"),
    "reason": (Input("reason", "Reason", "choice", (("price", "Price"), ("other", "Other"))), "price"),
    "brief": (Input("brief", "What was agreed", "long_text", value="20 seats, in March"), "25 seats\nin *March*"),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_comes_back_filled_in(office: DeskHouse, name: str) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    entry, given = FORMS[name]
    await office.desk.ask(Form("won", "Won", "Save", (entry,), spot, CONVERSATION), office.trigger())
    (event,) = await office.fills_in(spot, {entry.name: given})
    assert isinstance(event, Pressed)
    assert event.address == spot_address(spot, office.desk.bot)
    assert (event.by, event.action, event.value) == (office.colleague, "won", CONVERSATION)
    assert dict(event.fields) == {entry.name: given}
