"""Contacts that nobody agreed to are forgotten a day later, and nothing else is."""

import asyncio

from handlers.privacy import KEEP, ForgetUnconsented
from knowledge.masking import mask_contacts
from tests.conversations.stage import Stage
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.handlers.acts import ADDRESS, hears, play, said

PHONE = "+7 916 123-45-67"


def forget(one: Stage, memory: Memory) -> ForgetUnconsented:
    return ForgetUnconsented(open_memory(memory, "ticks", one.loop.clock).privacy, mask_contacts, one.loop.clock)


async def typed(one: Stage) -> None:
    """Somebody types a phone, and consents to nothing yet."""
    await hears(one, said("/start"))
    await hears(one, said(f"мой телефон {PHONE}"))


def everywhere(memory: Memory) -> str:
    """All that is kept of people."""
    return f"{memory.lines} {memory.events} {memory.conversations} {memory.leads}"


def test_after_a_day_of_silence_a_contact_is_gone_from_everywhere() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await typed(one)
        assert "916 123-45-67" in everywhere(memory)
        assert await forget(one, memory)() == 0, "a day has not passed"
        await asyncio.sleep(KEEP.total_seconds() + 60)
        assert await forget(one, memory)() == 1
        assert "9161234" not in everywhere(memory)
        assert "мой телефон" in everywhere(memory), "only the contact goes"
        assert await forget(one, memory)() == 0, "and only once"

    play(script)


def test_after_a_refusal_too() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await typed(one)
        await hears(one, said("нет"))
        await asyncio.sleep(KEEP.total_seconds() + 60)
        assert await forget(one, memory)() == 1
        assert "9161234" not in everywhere(memory)

    play(script)


def test_with_consent_it_stays() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await typed(one)
        await hears(one, said("да"))
        await asyncio.sleep(KEEP.total_seconds() + 60)
        assert await forget(one, memory)() == 0
        lead = next(iter(memory.leads.values())).lead
        assert lead.contact is not None
        assert lead.contact.phone == "+79161234567"

    play(script)


def test_the_conversation_goes_on_afterwards() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await typed(one)
        await asyncio.sleep(KEEP.total_seconds() + 60)
        await forget(one, memory)()
        replies = len(one.phone.messages)
        await hears(one, said("да"))
        assert len(one.phone.messages) == replies + 1
        current = await one.recorded.open(ADDRESS)
        assert current is not None
        assert (current.step, current.contact and current.contact.phone) == ("contact", None), "it is asked for again"

    play(script)


def test_before_consent_it_is_in_no_lead_however_it_was_typed() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        await hears(one, said(f"Нужна кофемашина на 15 человек, срочно, звоните {PHONE} или anna@example.com"))
        current = await one.recorded.open(ADDRESS)
        assert current is not None
        assert current.contact is not None
        assert (current.contact.phone, current.contact.email) == ("+79161234567", "anna@example.com")
        kept = f"{memory.leads} {current.slots} {current.quotes}"
        assert "9161234" not in kept
        assert "anna@" not in kept
        assert "кофемашина на 15 человек" in kept

    play(script)


def test_a_withdrawal_forgets_the_contact_and_its_name() -> None:
    async def script(one: Stage, memory: Memory) -> None:
        await hears(one, said("/start"))
        await hears(one, said(f"нужна кофемашина в офис, Иван Петров, {PHONE}, ivan@petrov.ru"))
        await hears(one, said("да"))
        current = await one.recorded.open(ADDRESS)
        assert current is not None
        assert current.contact is not None
        assert (current.contact.name, current.contact.phone) == ("Иван Петров", "+79161234567")
        await hears(one, said("/me"))
        await hears(one, said(choice="!:0:withdraw.processing", kind="choice"))
        for _ in range(23):
            await asyncio.sleep(3600)
            await hears(one, said("сколько стоит доставка?"))
            assert await forget(one, memory)() == 0, "a day has not passed"
        await asyncio.sleep(3600)
        assert await forget(one, memory)() == 1, "although they chatted on"
        kept = everywhere(memory)
        assert not [word for word in ("9161234", "petrov", "Иван", "Петров") if word in kept]
        assert "кофемашина в офис" in kept

    play(script)
