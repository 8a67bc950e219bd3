"""What is done with a request of Slack's, however it came: stored, then acknowledged; questions are answered after."""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from flows.errors import Retry
from flows.events import Event, Written
from flows.model import Json
from flows.ports.desk_reads import Reads, Respond
from flows.ports.turns import Clock, Receiver
from integrations.desk.slack.events import Commanded, Incoming, Me, Opened, Press, Wondered, incoming
from integrations.desk.slack.socket import Envelope

_ANY: Final = re.compile(".*", re.DOTALL)
_OK: Final = 200
_HEAD_START: Final = 0.005

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass
class Ears:
    """What requests are given to; nobody is heard before `run` has filled it in."""

    me: Me | None = None
    receive: Receiver | None = None
    reads: Reads | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Listening:
    """A Bolt app whose listeners are the same for both transports."""

    def __init__(self, token: str, ears: Ears, clock: Clock, respond: Callable[[Press | Commanded], Respond]) -> None:
        self._ears = ears
        self._clock = clock
        self._respond = respond
        self._app = self._made(token)

    async def over_http(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Answer one request whose signature was checked."""
        try:
            request = AsyncBoltRequest(body=body.decode(), headers={**headers})
        except (ValueError, AttributeError, TypeError):
            # Bolt reads the body before it looks at anything.
            return Answer(400)
        response = await self._app.async_dispatch(request)
        kind = response.first_headers().get("content-type", "text/plain").split(";")[0]
        return Answer(response.status, str(response.body or "").encode(), kind)

    async def over_socket(self, envelope: Envelope) -> bool:
        """Deal with one envelope; whether it may be acknowledged."""
        request = AsyncBoltRequest(mode="socket_mode", body=envelope.payload)
        return (await self._app.async_dispatch(request)).status == _OK

    async def close(self) -> None:
        """Give up answers that are under way."""
        for task in (*self._ears.tasks,):
            task.cancel()
        await asyncio.gather(*self._ears.tasks, return_exceptions=True)

    # ------------------------------------------------------------ the app
    def _made(self, token: str) -> AsyncApp:
        logger = logging.getLogger("slack_bolt.desk")
        # At lower levels Bolt writes whole requests, people's words among them.
        logger.setLevel(logging.ERROR)

        async def authorize() -> AuthorizeResult:
            # Bolt wants to know whose request it is: there is one installation, and it is us.
            me = self._ears.me or Me("", "", "", "")
            return AuthorizeResult(enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.bot)

        app = AsyncApp(
            name="desk",
            logger=logger,
            client=AsyncWebClient(token=token, logger=logger),
            signing_secret="",
            authorize=authorize,
            # Events are acknowledged behind the listener, which is when they are stored.
            process_before_response=True,
            # Signatures are checked before Bolt sees a request: its own check lets “ssl_check” through.
            request_verification_enabled=False,
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
        )
        app.error(self._failed)
        app.event(_ANY)(self._event)
        app.action(_ANY)(self._acknowledged)
        app.view(_ANY)(self._acknowledged)
        app.command(_ANY)(self._acknowledged)
        return app

    async def _event(self, body: dict[str, Json]) -> None:
        await self._store(body)

    async def _acknowledged(self, body: dict[str, Json], ack: AsyncAck) -> None:
        await self._store(body)
        await ack()

    async def _failed(self, error: Exception) -> BoltResponse:
        """Not stored: Slack sends it again."""
        if isinstance(error, Retry):
            log.warning("slack request not stored", problem=str(error))
        else:
            log.error("slack request failed", problem=type(error).__name__, exc_info=error)
        return BoltResponse(status=503, body="")

    # ------------------------------------------------------------ what is done
    async def _store(self, body: dict[str, Json]) -> None:
        """Store what happened, and have the rest answered once this has been acknowledged. Raises `Retry`."""
        ears = self._ears
        if ears.me is None or ears.receive is None or ears.reads is None:
            raise Retry(reason="the desk has not begun yet")
        events: list[Event] = []
        for found in incoming(body, ears.me, self._clock()):
            if isinstance(found, Written):
                events.append(found)
            elif isinstance(found, Press) and not (found.trigger and ears.reads.shows(found.event.action)):
                events.append(found.event)
            else:
                self._later(self._answered(found, ears.reads))
        if events:
            await ears.receive(events)

    async def _answered(self, found: Incoming, reads: Reads) -> None:
        # What is acknowledged leaves first.
        await asyncio.sleep(_HEAD_START)
        match found:
            case Press():
                await reads.form(found.event, found.trigger, self._respond(found))
            case Commanded():
                await reads.command(found.name, found.arguments, found.member, found.spot, self._respond(found))
            case Opened():
                await reads.home(found.member)
            case Wondered():
                await reads.why(found.member, found.spot, found.message)
            case Written():
                pass

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._ears.tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._ears.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("slack question not answered", problem=type(error).__name__, exc_info=error)
