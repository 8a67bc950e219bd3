"""The contract of people who are known twice, over SQLite, PostgreSQL and the fake: found, merged, taken apart."""

import asyncio
from dataclasses import replace

import pytest

from flows.model import Contact, Conversation, LeadStatus
from flows.ports.ledger import Twin
from flows.ports.reading import Filter
from tests.contracts.storage_house import (
    START,
    House,
    Ports,
    agreement,
    committed,
    consents,
    conversation,
    lead,
    turn,
)
from tests.contracts.test_storage_people import mask

ANN = Contact(name="Ann", phone="+12015550123", email="Ann@Example.com", verified=True)


async def known(
    house: House, storage: Ports, chat: str, contact: Contact = ANN, status: LeadStatus = "new", *, granted: bool = True
) -> Conversation:
    """A lead with a contact, which was or was not agreed to."""
    base = conversation(chat)
    answer = agreement(house.later(1), granted=granted)
    yes = consents(answer.at, granted=granted)
    full = lead(base, status, contact=contact if granted else None)
    filled = turn(base, house.now, contact=contact, consents=yes, agreements=[answer], lead=full)
    return await committed(storage, filled)


@pytest.mark.parametrize(
    ("other", "key", "verified"),
    [
        (ANN, "phone", True),
        (replace(ANN, email=""), "phone", True),
        (replace(ANN, verified=False), "phone", False),
        (replace(ANN, phone="+12015550199", email="ANN@example.COM"), "email", False),
        (Contact(email="ann@example.com"), "email", False),
    ],
)
async def test_the_same_phone_or_mail_makes_twins(house: House, other: Contact, key: str, *, verified: bool) -> None:
    storage = await house.worker()
    await known(house, storage, "1")
    await known(house, storage, "2", other)
    await known(house, storage, "3", Contact(phone="+12015550177", email="bob@example.com"))
    assert list(await storage.twins.find("c2-1")) == [Twin("c2-1", "c1-1", key, verified)]
    assert list(await storage.twins.find("c3-1")) == []
    assert list(await storage.twins.find("nobody")) == []


async def test_a_mail_that_a_site_vouches_for_makes_verified_twins(house: House) -> None:
    storage = await house.worker()
    for chat in ("1", "2"):
        await known(house, storage, chat, Contact(email="ann@example.com", verified=True))
    assert list(await storage.twins.find("c2-1")) == [Twin("c2-1", "c1-1", "email", verified=True)]


async def test_nobody_is_a_twin_without_consent_or_when_the_sale_is_over(house: House) -> None:
    storage = await house.worker()
    await known(house, storage, "1", granted=False)
    for chat, status in (("2", "won"), ("3", "lost"), ("4", "not_a_fit")):
        await known(house, storage, chat)
        await storage.leads.update(f"c{chat}-1", status, None, "rep1", house.now)  # type: ignore[arg-type]
    base = await known(house, storage, "5")
    assert list(await storage.twins.find("c5-1")) == []
    assert list(await storage.twins.find("c1-1")) == []
    await known(house, storage, "6")
    assert [twin.other for twin in await storage.twins.find("c6-1")] == ["c5-1"]
    no = agreement(house.now, granted=False)
    refused = consents(no.at, granted=False)
    await committed(storage, turn(base, no.at, contact=None, consents=refused, agreements=[no], lead=lead(base)))
    assert list(await storage.twins.find("c6-1")) == []


async def test_a_merged_lead_is_none_of_its_own_until_it_is_taken_apart(house: House) -> None:
    storage = await house.worker()
    for chat in ("1", "2", "3"):
        await known(house, storage, chat)
    assert await storage.twins.merge("c2-1", "c1-1", "phone", "rep1", house.later(1), verified=True)
    assert not await storage.twins.merge("c2-1", "c3-1", "phone", "rep1", house.now, verified=True)
    assert not await storage.twins.merge("c1-1", "c2-1", "phone", "rep1", house.now, verified=True)
    assert not await storage.twins.merge("c1-1", "c1-1", "phone", "rep1", house.now, verified=True)
    assert not await storage.twins.merge("nobody", "c1-1", "phone", "rep1", house.now, verified=True)
    assert not await storage.twins.merge("c1-1", "nobody", "phone", "rep1", house.now, verified=True)
    assert await storage.twins.merge("c3-1", "c2-1", "", "rep1", house.now, verified=False)
    page = await storage.leads.page(Filter())
    assert ([row.id for row in page.items], page.total) == (["c1-1"], 1)
    assert [row.id async for row in storage.leads.rows(Filter())] == ["c1-1"]
    figures = await storage.reports.stats(START, house.later(1))
    assert isinstance(figures["leads"], dict)
    assert figures["leads"]["total"] == 1
    merged = [await storage.leads.get(f"c{chat}-1") for chat in ("1", "2", "3")]
    assert [row.merged_into for row in merged if row] == ["", "c1-1", "c1-1"]
    assert list(await storage.twins.find("c1-1")) == []
    assert await storage.twins.undo("c2-1", "rep2", house.now)
    assert not await storage.twins.undo("c2-1", "rep2", house.now)
    assert not await storage.twins.undo("nobody", "rep2", house.now)
    assert (await storage.leads.page(Filter())).total == 2
    assert set(await storage.twins.of("c1-1")) == {
        Twin("c2-1", "c1-1", "phone", verified=True, state="undone"),
        Twin("c3-1", "c1-1", "", verified=False, state="merged"),
    }


async def test_a_merged_lead_stays_merged_while_its_prospect_talks_on(house: House) -> None:
    storage = await house.worker()
    await known(house, storage, "1")
    base = await known(house, storage, "2")
    await storage.twins.merge("c2-1", "c1-1", "phone", "bot", house.now, verified=True)
    await committed(storage, turn(base, house.later(1), lead=lead(base, "qualified", contact=ANN)))
    row = await storage.leads.get("c2-1")
    assert row is not None
    assert (row.merged_into, row.lead.status) == ("c1-1", "qualified")


async def test_two_who_merge_both_ways_at_once_leave_one_lead(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    for chat in ("1", "2"):
        await known(house, one, chat)
    merged = await asyncio.gather(
        one.twins.merge("c1-1", "c2-1", "phone", "rep1", house.now, verified=True),
        two.twins.merge("c2-1", "c1-1", "phone", "rep2", house.now, verified=True),
    )
    assert sorted(merged) == [False, True]
    assert (await one.leads.page(Filter())).total == 1


async def test_a_possible_duplicate_is_noted_once_a_pair(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    twin = Twin("c2-1", "c1-1", "email", verified=False)
    turned = Twin("c1-1", "c2-1", "email", verified=False)
    noted = await asyncio.gather(one.twins.flag(twin, house.now), two.twins.flag(turned, house.now))
    assert sorted(noted) == [False, True]
    (found,) = await one.twins.of("c1-1")
    assert found in {twin, turned}
    assert list(await one.twins.of("c3-1")) == []


async def test_what_was_guessed_from_a_forgotten_contact_is_forgotten(house: House) -> None:
    storage = await house.worker()
    for chat in ("1", "2", "3"):
        await known(house, storage, chat)
    await storage.twins.merge("c1-1", "c2-1", "phone", "rep1", house.now, verified=True)
    await storage.twins.flag(Twin("c3-1", "c1-1", "phone", verified=False), house.now)
    await storage.twins.flag(Twin("c3-1", "c2-1", "phone", verified=False), house.now)
    base = replace(conversation("1"), version=1)
    no = agreement(house.now, granted=False)
    refused = consents(no.at, granted=False)
    await committed(storage, turn(base, no.at, contact=None, consents=refused, agreements=[no], lead=lead(base)))
    await storage.privacy.redact("c1-1", mask, house.later(1))
    assert list(await storage.twins.of("c1-1")) == [Twin("c1-1", "c2-1", "", verified=True, state="merged")]
    assert [twin.lead for twin in await storage.twins.of("c3-1")] == ["c3-1"]
