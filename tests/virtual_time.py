"""An event loop whose clock jumps: what waits for seconds or days waits no time, and always in the same order."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from typing_extensions import override

T = TypeVar("T")
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Moscow."""


class _Leap(selectors.DefaultSelector):
    """Waits for nothing: where the loop would sleep, its clock is moved on. `patience` are real seconds for threads."""

    patience = 0.0
    now = 0.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(min(timeout, self.patience))
        if not ready:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop in virtual time; `clock` tells the same time as an aware datetime."""

    def __init__(self, patience: float = 0.0) -> None:
        self._leap = _Leap()
        self._leap.patience = patience
        super().__init__(self._leap)

    @override
    def time(self) -> float:
        return self._leap.now

    def clock(self) -> datetime:
        """The virtual time of day; it moves by a microsecond a look, as no two looks at a real clock are the same."""
        self._leap.now += 1e-6
        return START + timedelta(seconds=self._leap.now)


def in_virtual_time(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]], patience: float = 0.0) -> T:
    """Run a coroutine to its end in a virtual loop of its own."""
    loop = VirtualLoop(patience)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop))
