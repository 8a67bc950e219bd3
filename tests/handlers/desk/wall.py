"""A mirror over memory for tests: lines are put into the transcript, and the desk is looked at."""

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flows.desk import Button, Menu, Post, Spot
from flows.model import Address, Consent, Contact, Conversation, File, Json, Lead, Profile, Reason, Score
from flows.outbound import Dispatch, Line
from flows.ports.desk import Copy, Desk, Thread
from flows.ports.ledger import Promise
from flows.ports.people import Person
from flows.ports.reading import LeadRow
from flows.ports.turns import Channel
from handlers.desk.card import LeadCard
from handlers.desk.contents import ChannelFiles
from handlers.desk.follow import Notice, look
from handlers.desk.known import Knowing
from handlers.desk.mirror import Mirror
from knowledge.destinations import Destinations
from locales.catalog import Catalog
from locales.operators import messages
from tests.conversations.stage import Phone, content
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.knowledge.shipped import shipped
from tests.virtual_time import START

ADDRESS = Address("telegram", "7", "500")
CHAT = "c0ffee"
CONSENT = {"processing": Consent(granted=True, at="2026-11-23T07:00:00+00:00")}
ANNA = Contact("Анна", "+79161234567", "anna@example.com")
OLGA = Person("olga", "olga@example.com", "rep", "Ольга", slack="U-olga")


class Killed(BaseException):
    """The process ended here."""


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The shipped texts."""
    return content({})[1].catalog


class Breaking:
    """The port `Threads`, whose `keep` or `copied` ends the process before its n-th call has an effect."""

    def __init__(self, inner: Any, method: str, number: int) -> None:
        self._inner = inner
        self._method = method
        self._left = number
        self.of, self.at, self.lines, self.tail = inner.of, inner.at, inner.lines, inner.tail
        self.by_line, self.by_message = inner.by_line, inner.by_message

    async def keep(self, thread: Thread, now: datetime) -> None:
        self._count("keep")
        await self._inner.keep(thread, now)

    async def copied(self, copies: Sequence[Copy], now: datetime) -> None:
        self._count("copied")
        await self._inner.copied(copies, now)

    def _count(self, method: str) -> None:
        if method == self._method:
            self._left -= 1
            if self._left == 0:
                raise Killed


@dataclass
class Wall:
    """One conversation, the desks that show it, and what was handed on; everything that tests look at."""

    memory: Memory = field(default_factory=Memory)
    desks: dict[str, Any] = field(default_factory=dict)  # desks in memory, or any other ones
    phone: Phone = field(default_factory=Phone)
    destinations: Destinations = field(default_factory=lambda: shipped().destinations)
    language: str = "en"
    followed: list[tuple[str, Notice]] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    breaks: tuple[str, int] | None = None
    promised: Promise | None = None  # collected in what follows
    page: Callable[[str], str] = lambda lead: ""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        if not self.desks:
            self.desks = {"slack": MemoryDesk()}
        channels: dict[tuple[str, str], Channel] = {("telegram", "7"): self.phone}
        for desk in self.desks.values():
            if isinstance(desk, MemoryDesk) and desk.contents is None:
                desk.contents = ChannelFiles(channels)
        self.memory.conversations[CHAT] = Conversation(
            CHAT,
            ADDRESS,
            "ru",
            version=1,
            watched=True,
            profile=Profile("500", "Анна", "anna_k", "ru"),
            started_at=START.isoformat(),
        )
        self.memory.people[OLGA.email] = OLGA

    @property
    def desk(self) -> MemoryDesk:
        found = self.desks["slack"]
        assert isinstance(found, MemoryDesk)
        return found

    def clock(self) -> datetime:
        return START + timedelta(seconds=next(self._numbers))

    # ------------------------------------------------------------ what happens
    def changes(self, **changes: Any) -> None:
        self.memory.conversations[CHAT] = replace(self.memory.conversations[CHAT], **changes)

    def consents(self) -> None:
        self.changes(consents=CONSENT, contact=ANNA)

    def has_lead(self, temperature: Any = "warm", *, contact: bool = True, **changes: Any) -> LeadRow:
        """A lead is there; without `contact` nobody has consented."""
        score = Score(60, (Reason(40, "clear_need", "кофемашина"), Reason(20, "soon")), temperature)
        slots: dict[str, Json] = {"need": "кофемашина", "quantity": {"min": 6, "max": 20}}
        lead = Lead(CHAT, "qualified", score, slots, ANNA if contact else None, "ad-7", "ru")
        consent: Json = {"version": "3", "at": "2026-11-23T07:00:00+00:00"} if contact else None
        row = LeadRow(CHAT, lead, "telegram", "", None, consent, {}, START, START)
        self.memory.leads[CHAT] = replace(row, **changes)
        if contact:
            self.consents()
        return self.memory.leads[CHAT]

    def says(self, text: str, by: str = "prospect", *, files: Sequence[File] = (), edited: bool = False) -> Line:
        """A line of the transcript."""
        self.memory.said += 1
        number = self.memory.said
        trace: dict[str, Json] = {"message": f"m{number}"}
        if files:
            trace["files"] = [
                {"kind": one.kind, "ref": one.ref, "name": one.name, "mime": one.mime, "size": one.size}
                for one in files
            ]
        if edited:
            trace["edited"] = True
        at = START + timedelta(minutes=number)
        line = Line(f"line-{number}", CHAT, by, at, text, trace, number)
        self.memory.lines.append(line)
        return line

    def talks(self, count: int) -> None:
        """Prospect and bot, one line each in turn."""
        for number in range(1, count + 1):
            self.says(f"слово {number}", "prospect" if number % 2 else "bot")

    # ------------------------------------------------------------ the mirror
    def mirror(self) -> Mirror:
        """A new process over the same data."""
        ports = open_memory(self.memory, "one", self.clock)
        threads: Any = Breaking(ports.threads, *self.breaks) if self.breaks else ports.threads
        knowing = Knowing(ports.conversations, ports.leads, ports.promises, ports.staff, self.destinations)
        card = LeadCard(catalog(), messages(self.language), START.tzinfo, self.page)
        desks: Mapping[str, Desk] = self.desks
        return Mirror(desks, threads, ports.outbox, knowing, card, (self._then,), self.clock)

    async def _then(self, desk: Desk, conversation: Conversation, notices: Sequence[Notice], now: datetime) -> None:
        self.looked.append(desk.name)
        if self.promised is not None:
            self.memory.promises[self.promised.id] = self.promised
        self.followed += [(desk.name, notice) for notice in notices]

    def poke(self, desk: str = "slack", *kinds: str, **payload: Json) -> Dispatch:
        """An entry as `Follow` makes them."""
        told: list[Json] = [{"kind": kind, "params": {}} for kind in kinds]
        return look(desk, CHAT, f"poke-{next(self._numbers)}", START, {"notices": told, **payload})

    async def looks(self, desk: str = "slack", *kinds: str, **payload: Json) -> Spot:
        """One look; where the thread is now."""
        await self.mirror()(self.poke(desk, *kinds, **payload))
        return self.spot(desk)

    async def dies(self, method: str, number: int) -> None:
        """A look during which the process ends, before the n-th of those writes."""
        self.breaks = (method, number)
        try:
            await self.looks()
        except Killed:
            return
        finally:
            self.breaks = None
        raise AssertionError(f"there was no {method} number {number}")

    # ------------------------------------------------------------ what is seen
    def spot(self, desk: str = "slack") -> Spot:
        return self.memory.threads[CHAT, desk].spot

    def card(self, desk: str = "slack") -> Post:
        post: Post = self.desks[desk].thread(self.spot(desk))[0].post
        return post

    def lines(self, desk: str = "slack") -> list[Post]:
        """The posts under the card."""
        return [shown.post for shown in self.desks[desk].thread(self.spot(desk))[1:]]

    def everything(self, desk: str = "slack") -> str:
        """All texts of a thread."""
        thread = self.desks[desk].thread(self.spot(desk))
        return "\n".join(text for shown in thread for text in texts_of(shown.post, shown.files))


def texts_of(post: Post, files: Mapping[str, bytes] | None = None) -> list[str]:
    """All that can be read of a post."""
    shown = [post.title, post.speaker, post.text, *post.small, *(field.value for field in post.fields)]
    return [*shown, *(content.decode("utf-8", "replace") for content in (files or {}).values())]


def actions(post: Post) -> list[str]:
    """The actions of a post's buttons and menus."""
    return [control.action for control in post.controls]


def button(post: Post, action: str) -> Button | Menu:
    """One of them."""
    return next(control for control in post.controls if control.action == action)


Script = Callable[[Wall], Awaitable[None]]
