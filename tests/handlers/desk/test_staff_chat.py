"""Commands of staff in a private chat with the bot; for anybody else nothing differs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest

from flows.errors import Refused, Retry
from flows.events import Said
from flows.model import Address
from flows.outbound import Outbound
from flows.ports.people import Person
from handlers.desk.staff_chat import Means, StaffChat
from handlers.desk.who import Who
from handlers.lanes import Lanes
from handlers.receive import Receive
from tests.conversations.stage import Phone, Ports, Stage, stage
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.handlers.acts import said
from tests.handlers.desk.office import Office
from tests.virtual_time import VirtualLoop, in_virtual_time

BOSS = Person("boss", "boss@example.com", "manager", "Анна", telegram="500")


@dataclass
class Chat:
    """A worker whose lanes know staff, and everything it holds."""

    memory: Memory
    stage: Stage
    lanes: Lanes
    receive: Receive

    async def hears(self, *events: Said) -> None:
        await self.receive(events)
        await self.lanes.drain()
        await self.stage.settle()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.stage.phone.messages]


@dataclass
class Shaky(Phone):
    """It cannot be reached for so many sends."""

    away: int = 0

    async def upload(self, address: Address, message: Outbound, contents: Mapping[str, bytes]) -> str:
        if self.away:
            self.away -= 1
            raise Retry("away", 1.0)
        return await super().upload(address, message, contents)


def chat(loop: VirtualLoop, *staff: Person, phone: Phone | None = None) -> Chat:
    """A chat with the bot, and these people on the staff."""
    memory = Memory()
    memory.people.update({person.email: person for person in staff})
    storage = open_memory(memory, "one", loop.clock)
    made = stage(loop, Ports(storage.inbox, storage.conversations, storage.outbox), {}, phone=phone)
    channels = {("telegram", "7"): made.phone}
    means = Means(Who(storage.staff, loop.clock), Office(memory).commands, channels)
    lanes = Lanes(StaffChat(made.messages, means, storage.inbox, storage.conversations, loop.clock), loop.clock)
    return Chat(memory, made, lanes, Receive(storage.inbox, lanes, made.deliver, loop.clock))


def play(script: Callable[[Chat], Awaitable[None]], *staff: Person) -> None:
    async def main(loop: VirtualLoop) -> None:
        await script(chat(loop, *staff))

    in_virtual_time(main)


def test_staff_are_answered_and_begin_no_conversation() -> None:
    async def script(one: Chat) -> None:
        await one.hears(said("/stats 7d", language="en"))
        (post,) = one.stage.phone.messages
        assert post.text.startswith("**📊 Figures**\n\nPeople: **0**\nConversations: **0**\n\nFrom")
        assert one.stage.phone.contents == {"chart-1.png": b"0 en"}
        await one.hears(said("/export xlsx", language="en"), said("/leads@shop_bot won", language="en"))
        assert one.texts[1:] == ["No lead matches, so there is no file.", "No lead matches."]
        assert (one.memory.conversations, one.memory.lines, one.memory.outbox) == ({}, [], {})
        assert one.memory.done == {1, 2, 3}

    play(script, BOSS)


def test_their_other_words_are_a_prospects() -> None:
    async def script(one: Chat) -> None:
        await one.hears(said("/start"))
        await one.hears(said("нужна кофемашина"), said("/leads"), said("/help"))
        assert sum("лид" in text.casefold() or "lead" in text.casefold() for text in one.texts) == 1
        (found,) = one.memory.conversations.values()
        assert found.slots["need"] == "нужна кофемашина"
        assert [line.text for line in one.memory.lines if line.by == "prospect"] == [
            "/start",
            "нужна кофемашина",
            "/help",
        ]

    play(script, BOSS)


OTHERS = {
    "nobody": (),
    "another id": (Person("x", "x@example.com", "admin", telegram="501"),),
    "no id": (Person("x", "x@example.com", "admin"),),
}


@pytest.mark.parametrize("who", OTHERS)
def test_for_anybody_else_they_do_not_exist(who: str) -> None:
    """The very same messages as a bot without these commands."""
    words = ("/start", "/stats", "/export csv", "/leads", "/away", "нужна кофемашина")

    async def script(one: Chat) -> None:
        for text in words:
            await one.hears(said(text))
        heard = list(one.texts)
        plain = chat(one.stage.loop)
        for text in words:
            await plain.stage.receive([said(text)])
            await plain.stage.settle()
        assert heard == plain.texts
        assert len(one.memory.conversations) == 1

    play(script, *OTHERS[who])


def test_not_in_groups_nor_by_a_caption_or_an_edit() -> None:
    async def script(one: Chat) -> None:
        await one.hears(said("/stats", private=False))
        await one.hears(said("/stats", "edited"))
        assert not any("📊" in text for text in one.texts)

    play(script, BOSS)


def test_who_is_added_is_known_within_seconds() -> None:
    async def script(one: Chat) -> None:
        await one.hears(said("/leads"))
        assert len(one.memory.conversations) == 1
        one.memory.people[BOSS.email] = BOSS
        await asyncio.sleep(6.0)
        before = len(one.texts)
        await one.hears(said("/leads", language="en"))
        assert one.texts[before:] == ["No lead matches."]

    play(script)


def test_what_cannot_be_sent_now_is_sent_later_and_what_never_can_is_dropped() -> None:
    async def main(loop: VirtualLoop) -> None:
        phone = Shaky(away=3)
        one = chat(loop, BOSS, phone=phone)
        await one.hears(said("/leads", language="en"))
        assert (one.texts, one.memory.done, phone.away) == (["No lead matches."], {1}, 0)
        phone.refuses = Refused("blocked", "blocked")
        await one.hears(said("/leads"))
        assert (len(one.texts), one.memory.done) == (1, {1, 2})

    in_virtual_time(main)
