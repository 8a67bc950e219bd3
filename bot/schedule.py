"""What the process does every few seconds or minutes: interval ticks, and nothing that must be remembered."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from flows.errors import AssistantError

log = structlog.get_logger("bot.schedule")


@dataclass(frozen=True, slots=True)
class Tick:
    """One kind of regular work; a run that takes longer than `seconds` is not joined by a second one.

    `at_once` is for what may have been left undone by the process before: it also runs at the start.
    """

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]
    at_once: bool = False


class Schedule:
    """Runs ticks; a tick that fails is logged, and comes again."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        self._ticks = tuple(ticks)
        self._scheduler: Any = AsyncIOScheduler(timezone=UTC)  # type: ignore[no-untyped-call]
        self._running: set[asyncio.Task[None]] = set()
        for tick in ticks:
            self._scheduler.add_job(  # type: ignore[no-untyped-call]
                self._tick,
                "interval",
                (tick,),
                seconds=tick.seconds,
                id=tick.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin; the first tick comes after its interval, or at once. Needs a running loop."""
        self._scheduler.start()
        for tick in self._ticks:
            if tick.at_once:
                _ = self._begin(tick)

    async def stop(self) -> None:
        """No more ticks; those that run are awaited."""
        self._scheduler.pause()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    async def _tick(self, tick: Tick) -> None:
        await asyncio.shield(self._begin(tick))

    def _begin(self, tick: Tick) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._guarded(tick))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _guarded(self, tick: Tick) -> None:
        try:
            await tick.run()
        except AssistantError as error:
            log.warning("tick failed", tick=tick.name, problem=str(error))
        except Exception:
            log.exception("tick failed", tick=tick.name)
