"""One timer serves many deadlines: each is met in its turn, and what was in time hears nothing."""

import asyncio

from integrations.channels.telegram.deadlines import Deadlines


class Call:
    """Keeps when it was told that its time is over."""

    def __init__(self) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def expire(self) -> None:
        self.over.set_result(None)


async def test_each_ends_at_its_own_time_whatever_the_order_they_were_set_in() -> None:
    deadlines, now = Deadlines(), asyncio.get_running_loop().time()
    late, early, never = Call(), Call(), Call()
    deadlines.set(never, now + 3600)
    deadlines.set(late, now + 0.06)
    deadlines.set(early, now + 0.03)
    await early.over
    assert not late.over.done()
    await late.over
    assert not never.over.done()
    deadlines.stop()


async def test_what_was_in_time_hears_nothing() -> None:
    deadlines, now = Deadlines(), asyncio.get_running_loop().time()
    quick, slow = Call(), Call()
    deadlines.set(quick, now + 0.02)
    deadlines.set(slow, now + 0.04)
    deadlines.drop(quick)
    await slow.over
    assert not quick.over.done()


async def test_after_the_last_one_it_serves_on() -> None:
    deadlines, loop = Deadlines(), asyncio.get_running_loop()
    for _ in range(2):
        call = Call()
        deadlines.set(call, loop.time() + 0.01)
        await call.over
