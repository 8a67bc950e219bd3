"""The real handlers, flows, texts and knowledge over a chosen storage, in virtual time, with one telephone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bot.content import Content, load
from bot.settings import Settings
from bot.wiring import playbook
from flows.errors import Refused, StorageDown
from flows.events import Event
from flows.model import Address, Conversation, File
from flows.outbound import Choice, Outbound
from flows.ports.turns import Channel, Commit, Committed, Conversations, Inbox, Outbox, Stale
from handlers.bursts import Patience
from handlers.deliver import Deliver
from handlers.handover import HandBack, SpeakAsRep, TakeOver
from handlers.lanes import Lanes
from handlers.message import HandleMessage
from handlers.play import Playbook
from handlers.receive import Receive, Recover
from handlers.turn import RunTurn
from tests.virtual_time import VirtualLoop


@lru_cache(maxsize=8)
def _loaded(setting: tuple[tuple[str, Any], ...]) -> tuple[Settings, Content]:
    defaults: dict[str, Any] = {
        "default_locale": "ru",
        "currency": "RUB",
        "trackers": (),
        "content_dir": "/nonexistent",
    }
    settings = Settings(_env_file=None, **{**defaults, **dict(setting)})
    return settings, load(settings)


def content(setting: Mapping[str, Any]) -> tuple[Settings, Content]:
    """The shipped content under these settings, loaded once a process."""
    return _loaded(_plain(setting))


@lru_cache(maxsize=8)
def _played(setting: tuple[tuple[str, Any], ...]) -> Playbook:
    """Ready to play; workers of a process may share it, for it holds nothing of a conversation."""
    settings, loaded = _loaded(setting)
    return playbook(loaded, settings)


def _plain(setting: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in setting.items()}
    return tuple(sorted(plain.items()))


@dataclass
class Phone:
    """The prospect's end of a channel: what has arrived, newest last. `slow` seconds pass in each send.

    `changed` is what messages were changed to, by receipt (None: taken away), `contents` what files held.
    `refuses` is raised instead of sending.
    """

    messages: list[Outbound] = field(default_factory=list)
    changed: dict[str, Outbound | None] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    slow: float = 0.0
    refuses: Refused | None = None

    async def send(self, address: Address, message: Outbound) -> str:
        await asyncio.sleep(self.slow)
        if self.refuses:
            raise self.refuses
        self.messages.append(message)
        return str(len(self.messages))

    async def upload(self, address: Address, message: Outbound, contents: Mapping[str, bytes]) -> str:
        self.contents.update(contents)
        return await self.send(address, message)

    async def change(self, address: Address, receipt: str, message: Outbound) -> None:
        self.changed[receipt] = message

    async def remove(self, address: Address, receipt: str) -> None:
        self.changed[receipt] = None

    async def fetch(self, file: File) -> bytes:
        return self.contents[file.ref]

    async def typing(self, address: Address) -> None:
        return

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        self.acknowledged.append(callback)

    def button(self, label: str) -> Choice:
        """The newest button with that label."""
        for message in reversed(self.messages):
            for choice in message.choices:
                if choice.label == label:
                    return choice
        shown = [choice.label for message in self.messages[-1:] for choice in message.choices]
        raise AssertionError(f"no button {label!r}; the last message has {shown}")


class Recorded:
    """The port `Conversations` as it is, with every turn that was written kept for the test.

    `meanwhile` happens once, right before the next turn is written; the next `lost` turns lose a race, and the next
    `away` looks find the store away.
    """

    def __init__(self, inner: Conversations) -> None:
        self._inner = inner
        self.get = inner.get
        self.done = inner.done
        self.commits: list[Commit] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.lost = 0
        self.away = 0

    async def open(self, address: Address) -> Conversation | None:
        if self.away:
            self.away -= 1
            raise StorageDown("locked", after=1.0)
        return await self._inner.open(address)

    async def commit(self, commit: Commit) -> Committed | Stale:
        if act := self.meanwhile:
            self.meanwhile = None
            await act()
        if self.lost:
            self.lost -= 1
            return Stale()
        result = await self._inner.commit(commit)
        if isinstance(result, Committed):
            self.commits.append(commit)
        return result


@dataclass(frozen=True)
class Ports:
    """What the handlers need of a storage."""

    inbox: Inbox
    conversations: Conversations
    outbox: Outbox


@dataclass(frozen=True)
class Stage:
    """Everything that runs, and what the test looks at."""

    loop: VirtualLoop
    phone: Phone
    recorded: Recorded
    lanes: Lanes
    deliver: Deliver
    messages: HandleMessage
    receive: Receive
    recover: Recover
    take_over: TakeOver
    hand_back: HandBack
    speak: SpeakAsRep

    @property
    def commits(self) -> list[Commit]:
        return self.recorded.commits

    async def settle(self) -> None:
        """Let everything that was received be answered."""
        await self.lanes.drain()

    async def twice(self, *events: Event) -> None:
        """Deliver events, and deliver each a second time at once and a third time later: nothing may change by it."""
        await self.receive(events)
        await self.receive(events)
        await self.settle()
        before = (len(self.commits), len(self.phone.messages))
        await self.receive(events)
        await self.settle()
        assert (len(self.commits), len(self.phone.messages)) == before, "a repeated event had an effect"


def stage(
    loop: VirtualLoop,
    ports: Ports,
    setting: Mapping[str, Any],
    patience: Patience | None = None,
    phone: Phone | None = None,
) -> Stage:
    """Introduce the handlers to each other, as `bot.wiring` does, but in virtual time."""
    phone, recorded = phone or Phone(), Recorded(ports.conversations)
    channels: dict[tuple[str, str], Channel] = {("telegram", "7"): phone}

    async def wake(events: Sequence[Event]) -> None:
        await receive(events)

    deliver = Deliver(ports.outbox, channels, loop.clock, lambda: 1.0, lambda outcome, channel: None, wake)
    messages = HandleMessage(recorded, deliver, _played(_plain(setting)), patience or Patience(), loop.clock)
    lanes = Lanes(messages, loop.clock)
    receive = Receive(ports.inbox, lanes, deliver, loop.clock)
    turns = RunTurn(recorded, deliver, messages)
    return Stage(
        loop=loop,
        phone=phone,
        recorded=recorded,
        lanes=lanes,
        deliver=deliver,
        messages=messages,
        receive=receive,
        recover=Recover(ports.inbox, lanes, deliver, loop.clock),
        take_over=TakeOver(turns),
        hand_back=HandBack(turns),
        speak=SpeakAsRep(turns),
    )
