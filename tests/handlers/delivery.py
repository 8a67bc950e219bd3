"""What tests of delivery need: an outbox in memory, a messenger with faults, and a scene of both in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flows.errors import AssistantError, StorageDown
from flows.events import Event
from flows.model import Address, File
from flows.outbound import Dispatch, Outbound
from flows.ports.turns import Clock
from handlers.deliver import Carrier, Deliver
from handlers.gates import Gate, Gates
from tests.virtual_time import START, VirtualLoop, in_virtual_time


@dataclass
class Entry:
    """A row of the outbox."""

    dispatch: Dispatch
    status: str = "open"
    error: str = ""
    leased: bool = True
    receipt: str = ""


class FakeOutbox:
    """The port in memory, for one worker whose leases last for ever."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.down = False
        self.claim_takes = 0.0

    def add(self, *dispatches: Dispatch, leased: bool = True) -> tuple[Dispatch, ...]:
        for dispatch in dispatches:
            self.entries[dispatch.key] = Entry(dispatch, leased=leased)
        return dispatches

    async def claim(
        self, now: datetime, limit: int, connected: Collection[tuple[str, str]], *, in_line: bool = False
    ) -> Sequence[Dispatch]:
        if self.down:
            raise StorageDown("locked")
        found: list[Dispatch] = []
        seen: set[str] = set()
        for entry in self.entries.values():
            address = entry.dispatch.address.key
            if (entry.dispatch.address.channel, entry.dispatch.address.bot) not in connected:
                continue
            first = address not in seen
            if entry.status == "open":
                seen.add(address)
            if (
                entry.status == "open"
                and first
                and not entry.leased
                and entry.dispatch.due <= now
                and len(found) < limit
            ):
                entry.leased = True
                found.append(entry.dispatch)
        await asyncio.sleep(self.claim_takes)  # the leases are written, the answer is on its way
        return found

    async def reclaim(self, key: str, now: datetime) -> Dispatch | None:
        entry = self.entries[key]
        return entry.dispatch if entry.status == "open" else None

    async def put(self, entries: Sequence[Dispatch]) -> None:
        self.add(*(entry for entry in entries if entry.key not in self.entries), leased=False)

    async def release(self, key: str) -> None:
        self.entries[key].leased = False

    async def sent(self, key: str, receipt: str, now: datetime) -> None:
        self.entries[key].status, self.entries[key].receipt = "sent", receipt

    async def failed(self, key: str, error: str, retry_at: datetime | None) -> None:
        entry = self.entries[key]
        entry.error, entry.leased = error, False
        if retry_at is None:
            entry.status = "failed"
        else:
            entry.dispatch = replace(entry.dispatch, due=retry_at, attempts=entry.dispatch.attempts + 1)

    async def cancel(self, key: str) -> bool:
        entry = self.entries[key]
        if entry.status != "open" or entry.leased:
            return False
        entry.status = "cancelled"
        return True

    async def receipt(self, key: str) -> str:
        entry = self.entries.get(key)
        return entry.receipt if entry else ""

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
    contents: dict[str, bytes] = field(default_factory=dict)

    async def send(self, address: Address, message: Outbound) -> str:
        await asyncio.sleep(self.slow.get(address.chat, 0))
        if faults := self.faults.get(address.chat):
            raise faults.pop(0)
        self.sent.append((address.chat, message.text, round(self.loop.time(), 1)))
        return str(len(self.sent))

    async def upload(self, address: Address, message: Outbound, contents: Mapping[str, bytes]) -> str:
        self.contents.update(contents)
        return await self.send(address, message)

    async def change(self, address: Address, receipt: str, message: Outbound) -> None:
        if faults := self.faults.get(address.chat):
            raise faults.pop(0)
        self.sent.append((address.chat, f"{receipt} = {message.text}", round(self.loop.time(), 1)))

    async def remove(self, address: Address, receipt: str) -> None:
        self.sent.append((address.chat, f"{receipt} is gone", round(self.loop.time(), 1)))

    async def fetch(self, file: File) -> bytes:
        return self.contents[file.ref]

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


def play(
    script: Callable[[Scene], Awaitable[Any]],
    carriers: Mapping[str, Carrier] | None = None,
    gate: Callable[[Clock], Gate] = Gate,
) -> None:
    """Run a script over a fresh scene, and end it as the process does; carriers are behind a gate."""

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
            carriers,
            Gates({("tracker", "trello"): gate(loop.clock)} if carriers else {}),
        )
        await script(Scene(loop, outbox, channel, deliver, woken, tally))
        await deliver.close()

    in_virtual_time(main)
