"""Delivery: in order per address, honouring every wait, loud when it gives up, and no chat held up by another's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from structlog.testing import capture_logs

from flows.errors import AssistantError, Refused, Retry, StorageDown
from flows.model import Address, Dispatch, Due, Event, Outbound
from handlers.deliver import GIVE_UP, Deliver
from tests.virtual_time import START, VirtualLoop, in_virtual_time

FAR = START + timedelta(days=1000)


@dataclass
class Entry:
    """A row of the outbox."""

    dispatch: Dispatch
    status: str = "open"
    error: str = ""
    leased: bool = True


class FakeOutbox:
    """The port in memory, for one worker whose leases last for ever."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.down = False

    def add(self, *dispatches: Dispatch, leased: bool = True) -> tuple[Dispatch, ...]:
        for dispatch in dispatches:
            self.entries[dispatch.key] = Entry(dispatch, leased=leased)
        return dispatches

    async def claim(self, now: datetime, limit: int) -> Sequence[Dispatch]:
        if self.down:
            raise StorageDown("locked")
        found: list[Dispatch] = []
        seen: set[str] = set()
        for entry in self.entries.values():
            address = entry.dispatch.address.key
            first = address not in seen
            if entry.status == "open":
                seen.add(address)
            if entry.status == "open" and first and not entry.leased and entry.dispatch.due <= now:
                entry.leased = True
                found.append(entry.dispatch)
        return found[:limit]

    async def reclaim(self, key: str, now: datetime) -> Dispatch | None:
        entry = self.entries[key]
        return entry.dispatch if entry.status == "open" else None

    async def sent(self, key: str, receipt: str, now: datetime) -> None:
        self.entries[key].status = "sent"

    async def failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        entry = self.entries[key]
        entry.error, entry.leased = error, False
        if retry_at is None:
            entry.status = "failed"
        else:
            entry.dispatch = replace(entry.dispatch, due=retry_at, attempts=entry.dispatch.attempts + 1)

    async def cancel_wakes(self, conversation: str) -> None:
        raise NotImplementedError


@dataclass
class FakeChannel:
    """A messenger: `faults` are raised in turn, by chat; `slow` chats take that many seconds."""

    loop: VirtualLoop
    sent: list[tuple[str, str, float]] = field(default_factory=list)
    faults: dict[str, list[AssistantError]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)

    async def send(self, address: Address, message: Outbound) -> str:
        await asyncio.sleep(self.slow.get(address.chat, 0))
        if faults := self.faults.get(address.chat):
            raise faults.pop(0)
        self.sent.append((address.chat, message.text, round(self.loop.time(), 1)))
        return str(len(self.sent))

    async def typing(self, address: Address) -> None:
        self.hints.append("typing")

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        self.hints.append(callback)


@dataclass
class Scene:
    """Everything a test of delivery needs."""

    loop: VirtualLoop
    outbox: FakeOutbox
    channel: FakeChannel
    deliver: Deliver
    woken: list[Event]
    tally: list[str]

    def texts(self, chat: str = "a") -> list[str]:
        return [text for to, text, _ in self.channel.sent if to == chat]


def message(key: str, chat: str = "a", due: datetime = START) -> Dispatch:
    return Dispatch(key, "message", Address("test", "bot", chat), f"c-{chat}", "bot", due, Outbound(key))


def play(script: Callable[[Scene], Awaitable[Any]]) -> None:
    """Run a script over a fresh scene, and end it as the process does."""

    async def main(loop: VirtualLoop) -> None:
        outbox, channel = FakeOutbox(), FakeChannel(loop)
        woken: list[Event] = []
        tally: list[str] = []

        async def wake(events: Sequence[Event]) -> None:
            woken.extend(events)

        deliver = Deliver(
            outbox,
            {("test", "bot"): channel},
            loop.clock,
            lambda: 1.0,
            lambda outcome, channel: tally.append(outcome),
            wake,
        )
        await script(Scene(loop, outbox, channel, deliver, woken, tally))
        await deliver.close()

    in_virtual_time(main)


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


def test_a_channel_that_is_not_connected_is_a_failure_that_is_seen() -> None:
    async def script(scene: Scene) -> None:
        orphan = replace(message("1"), address=Address("elsewhere", "bot", "a"))
        with capture_logs() as logs:
            await scene.deliver.now(scene.outbox.add(orphan))
        assert scene.outbox.entries["1"].status == "failed"
        assert "elsewhere" in str(logs)

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
