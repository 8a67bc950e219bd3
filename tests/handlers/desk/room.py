"""A chat with its thread at the desk for tests: a prospect, two reps, a manager and a stranger, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from flows.desk import Button, Post, Spot
from flows.events import Event, Pressed, Said, Written
from flows.model import Conversation
from flows.ports import desk as desk_ports
from flows.ports import ledger, people, reading, turns
from flows.ports.desk import Held, Thread
from flows.ports.people import Person
from handlers.desk.buttons import Buttons
from handlers.desk.figures import Figures
from handlers.desk.forgotten import Forgotten
from handlers.desk.handle import HandleDesk, Ledger
from handlers.desk.holding import Holding
from handlers.desk.looks import Looks
from handlers.desk.outcomes import Outcomes
from handlers.desk.reach import Reach
from handlers.desk.receipts import Receipts
from handlers.desk.replies import Replies
from handlers.desk.speaking import Speaker, held_id
from handlers.desk.who import Who
from handlers.handover import TakeOver
from handlers.lanes import Lanes
from handlers.receive import Receive, Recover
from handlers.router import Route
from handlers.turn import RunTurn
from integrations.storage.connect import open_storage
from integrations.storage.migrate import upgrade
from knowledge.prices import PriceBook
from tests.conversations.stage import Phone, Ports, Stage, stage
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.handlers.acts import ADDRESS, hears, said
from tests.knowledge.shipped import shipped
from tests.virtual_time import VirtualLoop, in_virtual_time

OLGA, IVAN, BOSS, STRANGER = "U-olga", "U-ivan", "U-boss", "U-stranger"
STAFF = (
    Person("olga", "olga@example.com", "rep", "Ольга", slack=OLGA),
    Person("ivan", "ivan@example.com", "rep", "Иван", slack=IVAN),
    Person("boss", "boss@example.com", "manager", "Анна", slack=BOSS),
)


class Store(Protocol):
    """The ports that the desk needs."""

    @property
    def inbox(self) -> turns.Inbox: ...
    @property
    def conversations(self) -> turns.Conversations: ...
    @property
    def outbox(self) -> turns.Outbox: ...
    @property
    def threads(self) -> desk_ports.Threads: ...
    @property
    def holds(self) -> desk_ports.Holds: ...
    @property
    def notices(self) -> ledger.Notices: ...
    @property
    def leads(self) -> reading.Leads: ...
    @property
    def reports(self) -> reading.Reports: ...
    @property
    def staff(self) -> people.Staff: ...
    async def close(self) -> None: ...


@dataclass(frozen=True)
class Room:
    """One worker; `desk` and `store` are shared with those of `again`."""

    loop: VirtualLoop
    store: Store
    stage: Stage
    desk: MemoryDesk
    receive: Receive
    recover: Recover
    lanes: Lanes
    forgotten: Forgotten
    run: RunTurn

    async def begun(self, *words: str) -> Spot:
        """The prospect says this, and a thread is there."""
        await hears(self.stage, said("/start"))
        for text in words:
            await hears(self.stage, said(text))
        found = await self.conversation()
        spot, card = await self.desk.open(Post(title="lead"), f"card:{found.id}")
        await self.store.threads.keep(Thread(found.id, spot, card), self.loop.clock())
        return spot

    async def conversation(self) -> Conversation:
        found = await self.store.conversations.open(ADDRESS)
        assert found is not None
        return await self.store.conversations.get(found.id) or found

    async def staff(self, *events: Event) -> None:
        """Staff did this; it is dealt with."""
        await self.receive(events)
        await self.settle()

    async def hears(self, *events: Said) -> None:
        await hears(self.stage, *events)

    async def settle(self) -> None:
        """Let lanes run out, and what they began beside."""
        await self.lanes.drain()
        await self.stage.settle()
        await self.stage.deliver.due()

    async def writes(
        self,
        spot: Spot,
        text: str,
        by: str = OLGA,
        *,
        files: Mapping[str, bytes] | None = None,
        message: str = "",
        kind: Literal["new", "edited", "deleted"] = "new",
    ) -> str:
        """Somebody writes in a thread; the desk's id of the message."""
        event = self.desk.writes(spot, by, text, files=files, message=message, kind=kind, at=self.loop.clock())
        await self.staff(event)
        return event.message

    async def presses(self, spot: Spot, action: str, by: str = OLGA, *, value: str | None = None) -> None:
        """Somebody presses the newest button of an action."""
        await self.staff(self.desk.presses(spot, by, action, value=value, at=self.loop.clock()))

    async def takes(self, spot: Spot, by: str = OLGA) -> None:
        """Somebody presses Take over on the card."""
        await self.presses_card(spot, "take_over", by)

    async def presses_card(self, spot: Spot, action: str, by: str = OLGA, value: str = "", **fields: str) -> None:
        """Somebody presses a button of the card, or sends its form."""
        event = self.desk.presses(await self.card(spot, action), by, action, at=self.loop.clock())
        await self.staff(replace(event, value=value, fields=fields))

    async def card(self, spot: Spot, action: str) -> Spot:
        """The thread, with a post that has such a button."""
        await self.desk.post(spot, Post("card", controls=(Button(action, action),)), f"card:{action}")
        return spot

    async def held(self, spot: Spot, message: str) -> Held | None:
        return await self.store.holds.get(held_id(self.desk.name, spot.channel, message))

    async def transcript(self) -> list[tuple[str, str]]:
        """Who said what."""
        found = await self.conversation()
        lines, _, _ = await self.store.reports.transcript(found.id, 500, "")
        return [(line.by, line.text) for line in lines]

    async def settle_quietly(self) -> None:
        """Let lanes run out in a process that may be dead."""
        await self.lanes.drain()
        await self.stage.settle()

    async def beside(self, folder: Path) -> "Room":
        """Another worker on the same database."""
        store = await open_storage(_url(folder), worker="host:2:two", clock=self.loop.clock)
        return second(self, store)

    @property
    def read(self) -> list[str]:
        """What reps said to the prospect, as it arrived."""
        return [message.text for message in self.stage.phone.messages if message.name]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was shown to one person only."""
        return [(member, post.text) for _, member, post in self.desk.told]

    def asks(self, spot: Spot) -> list[str]:
        """The actions of the buttons in a thread, newest post last."""
        return [control.action for shown in self.desk.thread(spot) for control in shown.post.controls]


def room(loop: VirtualLoop, store: Store, desk: MemoryDesk, phone: Phone | None = None) -> Room:
    """Introduce everything to each other, as the product does."""
    made = stage(loop, Ports(store.inbox, store.conversations, store.outbox), {}, phone=phone)
    desks, clock = {desk.name: desk}, loop.clock
    who, figures = Who(store.staff, clock), _figures()
    run = RunTurn(made.recorded, made.deliver, made.messages)
    speaker = Speaker(run, made.recorded, store.threads, store.holds, figures)
    holding = Holding(store.holds, store.outbox, speaker, TakeOver(run), who)
    reach = Reach((desk,), store.threads, store.staff, store.notices, clock, "en")
    looks = Looks(store.outbox, desks)
    buttons = Buttons(run, made.recorded, store.leads, holding, who, reach, looks, desks)
    presses = {**holding.presses, **buttons.presses, **Outcomes(store.leads, who, figures, looks).presses}
    replies = Replies(made.recorded, store.holds, speaker, holding)
    books = Ledger(store.inbox, made.recorded, store.threads)
    handle = HandleDesk(books, desks, who, replies, presses, clock, "en")
    made.deliver.reps = Receipts(desks, store.holds, "en")
    lanes = Lanes(Route(made.messages, {Written: handle, Pressed: handle}), clock)
    receive = Receive(store.inbox, lanes, made.deliver, clock)
    recover = Recover(store.inbox, lanes, made.deliver, clock)
    forgotten = Forgotten(desks, store.holds, made.recorded, store.outbox, holding, who, clock, "en")
    return Room(loop, store, made, desk, receive, recover, lanes, forgotten, run)


@cache
def _figures() -> Figures:
    return Figures(PriceBook(shipped()), "RUB")


def second(one: Room, store: Store, desk: Any = None) -> Room:
    """Another worker at the same desk, with the same prospect."""
    return room(one.loop, store, desk or one.desk, one.stage.phone)


def at_work(script: Callable[[Room, Any], Awaitable[None]]) -> None:
    """Run a script over the store in memory; it is given the room and the memory."""

    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        one = room(loop, open_memory(memory, "one", loop.clock), staffed())
        await _hire(one)
        await script(one, memory)

    in_virtual_time(main)


async def spoken(one: Room) -> Spot:
    """A chat that Olga leads, with her first words behind her."""
    spot = await one.begun()
    await one.takes(spot)
    await one.writes(spot, "Здравствуйте")
    await asyncio.sleep(6)
    await one.settle()
    return spot


def on_sqlite(folder: Path, script: Callable[[Room], Awaitable[None]]) -> None:
    """Run a script over a database."""

    async def main(loop: VirtualLoop) -> None:
        await upgrade(_url(folder))
        store = await open_storage(_url(folder), worker="host:1:one", clock=loop.clock)
        try:
            one = room(loop, store, staffed())
            await _hire(one)
            await script(one)
            await one.stage.deliver.close()
        finally:
            await store.close()

    in_virtual_time(main, patience=0.3)


def _url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'desk.db'}"


def staffed() -> MemoryDesk:
    """A desk at which everybody sits."""
    desk = MemoryDesk()
    for person in STAFF:
        desk.join(person.slack, person.name, person.email, "en")
    desk.join(STRANGER, "Somebody", "somebody@else.example", "ru")
    return desk


async def _hire(one: Room) -> None:
    for person in STAFF:
        await one.store.staff.add(person, one.loop.clock())
