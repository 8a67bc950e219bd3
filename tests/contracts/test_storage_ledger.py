"""The contract of what the product keeps its word by, over SQLite, PostgreSQL and the fake."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from flows.model import Conversation
from flows.outbound import Line
from flows.ports.ledger import Promise, Wait, WaitState
from tests.contracts.storage_house import (
    START,
    House,
    Ports,
    committed,
    conversation,
    message,
    phone,
    turn,
)
from tests.contracts.test_storage_people import mask


def wait(chat: str = "7", **changes: object) -> Wait:
    """A wish for a person."""
    return replace(Wait(f"c{chat}-1", 1, "asked", START), **changes)  # type: ignore[arg-type]


def promise(identity: str = "p1", **changes: object) -> Promise:
    """A price list by Friday."""
    fresh = Promise(identity, "c7-1", "rep1", "Пришлю прайс", START, START + timedelta(days=2))
    return replace(fresh, **changes)  # type: ignore[arg-type]


# ------------------------------------------------------------------ waits
async def test_a_wait_begins_once_however_many_begin_it(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    assert await one.waits.of("c7-1") is None
    begun = tuple(await asyncio.gather(one.waits.open(wait(number=9)), two.waits.open(wait(number=9))))
    assert begun == (wait(), wait())
    assert await two.waits.of("c7-1") == wait()
    later = wait(asked_at=house.later(60), reason="again")
    assert await one.waits.open(later) == wait()


async def test_a_wait_ends_once_and_the_next_one_is_another(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    await one.waits.open(wait())
    rung = wait(pinged=("rep1", "rep2"), next_at=house.later(60), promised=300)
    assert await one.waits.change(rung)
    assert await two.waits.of("c7-1") == rung
    ends: Sequence[WaitState] = ("claimed", "closed")
    changes = [replace(rung, state=state, ended_at=house.now, by=state) for state in ends]
    ended = await asyncio.gather(one.waits.change(changes[0]), two.waits.change(changes[1]))
    assert sorted(ended) == [False, True]
    assert not await one.waits.change(rung)
    assert await one.waits.of("c7-1") is None
    asked = house.later(60)
    assert await one.waits.open(wait(asked_at=asked)) == wait(number=2, asked_at=asked)
    assert list(await two.waits.recent(2)) == [wait(number=2, asked_at=asked), changes[ended.index(True)]]
    assert len(await two.waits.recent(1)) == 1


async def test_the_next_rung_is_due_when_its_time_has_come(house: House) -> None:
    storage = await house.worker()
    for number in range(3):
        await storage.waits.open(wait(str(number), next_at=START + timedelta(seconds=60 - number)))
    await storage.waits.open(wait("3"))
    ended = wait("4", next_at=START)
    await storage.waits.open(ended)
    await storage.waits.change(replace(ended, state="call_back", ended_at=START))
    assert not await storage.waits.due(house.later(57), 10)
    assert [one.conversation for one in await storage.waits.due(house.later(2), 10)] == ["c2-1", "c1-1"]
    assert [one.conversation for one in await storage.waits.due(house.later(60), 1)] == ["c2-1"]


async def test_answer_times_are_those_of_waits_that_were_claimed(house: House) -> None:
    storage = await house.worker()
    for number, (hours, seconds) in enumerate([(-1, 30), (0, 40), (2, 50), (24, 60)]):
        asked = START + timedelta(hours=hours)
        claimed = wait(str(number), asked_at=asked, ended_at=asked + timedelta(seconds=seconds), by="rep1")
        await storage.waits.open(claimed)
        assert await storage.waits.change(replace(claimed, state="claimed"))
    closed = wait("9", ended_at=START + timedelta(seconds=5))
    await storage.waits.open(closed)
    await storage.waits.change(replace(closed, state="closed"))
    assert list(await storage.waits.answer_times(START)) == [40, 50, 60]
    assert list(await storage.waits.answer_times(START, 10)) == [40, 60]
    assert list(await storage.waits.answer_times(START - timedelta(days=1), 9)) == [30]
    assert list(await storage.waits.answer_times(START, 11)) == []


async def test_who_owns_open_conversations_is_busy(house: House) -> None:
    storage = await house.worker()
    for chat, owner in (("1", "rep1"), ("2", "rep1"), ("3", "rep2"), ("4", "bot")):
        await committed(storage, turn(conversation(chat), house.now, owner=owner))
    assert await storage.waits.busy() == {"rep1": 2, "rep2": 1}
    ended = replace(conversation("3"), version=1, owner="rep2")
    await committed(storage, turn(ended, house.now, status="ended"))
    await committed(storage, turn(conversation("2", ordinal=2), house.now))
    assert await storage.waits.busy() == {"rep1": 1}


async def heard(house: House, storage: Ports, base: Conversation, identity: str) -> Conversation:
    """The prospect writes."""
    line = Line(identity, base.id, "prospect", house.later(10), "Are you there?")
    return await committed(storage, turn(base, house.now, heard=[line]))


async def answered(house: House, storage: Ports, base: Conversation, *, machine: bool = False) -> Conversation:
    """The owner answers, or the machine says something in the owner's name."""
    reply = message(base, house.later(10))
    traces = {reply.key: {"texts": ["common.taken_over"]} if machine else {"origin": "slack:C1:7"}}
    return await committed(storage, turn(base, house.now, dispatches=[reply], traces=traces))  # type: ignore[arg-type]


async def test_a_rep_is_silent_since_the_prospects_words_or_the_take_over(house: House) -> None:
    storage = await house.worker()
    left = await heard(house, storage, conversation("1"), "1.in")
    left = await answered(house, storage, left, machine=True)  # the bot's own words count for nothing
    taken = replace(left, owner="rep1")
    await answered(house, storage, taken, machine=True)
    taken_at = house.now
    mine = await heard(house, storage, conversation("2", owner="rep2"), "2.in")
    mine = await answered(house, storage, mine)
    await heard(house, storage, conversation("3"), "3.in")
    assert list(await storage.waits.silent(house.later(1), 10)) == [("c1-1", "rep1", taken_at)]
    assert not await storage.waits.silent(taken_at, 10)
    await heard(house, storage, mine, "4.in")
    again = ("c2-1", "rep2", house.now)
    assert list(await storage.waits.silent(house.later(1), 10)) == [("c1-1", "rep1", taken_at), again]
    assert len(await storage.waits.silent(house.now, 1)) == 1


# ------------------------------------------------------------------ promises
async def test_a_promise_is_kept_or_dropped_once(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    earlier, timeless = promise("p0", made_at=START - timedelta(seconds=1)), promise("p2", due=None, by="bot")
    await one.promises.put([promise(), earlier, timeless, promise("p3", conversation="c8-1")])
    await one.promises.put([promise(quote="changed")])
    await one.promises.put([])
    assert list(await two.promises.of("c7-1")) == [earlier, promise(), timeless]
    ends: Sequence[Literal["kept", "dropped"]] = ("kept", "dropped")
    ended = await asyncio.gather(one.promises.end("p1", ends[0]), two.promises.end("p1", ends[1]))
    assert sorted(ended) == [False, True]
    assert not await one.promises.end("nothing", "kept")
    assert list(await two.promises.of("c7-1")) == [earlier, timeless]


async def test_a_promise_that_comes_due_is_reminded_of_once(house: House) -> None:
    storage = await house.worker()
    late = START + timedelta(days=2)
    await storage.promises.put([promise(), promise("p2", due=None), promise("p3", due=late - timedelta(hours=1))])
    await storage.promises.put([promise("p4", due=START)])
    await storage.promises.end("p4", "kept")
    assert [one.id for one in await storage.promises.due(late, 10)] == ["p3"]
    assert [one.id for one in await storage.promises.due(late + timedelta(seconds=1), 10)] == ["p3", "p1"]
    await storage.promises.reminded("p3")
    assert [one.id for one in await storage.promises.due(late + timedelta(seconds=1), 10)] == ["p1"]
    assert [one.reminded for one in await storage.promises.of("c7-1")] == [False, False, True]


# ------------------------------------------------------------------ notices
async def test_of_two_who_tell_at_once_one_does(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    assert sorted(await asyncio.gather(one.notices.once("k", house.now), two.notices.once("k", house.now))) == [
        False,
        True,
    ]
    assert await two.notices.once("other", house.now)
    begun = await asyncio.gather(one.notices.begin("b", house.now), two.notices.begin("b", house.now))
    assert sorted(begun) == [False, True]
    assert not await one.notices.begin("k", house.later(3600))


async def test_what_a_dead_worker_began_to_tell_is_told_by_the_next(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    assert await one.notices.begin("k", house.now)
    assert not await two.notices.begin("k", house.later(119))
    house.later(1)
    taken_over = await asyncio.gather(one.notices.begin("k", house.now), two.notices.begin("k", house.now))
    assert sorted(taken_over) == [False, True]
    await two.notices.done("k", house.now)
    await two.notices.done("unheard", house.now)
    house.later(3600)
    for key in ("k", "unheard"):
        assert not await one.notices.begin(key, house.now)
        assert not await one.notices.once(key, house.now)


async def test_what_was_gathered_is_told_once(house: House) -> None:
    storage = await house.worker()
    await storage.notices.gather("k1", "new_lead", "c7-1", "Анна", house.now)
    await storage.notices.gather("k2", "guard", "c8-1", "blocked", house.later(1))
    await storage.notices.gather("k1", "new_lead", "c7-1", "twice", house.now)
    until = house.later(1)
    await storage.notices.gather("k3", "new_lead", "c9-1", "next time", until)
    assert list(await storage.notices.gathered(until)) == [("new_lead", "c7-1", "Анна"), ("guard", "c8-1", "blocked")]
    await storage.notices.told(until)
    await storage.notices.gather("k1", "new_lead", "c7-1", "again", house.now)
    assert list(await storage.notices.gathered(house.later(60))) == [("new_lead", "c9-1", "next time")]


# ------------------------------------------------------------------ privacy
async def test_what_was_asked_promised_and_gathered_is_forgotten_with_the_contact(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now, contact=phone()))
    for chat in ("7", "8"):
        await storage.waits.open(wait(chat, reason="call Ann +12015550123"))
        await storage.promises.put([promise(chat, quote="Ann by +12015550123", conversation=f"c{chat}-1")])
        await storage.notices.gather(chat, "new_lead", f"c{chat}-1", "Ann, +12015550123", house.now)
    await storage.privacy.redact(base.id, mask, house.now)
    masked, open_one = await storage.waits.of("c7-1"), await storage.waits.of("c8-1")
    assert masked is not None
    assert open_one is not None
    assert (masked.reason, open_one.reason) == ("call … …", "call Ann +12015550123")
    assert [one.quote for one in await storage.promises.of("c7-1")] == ["… by …"]
    assert [one.quote for one in await storage.promises.of("c8-1")] == ["Ann by +12015550123"]
    texts = [text for _, _, text in await storage.notices.gathered(house.later(1))]
    assert texts == ["…, …", "Ann, +12015550123"]
