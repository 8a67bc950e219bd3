"""The contract of the outbox, over SQLite, PostgreSQL and the fake: in order, by one worker, while its writer may."""

from dataclasses import replace
from datetime import timedelta

from flows.model import BOT
from flows.outbound import Dispatch
from flows.ports.turns import Committed
from tests.contracts.storage_house import CONNECTED, House, address, committed, conversation, message, replied, turn


async def test_a_message_is_born_leased_and_left_to_others_when_the_lease_is_over(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    _, reply = await replied(one, conversation(), house.now)
    assert not await two.outbox.claim(house.later(14), 10, CONNECTED)
    assert await two.outbox.claim(house.later(2), 10, CONNECTED) == [reply]
    assert await one.outbox.reclaim(reply.key, house.now) is None
    await two.outbox.sent(reply.key, "17", house.now)
    await two.close()
    assert not await one.outbox.claim(house.later(60), 10, CONNECTED)
    assert [one.status for one in (await one.deliveries.list("sent", 10))[0]] == ["sent"]


async def test_only_the_oldest_message_of_an_address_may_leave(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    base, first = await replied(one, conversation(), house.now)
    result = await two.conversations.commit(turn(base, house.now, dispatches=[message(base, house.now)]))
    assert result == Committed(held_back=True)
    assert not await two.outbox.claim(house.now, 10, CONNECTED)
    await one.outbox.failed(first.key, "429", house.later(5))
    assert [(entry.key, entry.attempts) for entry in await two.outbox.claim(house.now, 10, CONNECTED)] == [
        (first.key, 1)
    ]
    await two.outbox.failed(first.key, "gone", None)
    assert [entry.key for entry in await two.outbox.claim(house.now, 10, CONNECTED)] == [f"{base.id}:2:0"]
    (failed,) = (await two.deliveries.list("failed", 10))[0]
    assert (failed.key, failed.error, failed.attempts) == (first.key, "gone", 2)


async def test_a_message_that_waits_for_a_retry_holds_back_what_its_own_worker_says_next(house: House) -> None:
    storage = await house.worker()
    base, first = await replied(storage, conversation(), house.now)
    await storage.outbox.failed(first.key, "429", house.now + timedelta(seconds=30))
    result = await storage.conversations.commit(turn(base, house.now, dispatches=[message(base, house.now)]))
    assert result == Committed(held_back=True)
    assert not await storage.outbox.claim(house.later(5), 10, CONNECTED)
    assert [entry.key for entry in await storage.outbox.claim(house.later(26), 10, CONNECTED)] == [first.key]


async def test_what_failed_for_good_is_retried_by_hand(house: House) -> None:
    storage = await house.worker()
    _, reply = await replied(storage, conversation(), house.now)
    await storage.outbox.failed(reply.key, "blocked", None)
    assert await storage.deliveries.retry([reply.key, "nothing"], house.later(60)) == 1
    assert await storage.deliveries.retry([reply.key], house.now) == 0
    assert await storage.outbox.claim(house.now, 10, CONNECTED) == [replace(reply, due=house.now)]


async def test_a_take_over_stops_what_the_bot_has_not_sent(house: House) -> None:
    bot, desk = await house.worker("bot"), await house.worker("desk")
    base, waiting = await replied(bot, conversation(), house.now)
    notice = replace(message(base, house.now, number=1), kind="notice", key="notice")
    base = await committed(bot, turn(base, house.now, dispatches=[notice]))
    await committed(desk, turn(base, house.now, owner="rep1", cancel=BOT))
    assert await bot.outbox.reclaim(waiting.key, house.now) is None
    assert [one.key for one in await desk.outbox.claim(house.later(60), 10, CONNECTED)] == ["notice"]
    await bot.outbox.failed(waiting.key, "429", house.now)
    assert [one.status for one in (await bot.deliveries.list("cancelled", 10))[0]] == ["cancelled"]


async def test_a_message_leaves_only_while_its_writer_owns_the_conversation(house: House) -> None:
    bot, desk = await house.worker("bot"), await house.worker("desk")
    base, waiting = await replied(bot, conversation(), house.now)
    await committed(desk, turn(base, house.now, owner="rep1"))
    assert await bot.outbox.reclaim(waiting.key, house.now) is None
    assert not await bot.outbox.claim(house.later(60), 10, CONNECTED)
    assert [one.key for one in (await bot.deliveries.list("cancelled", 10))[0]] == [waiting.key]


async def test_a_wake_up_is_void_once_the_conversation_has_moved_on(house: House) -> None:
    storage = await house.worker()
    due = house.now + timedelta(hours=1)
    wakes = [
        Dispatch(f"wake{chat}", "wake", address(chat), f"c{chat}-1", BOT, due, payload={"wake": "nudge"})
        for chat in "789"
    ]
    bases = [
        await committed(storage, turn(conversation(chat), house.now, dispatches=[wake]))
        for chat, wake in zip("789", wakes, strict=True)
    ]
    assert not await storage.outbox.claim(house.now, 10, CONNECTED)
    await replied(storage, bases[0], house.now)
    await storage.outbox.cancel_wakes(bases[1].id)
    claimed = await storage.outbox.claim(due, 10, CONNECTED)
    assert [entry for entry in claimed if entry.kind == "wake"] == [wakes[2]]


async def test_what_leaves_by_the_channels_of_another_worker_is_left_to_it(house: House) -> None:
    storage = await house.worker()
    base, reply = await replied(storage, conversation(), house.now)
    wake = Dispatch("wake", "wake", address(), base.id, BOT, house.now)
    notice = replace(message(base, house.now, number=1), kind="notice", key="notice", address=address("9", "bot2"))
    await committed(storage, turn(base, house.now, dispatches=[wake, notice]))
    for connected in ((), (("console", "bot1"),), (("telegram", "bot"),), (("telegram", "BOT1"),)):
        assert not await storage.outbox.claim(house.later(60), 10, connected)
    theirs = await storage.outbox.claim(house.now, 10, (("telegram", "bot2"),))
    assert [entry.key for entry in theirs] == ["notice"]
    assert {entry.key for entry in await storage.outbox.claim(house.now, 10, CONNECTED)} == {reply.key, "wake"}


async def test_an_entry_that_was_let_go_is_open_untried_for_the_next_worker(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    _, reply = await replied(one, conversation(), house.now)
    await two.outbox.release(reply.key)
    assert not await two.outbox.claim(house.now, 10, CONNECTED)
    await one.outbox.release(reply.key)
    assert await two.outbox.claim(house.now, 10, CONNECTED) == [reply]
    await one.outbox.release(reply.key)
    assert not await one.outbox.claim(house.now, 10, CONNECTED)


async def test_deliveries_are_paged_newest_first(house: House) -> None:
    storage = await house.worker()
    keys = [(await replied(storage, conversation(chat), house.now))[1].key for chat in "789"]
    page, total, following = await storage.deliveries.list("open", 2)
    rest, _, end = await storage.deliveries.list("open", 2, following)
    assert ([one.key for one in (*page, *rest)], total, end) == (keys[::-1], 3, "")
