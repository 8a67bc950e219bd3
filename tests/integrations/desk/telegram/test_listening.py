"""Presses and forms at the desk in Telegram: each is answered, and none needs to be remembered."""

from dataclasses import replace

import pytest

from flows.desk import Button, Form, Input, Post
from flows.errors import Refused
from flows.events import Pressed
from tests.contracts.desk_telegram import NOW, TelegramHouse
from tests.fakes.telegram_faults import Fault

CARD = Post(title="Anna, CRM", text="Needs a CRM", controls=(Button("take_over", "Take over", "c1"),))


# ------------------------------------------------------------------ forms
@pytest.mark.parametrize(("label", "count"), [("Save", 1), ("✖", 0)])
async def test_a_form_goes_away_when_it_has_its_answer(house: TelegramHouse, label: str, count: int) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    form = Form("won", "Won", "Save", (Input("amount", "Amount", "number", optional=True),), spot, "c1")
    await house.desk.ask(form, "1")
    assert house.thread(spot)[-1].buttons == ("Save", "✖")
    events = await house.hears(house.olga.presses(int(spot.thread), label))
    assert [dict(event.fields) for event in events if isinstance(event, Pressed)] == [{}] * count
    assert len(house.thread(spot)) == 1


async def test_a_text_can_be_accepted_as_it_is(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    brief = "20 seats <b>&\n@olga, *in March* 👋"
    form = Form("hand_back", "👋 Brief", "Accept", (Input("brief", "Agreed", "long_text", value=brief),), spot, "c1")
    await house.desk.ask(form, "1")
    assert house.thread(spot)[-1].called == ()
    (event,) = await house.presses(spot, "Accept")
    assert isinstance(event, Pressed)
    assert dict(event.fields) == {"brief": brief}


# ------------------------------------------------------------------ presses
async def test_a_press_is_answered(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    await house.presses(spot, "Take over")
    assert set(house.server.queries.values()) == {True}


async def test_a_press_to_be_confirmed_counts_the_second_time_however_often_it_is_told(house: TelegramHouse) -> None:
    sure = replace(CARD, controls=(Button("merge", "Merge", "a:b", confirm="Really?"),))
    spot, _ = await house.desk.open(sure, "open")
    first = house.olga.presses(int(spot.thread), "Merge")
    assert [await house.hears(first), await house.hears(first)] == [[], []]
    second = house.olga.presses(int(spot.thread), "Merge")
    again = [await house.hears(second), await house.hears(second)]
    assert [[event.id for event in events] for events in again] == [[str(second["update_id"])]] * 2
    assert house.server.called("answerCallbackQuery")[0].params["text"] == "Press once more to confirm"


async def test_a_late_press_is_no_error(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    update = house.olga.presses(int(spot.thread), "Take over")
    house.server.queries.clear()
    assert len(await house.hears(update)) == 1


async def test_a_reaction_that_the_group_forbids_is_lost(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.server.fail(Fault("refuse", 400, description="Bad Request: REACTION_INVALID"), "setMessageReaction")
    await house.desk.react(spot, "1", "delivered")


async def test_what_is_older_than_two_days_is_not_deleted(house: TelegramHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    house.server.fail(Fault("refuse", 400, description="Bad Request: message can't be deleted"), "deleteMessage")
    with pytest.raises(Refused):
        await house.desk.remove(spot, card)


async def test_updates_are_read_at_the_time_that_they_came(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (event,) = await house.writes(spot, "hi")
    assert event.at == NOW
