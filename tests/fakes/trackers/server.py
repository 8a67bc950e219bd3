"""What every tracker on loopback has: who is let in, a sliding rate limit, faults on order, and a record of calls."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiohttp import web

When = Literal["before", "after"]


@dataclass
class Fault:
    """What happens to a call instead of, or after, its being done: an answer, a hang or a reset.

    `status` 0 with no `hang` drops the connection. `match` is "METHOD /path-beginning", or "" for any call.
    """

    when: When
    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    match: str = ""
    times: int = 1

    def meets(self, call: str) -> bool:
        """Whether this fault is for that call."""
        return self.times > 0 and call.startswith(self.match)


class ApiError(Exception):
    """The service refuses a call."""

    def __init__(self, status: int, body: str | dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.response = (
            web.Response(status=status, text=body, headers=headers)
            if isinstance(body, str)
            else web.json_response(body, status=status, headers=headers)
        )


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class TrackerServer:
    """A service: `async with Server() as server`; its base is `server.url`."""

    prefix = ""
    calls_allowed, seconds = 1_000_000, 60.0

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []  # method, path and JSON body of each call that was let in
        self.faults: list[Fault] = []
        self.dice: Callable[[], Fault | None] = lambda: None  # a fault for a call for which none was ordered
        self.refused = 0  # calls answered with 429 by the limit itself
        self._times: deque[float] = deque()
        self._app = web.Application(middlewares=[self._guarded], client_max_size=20 * 1024 * 1024)
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._open = asyncio.Event()
        self.routes(self._app.router)

    def routes(self, router: web.UrlDispatcher) -> None:
        """The paths of the service."""
        raise NotImplementedError

    def admit(self, request: web.Request) -> None:
        """Raise `ApiError` for who is not let in."""
        raise NotImplementedError

    def too_many(self) -> ApiError:
        """How the service says that its limit is reached."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """The base URL for the client."""
        return f"http://127.0.0.1:{self._port}{self.prefix}"

    def fail(self, fault: Fault) -> None:
        """Order a fault; they are met in the order of their ordering."""
        self.faults.append(fault)

    def mend(self) -> None:
        """No fault any more; who hangs is let go."""
        self.faults.clear()
        self._open.set()
        self._open = asyncio.Event()

    def written(self, method: str, beginning: str) -> int:
        """How many calls of a kind were let in."""
        return sum(1 for one, path, _ in self.calls if one == method and path.startswith(beginning))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.mend()
        await self.stop()

    async def start(self) -> None:
        """Listen; a second start listens on the same port again."""
        self._runner = web.AppRunner(self._app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @contextlib.asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        """Nobody listens on the port while the block runs."""
        await self.stop()
        yield
        await self.start()

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await self._answered(request, handler)
        except ApiError as error:
            return error.response

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        call = f"{request.method} {request.path.removeprefix(self.prefix)}"
        fault = next((one for one in self.faults if one.meets(call)), None) or self.dice()
        if fault is not None:
            fault.times -= 1
        if fault is not None and fault.when == "before":
            return await self._met(request, fault)
        self.admit(request)
        self._count()
        body = await request.read() if request.content_type == "application/json" else b""
        path = request.path.removeprefix(self.prefix)
        self.calls.append((request.method, path, json.loads(body) if body else None))
        answer = await handler(request)
        return answer if fault is None else await self._met(request, fault)

    async def _met(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hang:
            await self._open.wait()
        if fault.status == 0:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return web.Response(status=fault.status, text=fault.body, headers=fault.headers)

    def _count(self) -> None:
        """A window that slides: a call too many is refused, and does not count."""
        now = asyncio.get_running_loop().time()
        while self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        if len(self._times) >= self.calls_allowed:
            self.refused += 1
            raise self.too_many()
        self._times.append(now)
