"""Lets calls through no faster than Slack takes them, those that cannot wait first."""

import asyncio
import heapq
import itertools
from typing import Final

from flows.errors import Retry

PATIENCE: Final = 20.0
"""Seconds that a call may wait for its turn; one that would wait longer is told when to come again."""


class Turnstile:
    """`per_minute` calls in any minute, of which `burst` may come at once when it was quiet before.

    `pace` makes the minute that much shorter.
    """

    def __init__(self, per_minute: int, burst: int, pace: float = 1.0) -> None:
        self._interval = 60.0 / max(per_minute - burst, 1) / pace
        self._slack = self._interval * (burst - 1)
        self._free = 0.0
        self._closed_until = 0.0
        self._queue: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, *, urgent: bool = False) -> None:
        """Wait for a turn. Raises `Retry` when that is not in sight."""
        loop = asyncio.get_running_loop()
        waiting = [entry for entry in self._queue if not entry[2].done()]
        if not waiting and self._wait(loop.time()) <= 0:
            self._take(loop.time())
            return
        ahead = sum(1 for later, _, _ in waiting if not (urgent and later))
        wait = max(self._wait(loop.time()), 0.0) + ahead * self._interval
        if wait > PATIENCE:
            raise Retry(reason="many calls wait for Slack already", after=wait)
        turn: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._queue, (not urgent, next(self._numbers), turn))
        self._arm(loop)
        await turn

    def close(self, seconds: float) -> None:
        """Let nobody through for so long: Slack has asked for it."""
        self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + seconds)

    def _wait(self, now: float) -> float:
        return max(self._closed_until, self._free - self._slack) - now

    def _take(self, now: float) -> None:
        self._free = max(self._free, now) + self._interval

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is None:
            self._timer = loop.call_later(max(self._wait(loop.time()), 0.0), self._open, loop)

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._queue and self._queue[0][2].done():
            heapq.heappop(self._queue)
        if not self._queue:
            return
        if self._wait(loop.time()) <= 0:
            _, _, turn = heapq.heappop(self._queue)
            self._take(loop.time())
            turn.set_result(None)
        if self._queue:
            self._arm(loop)
