"""The contract of the outbox, over SQLite, PostgreSQL and the fake: in order, by one worker, while its writer may."""

from dataclasses import replace
from datetime import timedelta

from flows.model import BOT, Dispatch
from flows.ports import Committed
from tests.contracts.storage_house import House, address, committed, conversation, message, replied, turn


async def test_a_message_is_born_leased_and_left_to_others_when_the_lease_is_over(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    _, reply = await replied(one, conversation(), house.now)
    assert not await two.outbox.claim(house.later(14), 10)
    assert await two.outbox.claim(house.later(2), 10) == [reply]
    assert await one.outbox.reclaim(reply.key, house.now) is None
    await two.outbox.sent(reply.key, "17", house.now)
    await two.close()
    assert not await one.outbox.claim(house.later(60), 10)
    assert [one.status for one in await one.deliveries.list("sent", 10)] == ["sent"]


async def test_only_the_oldest_message_of_an_address_may_leave(house: House) -> None:
    one, two = await house.worker("one"), await house.worker("two")
    base, first = await replied(one, conversation(), house.now)
    result = await two.conversations.commit(turn(base, house.now, dispatches=[message(base, house.now)]))
    assert result == Committed(held_back=True)
    assert not await two.outbox.claim(house.now, 10)
    await one.outbox.failed(first.key, "429", house.later(5))
    assert [(entry.key, entry.attempts) for entry in await two.outbox.claim(house.now, 10)] == [(first.key, 1)]
    await two.outbox.failed(first.key, "gone", None)
    assert [entry.key for entry in await two.outbox.claim(house.now, 10)] == [f"{base.id}:2:0"]
    (failed,) = await two.deliveries.list("failed", 10)
    assert (failed.key, failed.error, failed.attempts) == (first.key, "gone", 2)


async def test_a_message_that_waits_for_a_retry_holds_back_what_its_own_worker_says_next(house: House) -> None:
    storage = await house.worker()
    base, first = await replied(storage, conversation(), house.now)
    await storage.outbox.failed(first.key, "429", house.now + timedelta(seconds=30))
    result = await storage.conversations.commit(turn(base, house.now, dispatches=[message(base, house.now)]))
    assert result == Committed(held_back=True)
    assert not await storage.outbox.claim(house.later(5), 10)
    assert [entry.key for entry in await storage.outbox.claim(house.later(26), 10)] == [first.key]


async def test_what_failed_for_good_is_retried_by_hand(house: House) -> None:
    storage = await house.worker()
    _, reply = await replied(storage, conversation(), house.now)
    await storage.outbox.failed(reply.key, "blocked", None)
    assert await storage.deliveries.retry([reply.key, "nothing"], house.later(60)) == 1
    assert await storage.deliveries.retry([reply.key], house.now) == 0
    assert await storage.outbox.claim(house.now, 10) == [replace(reply, due=house.now)]


async def test_a_take_over_stops_what_the_bot_has_not_sent(house: House) -> None:
    bot, desk = await house.worker("bot"), await house.worker("desk")
    base, waiting = await replied(bot, conversation(), house.now)
    notice = replace(message(base, house.now, number=1), kind="notice", key="notice")
    base = await committed(bot, turn(base, house.now, dispatches=[notice]))
    await committed(desk, turn(base, house.now, owner="rep1", cancel=BOT))
    assert await bot.outbox.reclaim(waiting.key, house.now) is None
    assert [one.key for one in await desk.outbox.claim(house.later(60), 10)] == ["notice"]
    await bot.outbox.failed(waiting.key, "429", house.now)
    assert [one.status for one in await bot.deliveries.list("cancelled", 10)] == ["cancelled"]


async def test_a_message_leaves_only_while_its_writer_owns_the_conversation(house: House) -> None:
    bot, desk = await house.worker("bot"), await house.worker("desk")
    base, waiting = await replied(bot, conversation(), house.now)
    await committed(desk, turn(base, house.now, owner="rep1"))
    assert await bot.outbox.reclaim(waiting.key, house.now) is None
    assert not await bot.outbox.claim(house.later(60), 10)
    assert [one.key for one in await bot.deliveries.list("cancelled", 10)] == [waiting.key]


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
    assert not await storage.outbox.claim(house.now, 10)
    await replied(storage, bases[0], house.now)
    await storage.outbox.cancel_wakes(bases[1].id)
    claimed = await storage.outbox.claim(due, 10)
    assert [entry for entry in claimed if entry.kind == "wake"] == [wakes[2]]
