"""Tells people who work here what concerns them: privately, or in a chat's thread with a mention, and only once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import structlog

from flows.desk import Post, Spot
from flows.errors import AssistantError, Misconfigured, Refused
from flows.ports.desk import Desk, Threads
from flows.ports.ledger import Notices
from flows.ports.people import Person, Staff
from flows.ports.turns import Clock
from locales.operators import Messages, messages

log = structlog.get_logger()
Make: TypeAlias = Callable[[Messages], Post]
"""A post in the language of whoever reads it."""


class Reach:
    """The people of the team at their desks; `language` is that of threads.

    A desk that refuses a person or a post is logged and passed by; `Retry` goes to the caller, who comes again.
    """

    def __init__(
        self, desks: Sequence[Desk], threads: Threads, staff: Staff, notices: Notices, clock: Clock, language: str
    ) -> None:
        self._desks = tuple(desks)
        self._threads = threads
        self._staff = staff
        self._notices = notices
        self._clock = clock
        self._language = language

    @property
    def texts(self) -> Messages:
        """The texts of threads and channels."""
        return messages(self._language)

    async def once(self, key: str, tell: Callable[[], Awaitable[object]]) -> bool:
        """Do what is told under a key, unless that was done or another worker is at it; whether it was done here."""
        if not await self._notices.begin(key, self._clock()):
            return False
        await tell()
        await self._notices.done(key, self._clock())
        return True

    async def first(self, key: str) -> bool:
        """Whether something is told of for the first time; it never is again."""
        return await self._notices.once(key, self._clock())

    async def names(self) -> dict[str, str]:
        """What people are called, by staff id."""
        return {one.id: one.name.strip() or one.email.partition("@")[0] for one in await self._staff.list()}

    async def privately(self, staff: str, make: Make, key: str) -> bool:
        """Write to a person wherever they are; False where no desk knows them."""
        person = await self._person(staff)
        reached = False
        for desk in self._desks:
            member = member_of(person, desk) if person else ""
            if member and await self._write(desk, member, make, f"{key}:private"):
                reached = True
        return reached

    async def in_thread(
        self,
        conversation: str,
        make: Make,
        key: str,
        mention: Sequence[str] = (),
        *,
        only: str = "",
        first: bool = False,
    ) -> bool:
        """Post in the chat's threads, or that of one desk, telling these staff ids; False where there is none yet.

        `first`: nobody is told, and nothing posted, where somebody was mentioned before.
        """
        people = {one.id: one for one in await self._staff.list()} if mention else {}
        reached = False
        for desk in self._desks:
            if only not in {"", desk.name}:
                continue
            thread = await self._threads.of(conversation, desk.name)
            if thread is None or (first and thread.mentioned):
                continue
            found = [member_of(people[staff], desk) for staff in mention if staff in people]
            post = replace(make(self.texts), mention=tuple(member for member in found if member))
            reached = await self._post(desk, thread.spot, post, f"{key}:thread") or reached
        return reached

    async def in_channel(self, make: Make, key: str) -> None:
        """Post at the top of every console."""
        for desk in self._desks:
            await self._post(desk, Spot(desk.name, desk.channel), make(self.texts), key)

    async def _write(self, desk: Desk, member: str, make: Make, key: str) -> bool:
        try:
            locale = (await desk.member(member)).locale or self._language
            await desk.write(member, make(messages(locale)), key)
        except (Refused, Misconfigured) as error:
            _lost(desk, key, error)
            return False
        return True

    async def _post(self, desk: Desk, spot: Spot, post: Post, key: str) -> bool:
        try:
            await desk.post(spot, post, key)
        except (Refused, Misconfigured) as error:
            _lost(desk, key, error)
            return False
        return True

    async def _person(self, staff: str) -> Person | None:
        return next((one for one in await self._staff.list() if one.id == staff), None)


def member_of(person: Person, desk: Desk) -> str:
    """The desk's own id of a person; empty where it is not known."""
    return {"slack": person.slack, "telegram": person.telegram}.get(desk.name, "")


def _lost(desk: Desk, key: str, error: AssistantError) -> None:
    log.warning("desk could not be told", desk=desk.name, key=key, problem=str(error))
