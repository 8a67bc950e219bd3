"""Ticks come again, one run at a time, whatever the last one did."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.schedule import Schedule, Tick
from flows.errors import StorageDown


async def test_a_tick_comes_again_after_it_failed() -> None:
    runs: list[int] = []
    enough = asyncio.Event()

    async def tick() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise StorageDown("the database is locked")
        if len(runs) == 2:
            raise ZeroDivisionError
        enough.set()

    with structlog.testing.capture_logs() as logs:
        schedule = Schedule([Tick("recover", 0.01, tick)])
        schedule.start()
        async with asyncio.timeout(10):
            await enough.wait()
        await schedule.stop()
    assert [(entry["event"], entry["log_level"]) for entry in logs[:2]] == [
        ("tick failed", "warning"),
        ("tick failed", "error"),
    ]


async def test_a_long_run_is_not_joined_by_a_second_one_and_is_awaited() -> None:
    running = 0
    most = 0
    release = asyncio.Event()
    begun = asyncio.Event()
    other = asyncio.Event()

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        begun.set()
        await release.wait()
        running -= 1

    async def quick() -> None:
        if begun.is_set():
            other.set()

    schedule = Schedule([Tick("slow", 0.01, slow), Tick("quick", 0.05, quick)])
    schedule.start()
    async with asyncio.timeout(10):
        await other.wait()
        stopping = asyncio.create_task(schedule.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        release.set()
        await stopping
    assert (most, running) == (1, 0)


async def test_what_may_have_been_left_undone_runs_at_the_start_too() -> None:
    ran: list[str] = []

    def noting(name: str) -> Callable[[], Awaitable[object]]:
        async def note() -> None:
            ran.append(name)

        return note

    schedule = Schedule([Tick("recover", 3600, noting("recover"), at_once=True), Tick("later", 3600, noting("later"))])
    schedule.start()
    await schedule.stop()
    assert ran == ["recover"]
