"""Who somebody at the desk is to us: matched by their id there, their e-mail, or a group they are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flows.desk import Member
from flows.errors import Misconfigured, Refused, Retry
from flows.ports.desk import Desk
from flows.ports.people import Person, Staff
from flows.ports.turns import Clock

FRESH: Final = timedelta(seconds=5)
"""How old what is known of people may be: by then who was added may act, and who was taken off may not."""
_REMEMBERED: Final = 1000


@dataclass(frozen=True, slots=True)
class _Seen:
    member: Member
    at: datetime


class Who:
    """The people who may act. `groups` gives a role to everybody in a group of the desk, by the group's id."""

    def __init__(self, staff: Staff, clock: Clock, groups: Mapping[str, str] | None = None) -> None:
        self._staff = staff
        self._clock = clock
        self._groups = groups or {}
        self._people: Sequence[Person] = ()
        self._read_at: datetime | None = None
        self._members: dict[tuple[str, str], _Seen] = {}

    async def __call__(self, desk: Desk, member: str) -> Person | None:
        """The staff member, or None for a stranger.

        Raises `Retry` where the desk cannot tell now who that is: nobody is taken for a stranger by accident.
        """
        people = await self.people()
        for person in people:
            if member and member == _id_at(person, desk):
                return person
        seen = await self.member(desk, member) if member else Member("")
        email = seen.email.strip().casefold()
        for person in people:
            if email and person.email == email:
                return person
        roles = {self._groups[group] for group in seen.groups if group in self._groups}
        role = next((role for role in ("admin", "manager", "rep") if role in roles), "")
        return Person(f"{desk.name}:{member}", email, role, seen.name) if role else None

    async def member(self, desk: Desk, member: str) -> Member:
        """What the desk knows of somebody; a blank for whom it does not know. Raises `Retry`."""
        now = self._clock()
        seen = self._members.get((desk.name, member))
        if seen is None or now - seen.at > FRESH:
            try:
                found = await desk.member(member)
            except (Refused, Misconfigured):
                found = Member(member)
            if len(self._members) >= _REMEMBERED:
                self._members.clear()
            seen = self._members[desk.name, member] = _Seen(found, now)
        return seen.member

    async def known(self, desk: Desk, member: str) -> Member:
        """What the desk tells of somebody if it can: enough for a language."""
        try:
            return await self.member(desk, member)
        except Retry:
            return Member(member)

    async def people(self) -> Sequence[Person]:
        """Everybody on the staff."""
        now = self._clock()
        if self._read_at is None or now - self._read_at > FRESH:
            self._people, self._read_at = await self._staff.list(), now
        return self._people

    async def name(self, staff: str) -> str:
        """How a staff id is called, for colleagues to read."""
        person = next((one for one in await self.people() if one.id == staff), None)
        return name_of(person) if person else staff


def name_of(person: Person) -> str:
    """How prospects and colleagues see somebody; of an e-mail only what stands before the @."""
    return person.name.strip() or person.email.partition("@")[0] or person.id


def _id_at(person: Person, desk: Desk) -> str:
    return {"slack": person.slack, "telegram": person.telegram}.get(desk.name, "")
