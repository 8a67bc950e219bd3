"""One house, three stores: what the storage contract needs to open workers and to make events and turns."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from flows.decisions import Turn
from flows.events import Said
from flows.model import Address, Consent, Contact, Conversation, Json, Lead, LeadStatus, Score
from flows.outbound import Dispatch, Line, Outbound
from flows.ports import desk, ledger, people, reading, tracker, turns
from flows.ports.turns import Agreement, Commit, Committed, Stored
from integrations.storage.connect import open_storage
from integrations.storage.migrate import upgrade
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory

STORES = ("sqlite", "postgres", "memory")
START = datetime(2026, 11, 22, 10, tzinfo=UTC)


class Ports(Protocol):
    """What every store offers a worker."""

    @property
    def inbox(self) -> turns.Inbox: ...
    @property
    def conversations(self) -> turns.Conversations: ...
    @property
    def outbox(self) -> turns.Outbox: ...
    @property
    def deliveries(self) -> reading.Deliveries: ...
    @property
    def leads(self) -> reading.Leads: ...
    @property
    def reports(self) -> reading.Reports: ...
    @property
    def privacy(self) -> people.Privacy: ...
    @property
    def staff(self) -> people.Staff: ...
    @property
    def threads(self) -> desk.Threads: ...
    @property
    def holds(self) -> desk.Holds: ...
    @property
    def waits(self) -> ledger.Waits: ...
    @property
    def promises(self) -> ledger.Promises: ...
    @property
    def notices(self) -> ledger.Notices: ...
    @property
    def twins(self) -> ledger.Twins: ...
    @property
    def cards(self) -> tracker.Cards: ...
    @property
    def budget(self) -> tracker.Budget: ...
    @property
    def hooks(self) -> tracker.Hooks: ...
    async def close(self) -> None: ...


class House:
    """One set of data, a clock that tests turn, and as many workers as they ask for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.now = START
        self._memory = Memory()
        self._open: list[Ports] = []

    async def worker(self, host: str = "one") -> Ports:
        """A worker on a host of its own: hosts do not free each other's leases."""
        worker = f"{host}:1:{len(self._open)}"
        storage: Ports
        if self.url:
            storage = await open_storage(self.url, worker=worker, clock=self.clock)
        else:
            storage = open_memory(self._memory, worker, self.clock)
        self._open.append(storage)
        return storage

    def clock(self) -> datetime:
        """What the tests say it is."""
        return self.now

    def later(self, seconds: float) -> datetime:
        """Turn the clock forward."""
        self.now += timedelta(seconds=seconds)
        return self.now

    async def close(self) -> None:
        """Close all workers."""
        for storage in self._open:
            await storage.close()


def store_url(store: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The database of one of the `STORES`, empty for memory; skips where its server is missing."""
    if store == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'house.db'}"
    return str(request.getfixturevalue("postgres_url")) if store == "postgres" else ""


@asynccontextmanager
async def open_house(url: str) -> AsyncIterator[House]:
    """A house over that database."""
    if url:
        await upgrade(url)
    house = House(url)
    try:
        yield house
    finally:
        await house.close()


CONNECTED = (("telegram", "bot1"), ("telegram", "bot2"))
"""The channels of a worker, each with its bot."""


def address(chat: str = "7", bot: str = "bot1") -> Address:
    """A Telegram chat."""
    return Address("telegram", bot, chat)


def said(identity: str, chat: str = "7", text: str = "hello", **more: object) -> Said:
    """A prospect's words."""
    return replace(Said(identity, address(chat), START, text=text), **more)  # type: ignore[arg-type]


def conversation(chat: str = "7", ordinal: int = 1, **more: object) -> Conversation:
    """A conversation that has not begun."""
    fresh = Conversation(f"c{chat}-{ordinal}", address(chat), "en", ordinal=ordinal)
    return replace(fresh, **more)  # type: ignore[arg-type]


def message(base: Conversation, now: datetime, text: str = "What do you need?", number: int = 0) -> Dispatch:
    """A reply to the turn after `base`."""
    key = f"{base.id}:{base.version + 1}:{number}"
    return Dispatch(key, "message", base.address, base.id, base.owner, now, Outbound(text))


def turn(
    base: Conversation,
    now: datetime,
    *,
    done: Sequence[int] = (),
    heard: Sequence[Line] = (),
    dispatches: Sequence[Dispatch] = (),
    lead: Lead | None = None,
    agreements: Sequence[Agreement] = (),
    traces: Mapping[str, Mapping[str, Json]] | None = None,
    cancel: str = "",
    release: bool = False,
    **changes: object,
) -> Commit:
    """A turn from `base` that changes fields of the conversation."""
    after = replace(base, version=base.version + 1, **changes)  # type: ignore[arg-type]
    return Commit(
        turn=Turn(after, (), lead),
        before=base.version,
        now=now,
        done=tuple(done),
        heard=tuple(heard),
        dispatches=tuple(dispatches),
        agreements=tuple(agreements),
        traces=traces or {},
        cancel=cancel,
        release=release,
    )


def lead(base: Conversation, status: LeadStatus = "new", **more: object) -> Lead:
    """What the sales team gets of it."""
    fresh = Lead(base.id, status, Score(), {}, None, "", "en")
    return replace(fresh, **more)  # type: ignore[arg-type]


def agreement(now: datetime, *, granted: bool = True) -> Agreement:
    """An answer to the question whether a contact may be kept."""
    return Agreement("processing", granted, "consent.processing@3#abc", "en", now)


def consents(now: datetime, *, granted: bool = True) -> Mapping[str, Consent]:
    """The same answer in the conversation's state."""
    return {"processing": Consent(granted, now.isoformat())}


def phone() -> Contact:
    """A contact with a phone that nobody has."""
    return Contact(name="Ann", phone="+12015550123")


def ids(stored: Sequence[Stored]) -> list[str]:
    """The events' own ids."""
    return [one.event.id for one in stored]


async def committed(storage: Ports, commit: Commit) -> Conversation:
    """The conversation after a turn that must succeed."""
    assert isinstance(await storage.conversations.commit(commit), Committed)
    return replace(commit.turn.conversation, version=commit.before + 1)


async def replied(storage: Ports, base: Conversation, now: datetime) -> tuple[Conversation, Dispatch]:
    """A turn with one message."""
    reply = message(base, now)
    return await committed(storage, turn(base, now, dispatches=[reply])), reply
