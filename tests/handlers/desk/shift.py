"""A working day for tests: the demo team at a desk in memory, a prospect, and everything that tells them anything."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from flows.desk import Post
from flows.model import Conversation
from flows.ports.desk import Thread
from flows.ports.people import Person
from handlers.desk.brief import Brief
from handlers.desk.looks import Looks
from handlers.desk.nudges import Nudges
from handlers.desk.promises import PromiseBook
from handlers.desk.reach import Reach
from handlers.desk.rounds import Rounds
from handlers.desk.stretch import Ears
from handlers.desk.waiting import Waiting
from handlers.handover import Turns
from handlers.turn import RunTurn
from knowledge.models import Knowledge
from tests.conversations.stage import Stage, content
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStorage, open_memory
from tests.handlers.acts import ADDRESS, hears, said, worker
from tests.knowledge.shipped import shipped
from tests.virtual_time import START, VirtualLoop, in_virtual_time

TEAM = {"U-olga": "olga.sokolova", "U-timur": "timur.gareev", "U-daria": "daria.kim"}
_, CONTENT = content({})
EARS = Ears(CONTENT.flows, "RU", "RUB")


@dataclass(frozen=True)
class Shift:
    """One worker, and the desk that all workers share."""

    loop: VirtualLoop
    memory: Memory
    stage: Stage
    storage: MemoryStorage
    desk: MemoryDesk
    reach: Reach
    rounds: Rounds
    waiting: Waiting
    nudges: Nudges
    turns: Turns
    knowledge: Knowledge

    async def asks(self, text: str = "позовите менеджера") -> Conversation:
        """The prospect asks for a person, and the mirror tells the ladder."""
        await hears(self.stage, said("/start"))
        await hears(self.stage, said(text))
        found = await self.conversation()
        await self.begin(found)
        return found

    async def begin(self, found: Conversation) -> None:
        """What the mirror does: a thread, then the ladder."""
        if await self.storage.threads.of(found.id, self.desk.name) is None:
            spot, card = await self.desk.open(Post(title="lead"), f"card:{found.id}")
            await self.storage.threads.keep(Thread(found.id, spot, card), self.loop.clock())
        await self.waiting.begin(found, found.wants_person, self.loop.clock())
        await self.stage.settle()

    async def conversation(self) -> Conversation:
        found = await self.storage.conversations.open(ADDRESS)
        assert found is not None
        return found

    async def after(self, **span: float) -> None:
        """So much later, the ticks having run every half minute."""
        until = self.loop.time() + timedelta(**span).total_seconds()
        while self.loop.time() < until:
            await asyncio.sleep(min(30.0, until - self.loop.time()))
            await self.waiting()
            await self.nudges()
            await self.stage.settle()

    @property
    def heard(self) -> str:
        """The newest message of the prospect's telephone."""
        return self.stage.phone.messages[-1].text

    @property
    def called(self) -> list[str]:
        """Who was written to privately, in order."""
        return [member.removeprefix("U-") for member, _ in self.desk.letters]

    async def mentioned(self) -> list[str]:
        """Who was mentioned in the thread, in order."""
        thread = await self.storage.threads.of((await self.conversation()).id, self.desk.name)
        assert thread is not None
        posts = [shown.post for shown in self.desk.thread(thread.spot)]
        return [member.removeprefix("U-") for post in posts for member in post.mention]


async def shift(loop: VirtualLoop, memory: Memory, name: str = "one", desk: MemoryDesk | None = None) -> Shift:
    """The team of the demo company at work, Olga, Timur and Daria being staff."""
    stage = worker(loop, memory, name)
    storage = open_memory(memory, name, loop.clock)
    desk = desk or MemoryDesk()
    knowledge = shipped()
    for member, local in TEAM.items():
        desk.join(member, locale="ru")
        await storage.staff.add(
            Person(local.partition(".")[0], f"{local}@zerno-i-par.example", "rep", slack=member), START
        )
    reach = Reach([desk], storage.threads, storage.staff, storage.notices, loop.clock, "ru")
    rounds = Rounds(knowledge.team, knowledge.products, storage.staff, storage.waits)
    turns = RunTurn(stage.recorded, stage.deliver, stage.messages)
    waiting = Waiting(storage.waits, stage.recorded, turns, rounds, reach, storage.promises, knowledge.team, loop.clock)
    nudges = Nudges(storage.waits, rounds, reach, knowledge.team, loop.clock)
    return Shift(loop, memory, stage, storage, desk, reach, rounds, waiting, nudges, turns, knowledge)


def brief(one: Shift) -> Brief:
    """The briefs of this shift."""
    team = one.knowledge.team
    return Brief(one.storage.threads, one.stage.recorded, one.turns, EARS, CONTENT.catalog, team, one.reach)


def promise_book(one: Shift) -> PromiseBook:
    """The promises of this shift."""
    storage = one.storage
    ports = (storage.promises, storage.threads, one.stage.recorded)
    look = Looks(storage.outbox, ("slack",))
    return PromiseBook(*ports, one.rounds, one.reach, look, one.knowledge.team, one.loop.clock)


def on_shift(script: Callable[[Shift], Awaitable[None]]) -> None:
    """Run a script on a shift in virtual time, from ten on a Monday morning."""

    async def main(loop: VirtualLoop) -> None:
        await script(await shift(loop, Memory()))

    in_virtual_time(main)
