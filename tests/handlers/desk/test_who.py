"""Who may act: by the desk's own id, by e-mail, by group; effective while the product runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.errors import Retry
from flows.ports.people import Person
from handlers.desk.who import Who, name_of
from tests.contracts.storage_house import START
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStaff


class Room:
    """A desk, a staff list and a clock that the test turns."""

    def __init__(self) -> None:
        self.now = START
        self.desk = MemoryDesk()
        self.staff = MemoryStaff(Memory())
        self.who = Who(self.staff, lambda: self.now, {"S-sales": "rep", "S-heads": "manager"})

    async def role(self, member: str) -> str:
        person = await self.who(self.desk, member)
        return person.role if person else ""


async def test_by_id_email_or_group() -> None:
    room = Room()
    await room.staff.add(Person("", "olga@example.com", "rep", slack="U1"), START)
    await room.staff.add(Person("", "Ivan@Example.com", "admin"), START)
    room.desk.join("U2", "Иван", "IVAN@example.COM ")
    room.desk.join("U3", "Пётр", "petr@example.com", groups=("S-sales", "S-heads"))
    room.desk.join("U4", "Stranger", "")
    assert [await room.role(member) for member in ("U1", "U2", "U3", "U4", "U5", "")] == [
        "rep",
        "admin",
        "manager",
        "",
        "",
        "",
    ]


async def test_an_id_of_another_desk_is_nobodys() -> None:
    room = Room()
    await room.staff.add(Person("", "olga@example.com", "rep", telegram="U1"), START)
    room.desk.join("U1", "Somebody")
    assert await room.role("U1") == ""


async def test_it_is_effective_while_the_product_runs() -> None:
    room = Room()
    room.desk.join("U1", "Ольга", "olga@example.com")
    assert await room.role("U1") == ""
    await room.staff.add(Person("", "olga@example.com", "rep"), START)
    room.now += timedelta(seconds=10)
    assert await room.role("U1") == "rep"
    room.desk.members["U1"] = replace(room.desk.members["U1"], email="left@example.com")
    room.now += timedelta(seconds=10)
    assert await room.role("U1") == ""


async def test_nobody_is_a_stranger_because_the_desk_is_away() -> None:
    room = Room()
    room.desk.join("U1", "Ольга", "olga@example.com")
    room.desk.fail(Retry("away"), "member")
    with pytest.raises(Retry):
        await room.role("U1")


async def test_an_unknown_member_without_an_email_matches_nobody_without_one() -> None:
    room = Room()
    await room.staff.add(Person("", "", "admin"), START)
    room.desk.join("U1", "Somebody", "")
    assert await room.role("U1") == ""


def test_a_name_shows_no_address() -> None:
    assert name_of(Person("x", "olga@example.com", "rep")) == "olga"
    assert name_of(Person("x", "olga@example.com", "rep", " Ольга ")) == "Ольга"
