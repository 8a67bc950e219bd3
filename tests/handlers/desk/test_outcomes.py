"""How a lead ended: status, amount and reason, once, by who may."""

import pytest

from flows.desk import Spot
from flows.ports.reading import LeadRow
from handlers.desk.outcomes import REASONS, lost_menu, won_form
from locales.operators import messages
from tests.fakes.memory_data import Memory
from tests.handlers.desk.room import BOSS, IVAN, Room, at_work


async def lead_of(one: Room) -> LeadRow:
    row = await one.store.leads.get((await one.conversation()).id)
    assert row is not None
    return row


WORTH = {
    "95 000": {"minor": 9_500_000, "currency": "RUB"},
    "1,2 млн": {"minor": 120_000_000, "currency": "RUB"},
    "$ 1500": {"minor": 150_000, "currency": "USD"},
    "": None,
    "от 5 до 7 тысяч": None,
    "много": None,
}


@pytest.mark.parametrize("said", WORTH)
def test_won_with_an_amount_or_without(said: str) -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        await one.presses_card(spot, "won", amount=said)
        row = await lead_of(one)
        unreadable = bool(said) and WORTH[said] is None
        assert (row.lead.status == "won", row.amount) == (not unreadable, WORTH[said])
        assert bool(one.told) is unreadable
        assert one.desk.texts(spot)[-1].startswith("Ольга: Won") is not unreadable
        assert any(key.endswith(".look.slack") for key in memory.outbox) is not unreadable

    at_work(script)


@pytest.mark.parametrize("reason", REASONS)
def test_lost_for_a_reason(reason: str) -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        await one.presses_card(spot, "lost", value=reason)
        row = await lead_of(one)
        assert row.lead.status == "lost"
        assert memory.statuses[-1] == (row.id, "lost", "olga", reason)
        assert memory.audit[-1]["reason"] == reason

    at_work(script)


def test_pressed_again_is_one_change_and_told_again_is_none() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        await one.card(spot, "not_a_fit")
        event = one.desk.presses(spot, "U-olga", "not_a_fit", at=one.loop.clock())
        for _ in range(3):
            await one.staff(event)
        await one.presses_card(spot, "not_a_fit")
        assert len(memory.statuses) == 1
        assert [row["action"] for row in memory.audit].count("not_a_fit") == 2

    at_work(script)


def test_a_colleagues_lead_is_closed_by_them_or_a_manager() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun("нужна кофемашина")
        await one.takes(spot)
        await one.presses_card(spot, "won", IVAN)
        assert (await lead_of(one)).lead.status != "won"
        assert one.told[-1][1].startswith("This lead is Ольга")
        await one.presses_card(spot, "won", BOSS)
        assert (await lead_of(one)).lead.status == "won"

    at_work(script)


def test_a_chat_without_a_lead_says_so() -> None:
    async def script(one: Room, memory: Memory) -> None:
        spot = await one.begun()
        memory.leads.clear()
        await one.presses_card(spot, "won")
        assert one.told[-1][1] == "There is no lead in this chat yet."

    at_work(script)


def test_the_form_may_be_left_empty_and_the_menu_has_five_reasons() -> None:
    texts = messages("en")
    form = won_form(texts, Spot("slack", "C1", "1.0"), "c1")
    assert (form.action, form.value, [entry.optional for entry in form.inputs]) == ("won", "c1", [True])
    assert len(lost_menu(texts).options) == 5
