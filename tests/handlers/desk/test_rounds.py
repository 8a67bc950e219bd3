"""The round joins the team's file with those who may act: load, absence and turns are those of the store."""

from dataclasses import replace
from datetime import timedelta

from flows.model import Address, Conversation
from flows.ports.ledger import Wait
from flows.ports.people import Person
from tests.handlers.desk.shift import Shift, on_shift
from tests.virtual_time import START

CHAT = Conversation("c1", Address("telegram", "7", "1"), "ru")


def test_turns_are_taken_by_who_was_called_longest_ago() -> None:
    async def script(one: Shift) -> None:
        called = []
        for number in range(6):
            now = START + timedelta(minutes=number)
            who = await one.rounds.next(CHAT, now)
            called.append(who)
            one.memory.waits[f"w{number}", 1] = Wait(f"w{number}", 1, "asked", now, pinged=(who,))
        assert called == ["olga", "timur", "daria", "olga", "timur", "daria"]

    on_shift(script)


def test_a_chat_about_a_product_goes_to_its_people_first() -> None:
    async def script(one: Shift) -> None:
        cafe = replace(CHAT, slots={"need": "профессиональная машина для кофейни"})
        assert one.rounds.need(cafe).products >= {"cafe"}
        assert await one.rounds.next(cafe, START, {"olga"}) == "timur"
        office = replace(CHAT, slots={"need": "Jura WE8 в офис"})
        assert await one.rounds.next(office, START, {"olga"}) == "daria"
        english = replace(CHAT, locale="en")
        assert await one.rounds.next(english, START, {"olga"}) == "daria"
        assert await one.rounds.next(english, START, {"olga", "daria", "timur"}) == ""

    on_shift(script)


def test_who_is_added_or_leaves_counts_at_once() -> None:
    async def script(one: Shift) -> None:
        await one.storage.staff.add(Person("new", "new@company.io", "rep"), START)
        assert "new" in await one.rounds.on_duty(START)
        await one.storage.staff.away("olga", START + timedelta(hours=3))
        assert await one.rounds.next(CHAT, START) == "timur"
        assert await one.rounds.next(CHAT, START + timedelta(hours=3)) == "olga"

    on_shift(script)


def test_the_next_opening_waits_for_who_is_back() -> None:
    async def script(one: Shift) -> None:
        for who in ("olga", "timur", "daria"):
            await one.storage.staff.away(who, START + timedelta(hours=2))
        assert await one.rounds.opens(START) == START + timedelta(hours=2)
        assert await one.rounds.is_open(START)
        night = START + timedelta(hours=12)
        assert not await one.rounds.is_open(night)
        opens = await one.rounds.opens(night)
        assert opens is not None
        assert opens.hour == 9

    on_shift(script)
