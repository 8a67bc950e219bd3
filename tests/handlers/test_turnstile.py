"""One at a time for an address, in the order of asking, whoever gives up on the way."""

import asyncio

import pytest

from flows.model import Address
from handlers.turnstile import Turnstile

CHAT = Address("test", "bot", "a")


class Visits:
    """Who is inside, and who has been."""

    def __init__(self) -> None:
        self.turnstile = Turnstile()
        self.inside = 0
        self.been: list[str] = []
        self.leave = asyncio.Event()

    def come(self, name: str, address: Address = CHAT) -> asyncio.Task[None]:
        return asyncio.create_task(self._visit(name, address))

    async def _visit(self, name: str, address: Address) -> None:
        async with self.turnstile(address):
            self.inside += 1
            self.been.append(name)
            await self.leave.wait()
            self.inside -= 1


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_at_a_time_in_the_order_of_asking() -> None:
    visits = Visits()
    tasks = [visits.come(name) for name in "abc"]
    await settle()
    assert (visits.inside, visits.been) == (1, ["a"])
    visits.leave.set()
    await asyncio.gather(*tasks)
    assert visits.been == ["a", "b", "c"]


async def test_other_addresses_do_not_wait() -> None:
    visits = Visits()
    tasks = [visits.come("a"), visits.come("b", Address("test", "bot", "b"))]
    await settle()
    assert visits.inside == len(tasks)
    visits.leave.set()
    await asyncio.gather(*tasks)


async def test_who_gives_up_holds_nobody_up() -> None:
    visits = Visits()
    tasks = {name: visits.come(name) for name in "abc"}
    await settle()
    tasks["b"].cancel()
    visits.leave.set()
    await asyncio.gather(tasks["a"], tasks["c"])
    assert visits.been == ["a", "c"]


async def test_a_turn_given_to_one_who_gives_up_at_that_moment_goes_on_to_the_next() -> None:
    turnstile, held = Turnstile(), asyncio.Event()
    been: list[str] = []

    async def visit(name: str) -> None:
        async with turnstile(CHAT):
            been.append(name)
            await held.wait()

    first, second, third = (asyncio.create_task(visit(name)) for name in "abc")
    await settle()
    first.add_done_callback(lambda _: second.cancel())  # the place is given, and not yet taken
    held.set()
    await asyncio.gather(first, third)
    assert been[0] == "a"
    assert been[-1] == "c"


async def test_a_fault_inside_lets_the_next_in() -> None:
    turnstile = Turnstile()
    with pytest.raises(ZeroDivisionError):
        async with turnstile(CHAT):
            raise ZeroDivisionError
    async with asyncio.timeout(1), turnstile(CHAT):
        pass
