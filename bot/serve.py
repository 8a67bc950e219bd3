"""Runs the process: HTTP, the sources of events and the schedule in one loop, until it is told to stop."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from bot.schedule import Schedule, Tick
from flows.errors import Misconfigured

DRAIN_SECONDS = 10.0
_HTTP_DRAIN_SECONDS = 3
_BACKLOG = 2048

log = structlog.get_logger("bot.serve")


@dataclass(frozen=True, slots=True)
class Service:
    """What runs: `intakes` bring events in until cancelled, or return when they have nothing to wait for.

    The process ends with its first `attached` part. `drain` finishes the turns that have begun and writes down what
    was sent; it is called when nothing comes in any more.
    """

    app: ASGIApp
    intakes: Mapping[str, Callable[[], Awaitable[None]]]
    ticks: Sequence[Tick]
    drain: Callable[[], Awaitable[None]]
    attached: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `Misconfigured` when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise _unusable(host, port, error) from error
    return sock


def _unusable(host: str, port: int, error: OSError) -> Misconfigured:
    if error.errno in {errno.EADDRINUSE, errno.EACCES}:
        reason = f"port {port} on {host} cannot be used ({error.strerror})"
        return Misconfigured("HTTP_PORT", reason, "Stop what uses it, or set another port")
    return Misconfigured("HTTP_HOST", f"{host} cannot be used ({error.strerror})", "Write 127.0.0.1 or 0.0.0.0")


class _Server(uvicorn.Server):
    """Uvicorn that leaves the signals to `serve` and says when it is up."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None]) -> None:
        # The lifespan protocol is off: what starts and stops is started and stopped here.
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_HTTP_DRAIN_SECONDS,
        )
        super().__init__(config)
        self._ready = ready

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


async def serve(service: Service, sock: socket.socket, ready: Callable[[], None]) -> None:
    """Run until SIGTERM, SIGINT, the end of an attached part or the failure of any part; then drain, at most 10 s.

    `ready` is called when HTTP answers. Raises what a part failed with, after the drain.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = _Server(service.app, ready)
    schedule = Schedule(service.ticks)
    web = asyncio.create_task(server.serve([sock]), name="http")
    intakes = [asyncio.create_task(_run(run), name=name) for name, run in service.intakes.items()]
    attached = [asyncio.create_task(_run(run), name=name) for name, run in service.attached.items()]
    try:
        schedule.start()
        await _until(stop, [web, *attached], intakes)
    finally:
        log.info("stopping")
        await _stop(server, web, [*intakes, *attached])
        await schedule.stop()
        await _drain(service.drain)
        log.info("stopped")


async def _run(run: Callable[[], Awaitable[None]]) -> None:
    await run()


async def _until(stop: asyncio.Event, lasting: list[asyncio.Task[None]], intakes: list[asyncio.Task[None]]) -> None:
    """Wait for the signal to stop or the end of a lasting part; an intake may end, but not fail."""
    stopped = asyncio.create_task(stop.wait())
    open_tasks: set[asyncio.Task[None]] = {*lasting, *intakes}
    try:
        while not stopped.done():
            done, _ = await asyncio.wait({stopped, *open_tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in open_tasks & done:
                task.result()
            if done & set(lasting):
                return
            open_tasks -= done
    finally:
        stopped.cancel()


async def _stop(server: uvicorn.Server, web: asyncio.Task[None], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Nothing comes in any more; a request that has begun is answered."""
    for task in tasks:
        task.cancel()
    server.should_exit = True
    await asyncio.gather(web, *tasks, return_exceptions=True)


async def _drain(drain: Callable[[], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await drain()
    except TimeoutError:
        # Nothing is lost: what is open stands in the inbox and the outbox.
        log.warning("drain cut short", seconds=DRAIN_SECONDS)
