"""Delivery: in order per address, honouring every wait, loud when it gives up, and no chat held up by another's."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from flows.errors import Refused, Retry
from flows.events import Due
from flows.model import Address
from handlers.deliver import GIVE_UP
from tests.handlers.delivery import Scene, message, play
from tests.virtual_time import START


def test_what_was_just_committed_leaves_at_once_and_in_order() -> None:
    async def script(scene: Scene) -> None:
        await scene.deliver.now(scene.outbox.add(message("1"), message("2")))
        assert scene.channel.sent == [("a", "1", 0.0), ("a", "2", 0.0)]
        assert [entry.status for entry in scene.outbox.entries.values()] == ["sent", "sent"]
        assert scene.tally == ["sent", "sent"]

    play(script)


def test_what_is_due_later_or_is_no_message_stays() -> None:
    async def script(scene: Scene) -> None:
        later = message("later", due=START + timedelta(hours=1))
        wake = replace(message("wake"), kind="wake", message=None)
        await scene.deliver.now(scene.outbox.add(later, wake))
        assert not scene.channel.sent

    play(script)


def test_a_flood_wait_is_honoured_for_its_chat_and_order_is_kept() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.faults["a"] = [Retry("flood", after=7)]
        await scene.deliver.now(scene.outbox.add(message("1")))
        await scene.deliver.now(scene.outbox.add(message("2")))
        await scene.deliver.now(scene.outbox.add(message("3", chat="b")))
        await asyncio.sleep(60)
        assert scene.texts("a") == ["1", "2"]
        assert scene.texts("b") == ["3"]
        assert [(to, round(at)) for to, _, at in scene.channel.sent] == [("b", 0), ("a", 7), ("a", 7)]

    play(script)


def test_a_reply_written_while_an_older_one_is_sent_again_does_not_overtake_it() -> None:
    async def script(scene: Scene) -> None:
        scene.outbox.add(message("old"), leased=False)
        scene.channel.slow["a"] = 5
        again = asyncio.ensure_future(scene.deliver.due())
        await asyncio.sleep(1)
        await scene.deliver.now(scene.outbox.add(message("new")))
        await again
        assert scene.texts() == ["old", "new"]

    play(script)


def test_nor_one_that_is_being_claimed_at_that_moment() -> None:
    async def script(scene: Scene) -> None:
        scene.outbox.add(message("old"), leased=False)
        scene.outbox.claim_takes = 1
        again = asyncio.ensure_future(scene.deliver.due())
        await asyncio.sleep(0.5)
        await scene.deliver.now(scene.outbox.add(message("new")))
        await again
        assert scene.texts() == ["old", "new"]

    play(script)


def test_a_reply_that_was_cancelled_while_it_waited_for_an_older_one_is_not_sent() -> None:
    async def script(scene: Scene) -> None:
        scene.outbox.add(message("old"), leased=False)
        scene.channel.slow["a"] = 5
        again = asyncio.ensure_future(scene.deliver.due())
        await asyncio.sleep(1)
        late = asyncio.ensure_future(scene.deliver.now(scene.outbox.add(message("new"))))
        await asyncio.sleep(1)
        scene.outbox.entries["new"].status = "cancelled"
        await asyncio.gather(again, late)
        assert scene.texts() == ["old"]

    play(script)


def test_it_does_not_overtake_one_that_fails_meanwhile_either() -> None:
    async def script(scene: Scene) -> None:
        scene.outbox.add(message("old"), leased=False)
        scene.channel.slow["a"] = 5
        scene.channel.faults["a"] = [Retry("broken pipe", after=3)]
        again = asyncio.ensure_future(scene.deliver.due())
        await asyncio.sleep(1)
        await scene.deliver.now(scene.outbox.add(message("new")))
        await again
        await asyncio.sleep(60)
        assert scene.texts() == ["old", "new"]

    play(script)


def test_a_chat_that_hangs_does_not_hold_up_what_others_have_to_send_again() -> None:
    async def script(scene: Scene) -> None:
        scene.outbox.add(message("stuck", chat="slow"), leased=False)
        scene.channel.slow["slow"] = 300
        hanging = asyncio.ensure_future(scene.deliver.due())
        scene.channel.faults["b"] = [Retry("flood", after=2)]
        await scene.deliver.now(scene.outbox.add(message("quick", chat="b")))
        await asyncio.sleep(3)
        assert scene.texts("b") == ["quick"]
        await hanging
        assert scene.texts("slow") == ["stuck"]

    play(script)


def test_without_a_wait_of_its_own_a_fault_is_tried_ever_more_rarely() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.faults["a"] = [Retry("gone")] * 9
        began = scene.loop.time()
        await scene.deliver.now(scene.outbox.add(message("1")))
        await asyncio.sleep(600)
        ((_, _, at),) = scene.channel.sent
        assert 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 + 60 <= at - began < 250
        assert scene.tally == ["retried"] * 9 + ["sent"]

    play(script)


def test_after_a_day_of_tries_it_is_given_up_loudly_and_kept() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.faults["a"] = [Retry("gone")] * 2
        with capture_logs() as logs:
            await scene.deliver.now(scene.outbox.add(replace(message("1"), attempts=GIVE_UP - 2)))
            await asyncio.sleep(120)
        assert scene.outbox.entries["1"].status == "failed"
        assert [(entry["event"], entry["log_level"]) for entry in logs] == [("delivery failed", "error")]

    play(script)


def test_a_refusal_is_final_and_lets_the_next_one_go() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.faults["a"] = [Refused("blocked", "blocked")]
        with capture_logs() as logs:
            await scene.deliver.now(scene.outbox.add(message("1"), message("2")))
        assert scene.outbox.entries["1"].status == "failed"
        assert scene.texts() == ["2"]
        assert len(logs) == 1

    play(script)


def test_what_leaves_by_a_channel_of_another_worker_is_left_to_it_untried() -> None:
    async def script(scene: Scene) -> None:
        theirs = replace(message("1"), address=Address("elsewhere", "bot", "a"))
        wake = replace(theirs, key="w", kind="wake", message=None)
        await scene.deliver.now(scene.outbox.add(theirs))
        scene.outbox.add(wake, leased=False)
        await scene.deliver.due()
        entries = scene.outbox.entries.values()
        assert [(entry.status, entry.leased, entry.dispatch.attempts) for entry in entries] == [("open", False, 0)] * 2
        assert (scene.woken, scene.tally) == ([], [])

    play(script)


def test_a_due_wake_up_becomes_an_event_of_its_conversation() -> None:
    async def script(scene: Scene) -> None:
        wake = replace(message("w"), kind="wake", message=None, payload={"wake": "greeting.still", "version": 4})
        scene.outbox.add(wake, leased=False)
        await scene.deliver.due()
        (event,) = scene.woken
        assert isinstance(event, Due)
        assert (event.id, event.wake, event.version, event.conversation) == ("wake:w", "greeting.still", 4, "c-a")
        assert scene.outbox.entries["w"].status == "sent"

    play(script)


def test_a_nearer_wait_does_not_make_a_farther_one_forgotten() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.faults = {"a": [Retry("flood", after=40)], "b": [Retry("flood", after=1)]}
        await scene.deliver.now(scene.outbox.add(message("far")))
        await scene.deliver.now(scene.outbox.add(message("near", chat="b")))
        await asyncio.sleep(60)
        assert [(to, round(at)) for to, _, at in scene.channel.sent] == [("b", 1), ("a", 40)]

    play(script)


def test_an_outbox_that_is_away_ends_neither_the_alarm_nor_the_retry() -> None:
    async def script(scene: Scene) -> None:
        scene.channel.faults["a"] = [Retry("flood", after=1)]
        await scene.deliver.now(scene.outbox.add(message("1")))
        scene.outbox.down = True
        with capture_logs() as logs:
            await asyncio.sleep(2)
        assert [entry["event"] for entry in logs] == ["outbox unreachable"]
        scene.outbox.down = False
        await scene.deliver.due()
        assert scene.texts() == ["1"]

    play(script)


def test_typing_is_shown_only_when_no_reply_has_left_for_a_while() -> None:
    async def script(scene: Scene) -> None:
        quick = scene.deliver.typing(Address("test", "bot", "a"))
        await asyncio.sleep(0.3)
        quick.cancel()
        await asyncio.sleep(1)
        assert not scene.channel.hints
        scene.deliver.typing(Address("test", "bot", "a"))
        await asyncio.sleep(1)
        assert scene.channel.hints == ["typing"]

    play(script)


def test_a_press_is_acknowledged() -> None:
    async def script(scene: Scene) -> None:
        scene.deliver.acknowledge(Address("test", "bot", "a"), "query-1")
        scene.deliver.acknowledge(Address("elsewhere", "bot", "a"), "query-2")
        await asyncio.sleep(0)
        assert scene.channel.hints == ["query-1"]

    play(script)
