"""Takes the desk's part of the updates: events for the inbox, and beside them the hints that answer a press."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from flows.desk import Spot
from flows.errors import AssistantError
from flows.events import Event, Pressed, Written
from flows.model import Json
from flows.ports.desk_reads import Reads, Respond
from integrations.desk.telegram.api import BotCalls
from integrations.desk.telegram.intake import WHY, Answer, Asked, Command, Place, Touched, heard
from integrations.desk.telegram.sending import remember
from integrations.desk.telegram.words import Words

CONFIRM_SECONDS: Final = 15.0
TAKEN_SECONDS: Final = 1800.0
"""So long after a colleague's last word or press, a topic's messages go before those of others."""
HINT_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


class Listening:
    """What is remembered here may be lost: a press to be confirmed is asked about once more.

    Questions are answered by `reads`, once there is one, through what `respond` gives for a place and a person.
    """

    def __init__(self, api: BotCalls, place: Place, words: Words, respond: Callable[[Spot, str], Respond]) -> None:
        self._api = api
        self._place = place
        self._words = words
        self._respond = respond
        self.reads: Reads | None = None
        self._busy: OrderedDict[str, float] = OrderedDict()
        self._first: OrderedDict[tuple[str, str, str, str], tuple[str, float]] = OrderedDict()
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
                if self.reads is not None:
                    self._later(self._answered(self.reads, said))
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
        elif event is not None and self.reads is not None and self.reads.shows(event.action):
            spot = Spot(event.address.channel, event.address.chat, event.address.thread)
            self._later(self.reads.form(event, said.callback, self._respond(spot, event.by)))
            return []
        return [] if event is None else [self._noted(event)]

    def _again(self, event: Pressed) -> bool:
        """Whether the same person presses the same button for the second time; the first, told twice, is the first."""
        press = (event.by, event.message, event.action, event.value)
        first, at = self._first.get(press, ("", -CONFIRM_SECONDS))
        if _now() - at < CONFIRM_SECONDS:
            return event.id != first
        remember(self._first, press, (event.id, _now()))
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

    async def _answered(self, reads: Reads, command: Command) -> None:
        if command.name != WHY:
            respond = self._respond(command.spot, command.by)
            await reads.command(command.name, command.text, command.by, command.spot, respond)
        elif command.about:
            await reads.why(command.by, command.spot, command.about)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Whatever is wrong with the answer to a question, the updates go on."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("desk question not answered", problem=type(error).__name__, exc_info=error)


def _now() -> float:
    return asyncio.get_running_loop().time()
