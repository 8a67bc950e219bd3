"""The contract of a turn's storage, over SQLite, PostgreSQL and the fake: events once, in order, by one worker."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from flows.events import Answered, Due, Event, Reachable
from flows.model import BOT, Fact, Json
from flows.outbound import Line
from flows.ports.turns import Committed, Stale
from tests.contracts.storage_house import (
    START,
    House,
    Ports,
    address,
    committed,
    conversation,
    ids,
    message,
    said,
    turn,
)


# ------------------------------------------------------------------ the inbox
async def test_an_event_is_stored_once_for_its_channel_and_bot(house: House) -> None:
    storage = await house.worker()
    other_bot = replace(said("1"), address=address(bot="bot2"))
    assert ids(await storage.inbox.receive([said("1"), said("1"), other_bot], house.now)) == ["1", "1"]
    assert not await storage.inbox.receive([said("1")], house.now)


async def test_five_deliveries_at_once_have_one_effect(house: House) -> None:
    storage = await house.worker()
    received = await asyncio.gather(*(storage.inbox.receive([said("1")], house.now) for _ in range(5)))
    assert [ids(stored) for stored in received if stored] == [["1"]]


async def test_an_event_is_stored_once_across_a_restart(house: House) -> None:
    first = await house.worker()
    (stored,) = await first.inbox.receive([said("1")], house.now)
    await committed(first, turn(conversation(), house.now, done=[stored.row], release=True))
    second = await house.worker("other")
    assert not await second.inbox.receive([said("1")], house.now)
    assert not await second.inbox.claim(house.later(60), 10)


async def test_events_carry_their_arrival_time_and_come_back_whole(house: House) -> None:
    storage = await house.worker()
    place = address()
    events: list[Event] = [
        said("1", text="💬 «да»", choice="q:1", profile=replace(said("x").profile, id="5", name="Ann")),
        Reachable("2", place, START, reachable=False),
        Answered("3", place, START, "c", 4, "how much?", Fact("price", {"rows": [{"price": 5}], "n": None}, ("p@1",))),
        Due("4", place, START, "c", "nudge"),
    ]
    arrived = house.later(1.234567)
    received = await storage.inbox.receive(events, arrived)
    claimed = await (await house.worker("other")).inbox.claim(house.later(16), 10)
    assert [one.event for one in received] == [replace(event, at=arrived) for event in events]
    assert list(claimed) == list(received)


async def test_an_address_is_held_by_one_worker_until_its_lease_is_over(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    assert ids(await one.inbox.receive([said("1")], house.now)) == ["1"]
    assert not await two.inbox.receive([said("2")], house.later(1))
    assert not await two.inbox.claim(house.later(13), 10)
    assert ids(await two.inbox.claim(house.later(2), 10)) == ["1", "2"]
    assert not await one.inbox.claim(house.now, 10)


async def test_renewed_leases_live_on(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    await one.inbox.receive([said("1")], house.now)
    await one.inbox.renew([address()], house.later(10))
    assert not await two.inbox.claim(house.later(10), 10)
    await two.inbox.renew([address()], house.now)
    assert ids(await two.inbox.claim(house.later(6), 10)) == ["1"]


async def test_what_was_left_behind_goes_before_what_is_new(house: House) -> None:
    await (await house.worker("gone")).inbox.receive([said("1")], house.now)
    storage = await house.worker("here")
    assert ids(await storage.inbox.receive([said("2"), said("9", chat="8")], house.later(16))) == ["1", "2", "9"]


async def test_a_claim_takes_whole_addresses_oldest_first(house: House) -> None:
    gone, here = await house.worker("gone"), await house.worker("here")
    await gone.inbox.receive([said("1", chat="b"), said("2", chat="a"), said("3", chat="b")], house.now)
    assert ids(await here.inbox.claim(house.later(16), 1)) == ["1", "3"]
    assert ids(await here.inbox.claim(house.now, 1)) == ["2"]


async def test_release_gives_an_address_up_unless_more_came(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    (stored,) = await one.inbox.receive([said("1")], house.now)
    assert not await two.inbox.receive([said("2")], house.now)
    await one.conversations.done([stored.row], house.now)
    assert ids(await one.inbox.release(address())) == ["2"]
    assert not await two.inbox.claim(house.now, 10)
    assert not await one.inbox.release(address())
    assert ids(await two.inbox.claim(house.now, 10)) == ["2"]


async def test_no_event_is_lost_between_two_workers(house: House) -> None:
    """The holder lets go while the other stores: somebody must get every event, and nobody twice."""
    one, two = await house.worker("one"), await house.worker("two")
    seen: list[int] = []

    async def work(storage: Ports, names: Iterator[str]) -> None:
        for name in names:
            waiting = list(await storage.inbox.receive([said(name)], house.now))
            while waiting:
                await storage.conversations.done([one.row for one in waiting], house.now)
                seen.extend(one.row for one in waiting)
                waiting = list(await storage.inbox.release(address()))

    await asyncio.gather(
        *(
            work(storage, iter([f"{place}-{n}" for n in range(10)]))
            for storage in (one, two)
            for place in (id(storage), 0)
        )
    )
    assert not await one.inbox.claim(house.now, 10)
    assert len(seen) == len(set(seen)) == 30


# ------------------------------------------------------------------ turns
async def test_a_turn_is_read_back_by_every_worker(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    assert await one.conversations.open(address()) is None
    base = conversation(slots={"need": "чай", "team": {"min": 1, "max": None}}, signals=("buy",))
    after = await committed(one, turn(base, house.now, flow="main", step="team", source="ad"))
    for storage in (one, two):
        assert (await storage.conversations.get(after.id) or base).step == "team"
        assert await storage.conversations.open(address()) == after
    assert await one.conversations.get("nobody") is None


async def test_the_newest_conversation_of_an_address_is_open(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    await committed(one, turn(conversation(), house.now))
    assert (await two.conversations.open(address()) or conversation()).ordinal == 1
    await committed(one, turn(conversation(ordinal=2), house.now))
    await two.inbox.receive([said("1")], house.now)  # holding the address makes sure of the newest
    for storage in (one, two):
        assert (await storage.conversations.open(address()) or conversation()).ordinal == 2


async def test_a_stale_turn_leaves_nothing_and_the_others_go_on(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    (stored,) = await one.inbox.receive([said("1")], house.now)
    base = await committed(one, turn(conversation(), house.now))
    await committed(two, turn(base, house.now, step="theirs"))
    line = Line("1.in", base.id, "prospect", house.now, "hello")
    late = turn(base, house.now, done=[stored.row], heard=[line], dispatches=[message(base, house.now)], release=True)
    others = [turn(conversation(str(chat)), house.now) for chat in range(20, 30)]
    results = await asyncio.gather(*(one.conversations.commit(commit) for commit in (*others, late)))
    assert results == [Committed()] * 10 + [Stale()]
    assert (await one.conversations.open(address()) or base).step == "theirs"
    assert (await one.reports.transcript(base.id, 10, ""))[1] == 0
    assert not (await one.deliveries.list(None, 10))[0]
    assert ids(await two.inbox.claim(house.later(16), 10)) == ["1"]


async def test_of_two_who_begin_one_succeeds(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    first, second = conversation(), replace(conversation(), id="another")
    results = [
        await one.conversations.commit(turn(first, house.now)),
        await two.conversations.commit(turn(second, house.now)),
        await two.conversations.commit(turn(first, house.now)),
    ]
    assert results == [Committed(), Stale(), Stale()]


async def test_an_event_that_another_worker_dealt_with_is_settled(house: House) -> None:
    slow, quick = await house.worker("slow"), await house.worker("quick")
    (stored,) = await slow.inbox.receive([said("1")], house.now)
    assert ids(await quick.inbox.claim(house.later(16), 10)) == ["1"]
    base = await committed(quick, turn(conversation(), house.now, done=[stored.row], release=True))
    again = turn(base, house.now, done=[stored.row], dispatches=[message(base, house.now)])
    assert await slow.conversations.commit(again) == Stale(settled=True)
    assert not (await slow.deliveries.list(None, 10))[0]


async def test_a_turn_releases_its_address_or_gets_what_came_meanwhile(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    (stored,) = await one.inbox.receive([said("1")], house.now)
    await two.inbox.receive([said("2")], house.now)
    base = conversation()
    result = await one.conversations.commit(turn(base, house.now, done=[stored.row], release=True))
    assert isinstance(result, Committed)
    assert ids(result.more) == ["2"]
    assert not await two.inbox.claim(house.later(10), 10)
    after = replace(base, version=1)
    rows = [one.row for one in result.more]
    assert await one.conversations.commit(turn(after, house.now, done=rows, release=True)) == Committed()
    assert ids(await two.inbox.receive([said("3")], house.now)) == ["3"]


async def test_an_event_in_hand_is_not_handed_out_again(house: House) -> None:
    storage = await house.worker()
    first, second = await storage.inbox.receive([said("1"), said("2")], house.now)
    result = await storage.conversations.commit(turn(conversation(), house.now, done=[first.row], release=True))
    assert result == Committed()
    assert ids(await storage.inbox.receive([said("3")], house.now)) == ["3"]
    assert second.event.id == "2"


async def test_a_line_is_kept_once_and_in_order(house: House) -> None:
    storage = await house.worker()
    heard = [Line(f"{n}.in", "c7-1", "prospect", house.now, f"line {n}") for n in range(3)]
    base = await committed(storage, turn(conversation(), house.now, heard=heard[:2]))
    trace: dict[str, Json] = {"sources": ["p@1"], "step": "need"}
    reply = message(base, house.now)
    await committed(storage, turn(base, house.now, heard=heard[1:], dispatches=[reply], traces={reply.key: trace}))
    await storage.conversations.done([], house.now, heard)
    lines, total, following = await storage.reports.transcript(base.id, 3, "")
    rest, _, end = await storage.reports.transcript(base.id, 3, following)
    assert [line.id for line in (*lines, *rest)] == ["0.in", "1.in", "2.in", reply.key]
    assert (total, end, rest[0].by, rest[0].text) == (4, "", BOT, "What do you need?")
    assert await storage.reports.trace(reply.key) == trace
    assert await storage.reports.trace("nothing") is None
