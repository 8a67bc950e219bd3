"""Socket Mode: what Slack tells comes through a connection that we open, and is acknowledged on it.

Not the client that slack_sdk brings: that one closes the old connection before there is a new one, and where the new
one fails, it tries the same address, which is good for one time, for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
import orjson
import structlog

from flows.errors import Misconfigured, Retry
from flows.model import Json

HEARTBEAT: Final = 10.0  # seconds between our pings; a connection that does not answer is dropped
GRACE: Final = 20.0  # seconds that an old connection may go on beside the new one
CLOSING: Final = aiohttp.ClientWSTimeout(ws_close=2.0)
LARGEST: Final = 4 * 1024 * 1024
_LATER: Final = frozenset({"warning", "refresh_requested"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request that came through a socket; `retry` counts Slack's repeats of it."""

    kind: str
    payload: dict[str, Json]
    retry: int = 0


Handle = Callable[[Envelope], Awaitable[bool]]
"""Deals with an envelope; whether it may be acknowledged. What is not, Slack sends again."""


class Socket:
    """One connection that is always there; while Slack renews it, two."""

    def __init__(
        self,
        address: Callable[[], Awaitable[str]],
        session: Callable[[], aiohttp.ClientSession],
        handle: Handle,
        pauses: Sequence[float],
    ) -> None:
        self._address = address
        self._session = session
        self._handle = handle
        self._pauses = pauses
        self._failures = 0
        self._links: set[asyncio.Task[None]] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._greeted: set[aiohttp.ClientWebSocketResponse] = set()

    @property
    def connected(self) -> bool:
        """Whether Slack has greeted a connection that is still there."""
        return bool(self._greeted)

    async def run(self) -> None:
        """Keep connected until cancelled. Raises `Misconfigured`."""
        try:
            while True:
                leaving: asyncio.Future[float] = asyncio.get_running_loop().create_future()
                try:
                    link = await self._session().ws_connect(
                        await self._address(), heartbeat=HEARTBEAT, max_msg_size=LARGEST, timeout=CLOSING
                    )
                except (Retry, aiohttp.ClientError, OSError, TimeoutError) as error:
                    # The address is a secret of its own: of what names it only the kind is told.
                    problem = str(error) if isinstance(error, Retry) else type(error).__name__
                    log.warning("slack socket not connected", problem=problem)
                    asked = error.after if isinstance(error, Retry) and error.after else 0.0
                    await asyncio.sleep(max(self._pause(), asked))
                    continue
                task = asyncio.create_task(self._read(link, leaving))
                self._links.add(task)
                task.add_done_callback(self._links.discard)
                await asyncio.sleep(await leaving)
        finally:
            for task in (*self._links, *self._work):
                task.cancel()
            await asyncio.gather(*self._links, *self._work, return_exceptions=True)

    def _pause(self) -> float:
        """Longer and longer, while no connection is greeted."""
        pause = self._pauses[min(self._failures, len(self._pauses) - 1)]
        self._failures += 1
        return pause

    async def _read(self, link: aiohttp.ClientWebSocketResponse, leaving: asyncio.Future[float]) -> None:
        """Read one connection to its end; `leaving` tells when another one is needed, and after which pause."""
        try:
            async with asyncio.timeout(None) as limit:
                async for message in link:
                    frame = _frame(message)
                    match frame.get("type"):
                        case "hello":
                            self._failures = 0
                            self._greeted.add(link)
                            log.info("slack socket connected")
                        case "disconnect" if frame.get("reason") in _LATER and not leaving.done():
                            leaving.set_result(0.0)
                            limit.reschedule(asyncio.get_running_loop().time() + GRACE)
                        case "disconnect":
                            _check(frame)
                            break
                        case _ if isinstance(frame.get("envelope_id"), str):
                            self._begin(link, frame)
        except TimeoutError:
            log.info("slack socket dropped, as a newer one is there")
        except Misconfigured as error:
            leaving.set_exception(error)
        finally:
            self._greeted.discard(link)
            if not leaving.done():
                leaving.set_result(self._pause())
            await link.close()

    def _begin(self, link: aiohttp.ClientWebSocketResponse, frame: dict[str, Json]) -> None:
        task = asyncio.create_task(self._one(link, frame))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _one(self, link: aiohttp.ClientWebSocketResponse, frame: dict[str, Json]) -> None:
        payload, retry = frame.get("payload"), frame.get("retry_attempt")
        envelope = Envelope(
            str(frame.get("type")),
            payload if isinstance(payload, dict) else {},
            retry if isinstance(retry, int) else 0,
        )
        if not await self._handle(envelope):
            return
        try:
            await link.send_str(orjson.dumps({"envelope_id": frame["envelope_id"]}).decode())
        except (ConnectionError, aiohttp.ClientError, RuntimeError) as error:
            # It is stored; Slack will send it again, and the repeat is known by its id.
            log.info("slack not acknowledged", problem=type(error).__name__)


def _frame(message: aiohttp.WSMessage) -> dict[str, Json]:
    try:
        frame = orjson.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else None
    except orjson.JSONDecodeError:
        frame = None
    return frame if isinstance(frame, dict) else {}


def _check(frame: dict[str, Json]) -> None:
    if frame.get("reason") == "link_disabled":
        remedy = "Switch Socket Mode on, or leave SLACK_APP_TOKEN empty and set SLACK_SIGNING_SECRET"
        raise Misconfigured("SLACK_APP_TOKEN", "Socket Mode is switched off in the app", remedy)
