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
    """One kind of regular work; a run that takes longer than `seconds` is not joined by a second one."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]


class Schedule:
    """Runs ticks; a tick that fails is logged, and comes again."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
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
        """Begin; the first tick comes after its interval. Needs a running loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """No more ticks; those that run are awaited."""
        self._scheduler.pause()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    async def _tick(self, tick: Tick) -> None:
        task = asyncio.ensure_future(self._guarded(tick))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _guarded(self, tick: Tick) -> None:
        try:
            await tick.run()
        except AssistantError as error:
            log.warning("tick failed", tick=tick.name, problem=str(error))
        except Exception:
            log.exception("tick failed", tick=tick.name)
