"""The contract of people's words in the stores: whose they are, changed, said aside; and what no turn writes down."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from flows.model import BOT, Money
from flows.outbound import Dispatch, Outbound
from integrations.storage.connect import Storage
from integrations.storage.tables import audit
from tests.contracts.storage_house import CONNECTED, START, House, committed, conversation, lead, message, said, turn
from tests.contracts.test_storage_desk import held


async def test_the_line_of_words_is_their_writers_and_changes_with_them(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now))
    words = replace(message(base, house.now, "tomorrow"), writer="rep1", payload={"by": "rep1", "aside": True})
    base = await committed(storage, turn(base, house.now, dispatches=[words]))
    key = f"{words.key}.edit"
    where = (base.address, base.id, "rep1", house.now)
    edit = Dispatch(key, "edit", *where, Outbound("on Friday"), {"by": "rep1", "of": words.key})
    stranger = replace(edit, key=f"{key}2", payload={"of": "another line"})
    base = await committed(storage, turn(base, house.now, dispatches=[edit, stranger]))
    lines, total, _ = await storage.reports.transcript(base.id, 10, "")
    assert [(line.by, line.text) for line in lines] == [("rep1", "on Friday")]
    assert total == 1


async def test_what_was_said_aside_leaves_whoever_owns(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now))
    due = house.now + timedelta(seconds=5)
    aside = replace(message(base, due), writer="rep1", payload={"by": "rep1", "aside": True})
    plain = replace(message(base, due, number=1), writer="rep1", payload={"by": "rep1"})
    base = await committed(storage, turn(base, house.now, dispatches=[aside, plain]))
    await committed(storage, turn(base, house.now, owner="rep2", cancel=BOT))
    assert [entry.key for entry in await storage.outbox.claim(house.later(6), 10, CONNECTED)] == [aside.key]
    await storage.outbox.sent(aside.key, "9", house.now)
    await storage.conversations.done((), house.now)  # the mark rides in the group of the next write
    assert not await storage.outbox.claim(house.later(20), 10, CONNECTED), "its former owner's words may not"


async def test_changes_of_a_message_leave_whoever_owns(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now))
    where = (base.address, base.id, "rep1", house.now + timedelta(seconds=1))
    changes = [Dispatch("e", "edit", *where, Outbound("x"), {"of": "k"}), Dispatch("d", "delete", *where)]
    base = await committed(storage, turn(base, house.now, dispatches=changes))
    await committed(storage, turn(base, house.now, owner="rep2", cancel=BOT))
    assert {entry.key for entry in await storage.outbox.claim(house.later(2), 10, CONNECTED)} == {"e", "d"}


async def test_who_did_what_is_written_with_the_mark_of_the_event(house: House) -> None:
    storage = await house.worker()
    (stored,) = await storage.inbox.receive([said("1")], house.now)
    await storage.conversations.done([stored.row], house.now, audit={"by": "rep1", "action": "note"})
    assert not await storage.inbox.receive([said("1")], house.later(1))
    if isinstance(storage, Storage):
        statement = select(audit.c.by, audit.c.action)
        rows = await storage.database.read(lambda connection: connection.execute(statement).all())
        assert [tuple(row) for row in rows] == [("rep1", "note")]


async def test_an_amount_stays_until_another_is_given(house: House) -> None:
    storage = await house.worker()
    base = conversation()
    await committed(storage, turn(base, house.now, lead=lead(base)))
    assert await storage.leads.update(base.id, "won", None, "rep1", house.now, amount=Money(9_500_000, "RUB"))
    assert await storage.leads.update(base.id, "lost", None, "rep1", house.later(1), reason="price")
    row = await storage.leads.get(base.id)
    assert row is not None
    assert (row.lead.status, row.amount) == ("lost", {"minor": 9_500_000, "currency": "RUB"})


async def test_words_on_their_way_for_too_long_are_found(house: House) -> None:
    storage = await house.worker()
    for number, seconds in enumerate((5, 1, 90)):
        due = START + timedelta(seconds=seconds)
        await storage.holds.put(held(f"h{number}", state="sending", due=due, at=START + timedelta(seconds=number)))
    await storage.holds.put(held("h9"))
    found = await storage.holds.overdue(START + timedelta(seconds=30), 10)
    assert [one.id for one in found] == ["h0", "h1"]
    assert len(await storage.holds.overdue(START + timedelta(seconds=300), 2)) == 2
