"""A Telegram that calls a test at the very moment when the bot's call arrives, or was done and is not yet answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from typing_extensions import override

from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_rules import ApiError

Moment = Literal["arrives", "done"]


@dataclass
class Point:
    """One moment to act at; `meets` looks at the call's parameters."""

    method: str
    moment: Moment
    meets: Callable[[dict[str, Any]], bool]
    act: Callable[[], None]


class BreakingTelegram(TelegramServer):
    """The strict server with points to break at; each acts once."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[Point] = []

    def at(
        self,
        method: str,
        moment: Moment,
        act: Callable[[], None],
        meets: Callable[[dict[str, Any]], bool] = lambda params: True,
    ) -> None:
        """Act at the next such moment."""
        self.points.append(Point(method, moment, meets, act))

    @override
    async def perform(self, name: str, params: dict[str, Any], files: dict[str, bytes] | None = None) -> Any:
        if self._act(name, "arrives", params):
            raise ApiError(500, "Internal Server Error")  # nobody is left to read it, and nothing was done
        result = await super().perform(name, params, files)
        self._act(name, "done", params)
        return result

    def _act(self, name: str, moment: Moment, params: dict[str, Any]) -> bool:
        for point in self.points:
            if (point.method, point.moment) == (name, moment) and point.meets(params):
                self.points.remove(point)
                point.act()
                return True
        return False
