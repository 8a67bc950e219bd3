"""The contract of what the desk remembers, over SQLite, PostgreSQL and the fake: threads, messages, held replies."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.desk import Spot
from flows.model import File, Json
from flows.outbound import Line
from flows.ports.desk import Copy, Held, HeldState, Thread
from flows.ports.people import Person
from tests.contracts.storage_house import (
    CONNECTED,
    START,
    House,
    Ports,
    committed,
    conversation,
    message,
    phone,
    replied,
    turn,
)
from tests.contracts.test_storage_people import mask

SPOT = Spot("slack", "C1", "100.1")


def held(identity: str = "slack:C1:7", **changes: object) -> Held:
    """A rep's words that are asked about."""
    file = File("voice", "F1", "answer.ogg", "audio/ogg", 900)
    fresh = Held(identity, "c7-1", SPOT, "7", "rep1", "U1", "Завтра 🙂 in stock", (file,), "asked", START, START)
    return replace(fresh, **changes)  # type: ignore[arg-type]


async def talk(house: House, storage: Ports, count: int, chat: str = "7") -> list[str]:
    """Lines of a prospect, and their ids."""
    base = conversation(chat)
    lines = [Line(f"{chat}.{number}", base.id, "prospect", house.later(1), f"line {number}") for number in range(count)]
    await committed(storage, turn(base, house.now, heard=lines))
    return [line.id for line in lines]


# ------------------------------------------------------------------ threads
async def test_a_thread_is_found_by_its_conversation_and_its_place(house: House) -> None:
    storage = await house.worker()
    assert await storage.threads.of("c7-1", "slack") is None
    assert await storage.threads.at(SPOT) is None
    thread = Thread("c7-1", SPOT, "100.1", "digest", 3, mentioned=True)
    other = Thread("c7-1", Spot("telegram", "-100", "5"), "5")
    await storage.threads.keep(thread, house.now)
    await storage.threads.keep(other, house.now)
    assert await storage.threads.of("c7-1", "slack") == thread
    assert await storage.threads.at(SPOT) == thread
    assert await storage.threads.at(other.spot) == other
    shown = replace(thread, shown="digest 2", mirrored=9, posting=12)
    await storage.threads.keep(shown, house.later(1))
    assert await storage.threads.of("c7-1", "slack") == shown
    assert await storage.threads.of("c8-1", "slack") is None
    assert await storage.threads.at(replace(SPOT, channel="C2")) is None


async def test_a_thread_that_moved_is_found_at_its_old_place_too(house: House) -> None:
    storage = await house.worker()
    await storage.threads.keep(Thread("c7-1", SPOT, "100.1"), house.now)
    moved = Thread("c7-1", Spot("slack", "C2", "200.1"), "200.1")
    await storage.threads.keep(moved, house.now)
    assert await storage.threads.of("c7-1", "slack") == moved
    assert await storage.threads.at(moved.spot) == moved
    assert await storage.threads.at(SPOT) == moved


async def test_a_message_is_found_by_its_line_and_a_line_by_its_message(house: House) -> None:
    storage = await house.worker()
    first, second = Copy("1.in", SPOT, "101"), Copy("2.in", SPOT, "101")
    theirs = Copy("rep.1", SPOT, "102", "desk")
    await storage.threads.copied([first, second, theirs], house.now)
    await storage.threads.copied([replace(first, origin="desk"), theirs], house.now)
    await storage.threads.copied([], house.now)
    assert await storage.threads.by_line("2.in", "slack") == second
    assert await storage.threads.by_line("1.in", "slack") == first
    assert await storage.threads.by_line("1.in", "telegram") is None
    assert await storage.threads.by_message(replace(SPOT, thread=""), "101") == first
    assert await storage.threads.by_message(SPOT, "102") == theirs
    assert await storage.threads.by_message(replace(SPOT, channel="C2"), "101") is None
    moved = replace(first, spot=Spot("slack", "C2", "200.1"), message="201")
    await storage.threads.copied([moved], house.now)
    assert await storage.threads.by_line("1.in", "slack") == moved
    assert await storage.threads.by_message(SPOT, "101") == first


async def test_a_transcript_is_read_on_from_a_place(house: House) -> None:
    storage = await house.worker()
    ids = await talk(house, storage, 3)
    await talk(house, storage, 2, "8")
    base = conversation("7", version=1)
    reply = message(base, house.now)
    trace: dict[str, Json] = {"texts": ["greeting.welcome"]}
    await committed(storage, turn(base, house.now, dispatches=[reply], traces={reply.key: trace}))
    lines = await storage.threads.lines("c7-1", 0, 10)
    assert [line.id for line in lines] == [*ids, reply.key]
    assert (lines[-1].by, lines[-1].text, lines[-1].trace) == ("bot", "What do you need?", trace)
    places = [line.place for line in lines]
    assert places == sorted(set(places))
    assert places[0] > 0
    assert list(await storage.threads.lines("c7-1", places[1], 1)) == [lines[2]]
    assert list(await storage.threads.lines("c7-1", places[-1], 10)) == []
    last = await storage.threads.tail("c7-1", 2)
    assert ([line.id for line in last], [line.place for line in last]) == ([ids[2], reply.key], places[2:])
    assert list(await storage.threads.tail("nobody", 2)) == []


# ------------------------------------------------------------------ held replies
async def test_a_reply_is_held_once_and_asked_about_once(house: House) -> None:
    storage = await house.worker()
    assert await storage.holds.get("slack:C1:7") is None
    assert await storage.holds.put(held())
    assert await storage.holds.get("slack:C1:7") == held()
    edited = held(text="Послезавтра", files=(), prompt="8")
    assert not await storage.holds.put(edited)
    assert await storage.holds.get("slack:C1:7") == edited


@pytest.mark.parametrize("state", ["sending", "note"])
async def test_of_two_who_decide_at_once_one_does(house: House, state: HeldState) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    await one.holds.put(held())
    moves = (store.holds.move(held().id, "asked", state, entry=f"e{number}") for number, store in enumerate((one, two)))
    assert sorted(await asyncio.gather(*moves)) == [False, True]
    decided = await two.holds.get(held().id)
    assert decided is not None
    assert (decided.state, decided.entry in {"e0", "e1"}) == (state, True)
    assert await two.holds.move(held().id, state, "failed")
    after = await one.holds.get(held().id)
    assert after == replace(decided, state="failed")
    assert not await one.holds.move("nobody", "asked", "note")


async def test_holds_of_a_conversation_are_told_apart_by_state(house: House) -> None:
    storage = await house.worker()
    first, second = held("a", at=START + timedelta(seconds=2)), held("b", at=START + timedelta(seconds=1))
    for one in (first, second, held("c", state="sending"), held("d", conversation="c8-1")):
        await storage.holds.put(one)
    assert list(await storage.holds.of("c7-1", "asked")) == [second, first]
    assert [one.id for one in await storage.holds.of("c7-1", "sending")] == ["c"]
    assert list(await storage.holds.of("c7-1", "sent")) == []


async def test_a_forgotten_question_is_reminded_of_once(house: House) -> None:
    storage = await house.worker()
    for number in range(3):
        await storage.holds.put(held(f"h{number}", at=START + timedelta(seconds=number)))
    await storage.holds.put(held("decided", state="note"))
    late = START + timedelta(seconds=2)
    assert [one.id for one in await storage.holds.forgotten(late, 10)] == ["h0", "h1"]
    assert [one.id for one in await storage.holds.forgotten(late, 1)] == ["h0"]
    await storage.holds.reminded("h0")
    assert [one.id for one in await storage.holds.forgotten(late, 10)] == ["h1"]
    reminded = await storage.holds.get("h0")
    assert reminded == held("h0", reminded=True)


async def test_what_was_held_is_forgotten_with_the_contact(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now, contact=phone()))
    named = File("document", "F1", "Ann.pdf")
    await storage.holds.put(held(text="Ann? +12015550123", files=(named,), conversation=base.id))
    await storage.holds.put(held("other", text="Ann", conversation="c8-1"))
    await storage.privacy.redact(base.id, mask, house.now)
    masked, other = await storage.holds.get(held().id), await storage.holds.get("other")
    assert masked is not None
    assert other is not None
    assert (masked.text, masked.files, other.text) == ("…? …", (replace(named, name="….pdf"),), "Ann")


# ------------------------------------------------------------------ taking back
async def test_what_has_not_left_is_taken_back_with_its_line(house: House) -> None:
    storage = await house.worker()
    base = conversation()
    reply = replace(message(base, house.now), due=house.now + timedelta(seconds=5))
    base = await committed(storage, turn(base, house.now, dispatches=[reply]))
    assert await storage.outbox.cancel(reply.key)
    assert not await storage.outbox.cancel(reply.key)
    assert not await storage.outbox.cancel("nothing")
    assert await storage.outbox.reclaim(reply.key, house.later(6)) is None
    assert not await storage.outbox.claim(house.now, 10, CONNECTED)
    assert [one.status for one in (await storage.deliveries.list("cancelled", 10))[0]] == ["cancelled"]
    assert list(await storage.threads.lines(base.id, 0, 10)) == []
    _, again = await replied(storage, base, house.now)
    assert [line.id for line in await storage.threads.lines(base.id, 0, 10)] == [again.key]


async def test_what_a_worker_holds_is_as_good_as_gone(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    _, reply = await replied(one, conversation(), house.now)
    assert not await two.outbox.cancel(reply.key)
    house.later(60)
    assert not await two.outbox.cancel(reply.key)
    assert await one.outbox.receipt(reply.key) == ""
    await one.outbox.failed(reply.key, "429", house.later(30))
    assert await two.outbox.cancel(reply.key)


async def test_taking_back_and_sending_race_and_one_wins(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    for number in range(5):
        base = conversation(str(number))
        reply = replace(message(base, house.now), due=house.now + timedelta(seconds=5))
        await committed(one, turn(base, house.now, dispatches=[reply]))
        house.later(5)
        claimed, taken_back = await asyncio.gather(
            one.outbox.claim(house.now, 10, CONNECTED), two.outbox.cancel(reply.key)
        )
        assert (reply.key in [entry.key for entry in claimed]) is not taken_back


async def test_a_receipt_is_there_once_it_was_sent(house: House) -> None:
    storage = await house.worker()
    base, reply = await replied(storage, conversation(), house.now)
    assert await storage.outbox.receipt(reply.key) == ""
    assert await storage.outbox.receipt("nothing") == ""
    await storage.outbox.sent(reply.key, "17", house.now)
    await replied(storage, base, house.now)  # the mark rides with this group
    assert await storage.outbox.receipt(reply.key) == "17"
    assert not await storage.outbox.cancel(reply.key)


# ------------------------------------------------------------------ staff
async def test_who_is_away_stays_away_until_they_are_back(house: House) -> None:
    storage = await house.worker()
    ann = await storage.staff.add(Person("", "ann@example.com", "rep"), house.now)
    back = house.now + timedelta(hours=3)
    assert await storage.staff.away(ann.id, back)
    assert not await storage.staff.away("nobody", back)
    assert await storage.staff.list() == [replace(ann, away_until=back)]
    changed = await storage.staff.add(Person("", "ann@example.com", "manager"), house.now)
    assert changed == replace(ann, role="manager", away_until=back)
    assert await storage.staff.away(ann.id, None)
    assert await storage.staff.list() == [replace(ann, role="manager")]
