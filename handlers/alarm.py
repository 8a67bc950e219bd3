"""An alarm that rings at every time it was set to; times close together are one ring."""

import asyncio
import heapq
import math
from collections.abc import Callable

_STEP = 0.05  # seconds; within one step there is one ring


class Alarm:
    """Calls `ring` in the running loop."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._call = ring
        self._steps: list[int] = []
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Ring in so many seconds, at most a step later."""
        loop = asyncio.get_running_loop()
        step = math.floor((loop.time() + seconds) / _STEP) + 1
        if step not in self._steps:
            heapq.heappush(self._steps, step)
            self._wind(loop)

    def stop(self) -> None:
        """Ring no more."""
        self._steps.clear()
        if self._timer:
            self._timer.cancel()

    def _wind(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer, for the earliest time."""
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_at(self._steps[0] * _STEP, self._ring, loop) if self._steps else None

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        heapq.heappop(self._steps)
        self._wind(loop)
        self._call()
