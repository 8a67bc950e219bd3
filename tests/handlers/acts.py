"""A stage over memory for tests of handlers: one or several workers, events made in a line."""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from flows.events import Said
from flows.model import Address, Profile
from tests.conversations.stage import Ports, Stage, stage
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.virtual_time import START, VirtualLoop, in_virtual_time

ADDRESS = Address("telegram", "7", "500")
_numbers = itertools.count(1)


def said(text: str = "", kind: Any = "text", language: str = "ru", **rest: Any) -> Said:
    """An event with a fresh id."""
    number = f"{next(_numbers)}"
    address = rest.pop("address", ADDRESS)
    profile = Profile("500", "Анна", "anna", language)
    return Said(number, address, START, kind, text, profile=profile, message=f"m{number}", **rest)


def worker(loop: VirtualLoop, memory: Memory, name: str = "one") -> Stage:
    """A worker on shared data."""
    storage = open_memory(memory, name, loop.clock)
    return stage(loop, Ports(storage.inbox, storage.conversations, storage.outbox), {})


def play(script: Callable[[Stage, Memory], Awaitable[None]]) -> None:
    """Run a script with one worker in virtual time."""

    async def main(loop: VirtualLoop) -> None:
        memory = Memory()
        await script(worker(loop, memory), memory)

    in_virtual_time(main)


async def hears(one: Stage, *events: Said) -> None:
    """Deliver events and wait for the replies."""
    await one.receive(events)
    await one.settle()
