"""Takes the desk's part of the updates: events for the inbox, and beside them the hints that answer a press."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from flows.desk import Spot
from flows.errors import AssistantError
from flows.events import Event, Pressed, Written
from flows.model import Json
from integrations.desk.telegram.api import BotCalls
from integrations.desk.telegram.intake import Answer, Asked, Command, Place, Touched, heard
from integrations.desk.telegram.sending import remember
from integrations.desk.telegram.words import Words

CONFIRM_SECONDS: Final = 15.0
TAKEN_SECONDS: Final = 1800.0
"""So long after a colleague's last word or press, a topic's messages go before those of others."""
HINT_SECONDS: Final = 5.0

Commands = Callable[[Command], Awaitable[None]]

log = structlog.get_logger(__name__)


class Listening:
    """What is remembered here may be lost: a press to be confirmed is asked about once more."""

    def __init__(self, api: BotCalls, place: Place, words: Words, commands: Commands | None) -> None:
        self._api = api
        self._place = place
        self._words = words
        self._commands = commands
        self._busy: OrderedDict[str, float] = OrderedDict()
        self._first: OrderedDict[tuple[str, str, str, str], float] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def events(self, update: Json, now: datetime) -> Sequence[Event] | None:
        """The events of a raw update; None for one that is not of the desk."""
        ours, said = heard(update, self._place, now)
        if not ours:
            return None
        match said:
            case Touched():
                return self._touched(said)
            case Answer():
                self._drop(said.asked)
                return [self._noted(said.event)]
            case Command():
                if self._commands is not None:
                    self._later(self._commanded(self._commands, said))
                return []
            case Written():
                return [self._noted(said)]
            case None:
                return []

    def is_busy(self, spot: Spot) -> bool:
        """Whether a colleague has been at work in a topic lately."""
        return _now() - self._busy.get(spot.thread, -TAKEN_SECONDS) < TAKEN_SECONDS

    async def close(self) -> None:
        """Let what was begun end."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _touched(self, said: Touched) -> Sequence[Event]:
        event = said.event
        if event is not None and said.confirmed and not self._again(event):
            self._hint("answerCallbackQuery", {"callback_query_id": said.callback, "text": self._words.again})
            return []
        self._hint("answerCallbackQuery", {"callback_query_id": said.callback})
        if said.asked is not None:
            self._drop(said.asked)
        return [] if event is None else [self._noted(event)]

    def _again(self, event: Pressed) -> bool:
        """Whether the same person presses the same button for the second time."""
        press = (event.by, event.message, event.action, event.value)
        first = self._first.pop(press, None)
        if first is not None and _now() - first < CONFIRM_SECONDS:
            return True
        remember(self._first, press, _now())
        return False

    def _noted(self, event: Written | Pressed) -> Event:
        if event.address.thread:
            remember(self._busy, event.address.thread, _now())
        return event

    def _drop(self, asked: Asked) -> None:
        """Take away a form that has had its answer."""
        self._hint("deleteMessage", {"chat_id": asked.chat, "message_id": asked.message})

    def _hint(self, name: str, params: Mapping[str, Json]) -> None:
        self._later(self._called(name, params))

    async def _called(self, name: str, params: Mapping[str, Json]) -> None:
        try:
            await self._api.call(name, params, HINT_SECONDS)
        except AssistantError as error:
            log.debug("desk hint lost", method=name, problem=str(error))

    async def _commanded(self, commands: Commands, command: Command) -> None:
        """Whatever is wrong with the answer to a command, the updates go on."""
        try:
            await commands(command)
        except AssistantError as error:
            log.warning("desk command not answered", command=command.name, problem=str(error))

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _now() -> float:
    return asyncio.get_running_loop().time()
