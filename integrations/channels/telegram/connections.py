"""The keep-alive connections that carry Bot API calls: one request at a time each, none re-sent unasked."""

import asyncio
import select
import ssl
from typing import cast

import aiohappyeyeballs

from integrations.channels.telegram.deadlines import Deadlines
from integrations.channels.telegram.reply import GarbledError, Reply, ReplyReader

IDLE_SECONDS = 50.0
ADDRESS_RACE_SECONDS = 0.25
READABLE = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL


class CutError(Exception):
    """The connection broke after the request was written: the server may or may not have acted on it.

    `answered` says whether a part of a reply had arrived.
    """

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered


class Connection(asyncio.Protocol):
    """One connection to the server."""

    def __init__(self) -> None:
        self.closed = False
        self.idle_since = 0.0
        self._transport: asyncio.Transport
        self._reader = ReplyReader()
        self._waiter: asyncio.Future[Reply] | None = None
        self._silence = select.poll()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, and its socket for `is_stale`."""
        self._transport = cast("asyncio.Transport", transport)
        self._silence.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes that nobody asked for make the connection worthless."""
        if self._waiter is None or self._waiter.done():
            self.abort()
            return
        try:
            reply = self._reader.feed(data)
        except GarbledError as error:
            self._waiter.set_exception(error)
            return
        if reply is not None:
            self._waiter.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the reply that closing ends; cut every other one short."""
        self.closed = True
        if self._waiter is None or self._waiter.done():
            return
        reply = self._reader.end() if exc is None else None
        if reply is not None:
            self._waiter.set_result(reply)
        else:
            reason = "connection closed by the server" if exc is None else f"connection lost: {type(exc).__name__}"
            self._waiter.set_exception(CutError(reason, answered=self._reader.started))

    def is_stale(self) -> bool:
        """Whether the server has already closed an idle connection, although the loop may not have been told yet.

        An idle connection has nothing to say, so being readable means an end of file (or nonsense). Asking
        the kernel just before writing keeps almost every closed-while-idle connection from swallowing a request.
        """
        if self.closed or self._transport.is_closing():
            return True
        return any(events & READABLE for _, events in self._silence.poll(0))

    def ask(self, request: bytes) -> "asyncio.Future[Reply]":
        """Write the request; the future gets its reply, or fails with CutError, GarbledError or TimeoutError."""
        self._reader = ReplyReader()
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiter

    def rest(self) -> None:
        """Wait for nothing more."""
        self._waiter = None

    def expire(self) -> None:
        """The reply has taken too long."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(TimeoutError())

    def abort(self) -> None:
        """Close at once."""
        self.closed = True
        self._transport.abort()


class Connections:
    """A pool of at most `limit` connections to one server, newest used first."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, limit: int = 100) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._places = asyncio.Semaphore(limit)
        self._deadlines = Deadlines()
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()

    async def request(self, request: bytes, *, seconds: float, repeatable: bool) -> Reply:
        """Send one request and return its reply within so many seconds, waiting for a place included.

        `repeatable` says that doing the call twice is the same as doing it once. Only then is a request
        written again, once, on a fresh connection, and only when a pooled connection was closed without a byte
        of a reply. Anything else that fails after bytes were written raises CutError: what was done is unknown,
        and the caller's outbox decides. Raises OSError when no connection could be made (nothing was sent),
        GarbledError and TimeoutError.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        if self._places.locked():
            async with asyncio.timeout_at(deadline):
                await self._places.acquire()
        else:
            await self._places.acquire()
        try:
            pooled = self._take(loop.time())
            if pooled is not None:
                try:
                    return await self._exchange(pooled, request, deadline)
                except CutError as cut:
                    if cut.answered or not repeatable:
                        raise
            return await self._exchange(await self._connect(deadline), request, deadline)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Close every connection, busy ones too; the pool can be used again."""
        for connection in self._open:
            connection.abort()
        self._open.clear()
        self._idle.clear()
        self._deadlines.stop()
        # A transport tells its protocol about an abort in the loop's next turn.
        await asyncio.sleep(0)

    async def _exchange(self, connection: Connection, request: bytes, deadline: float) -> Reply:
        """After a failure, a cancellation or a reply that is the last one, the connection is closed."""
        self._deadlines.set(connection, deadline)
        reply: Reply | None = None
        try:
            reply = await connection.ask(request)
        finally:
            self._deadlines.drop(connection)
            connection.rest()
            if reply is None or not reply.reusable or connection.closed:
                connection.abort()
                self._open.discard(connection)
        if not connection.closed:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        return reply

    def _take(self, now: float) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if now - connection.idle_since < IDLE_SECONDS and not connection.is_stale():
                return connection
            connection.abort()
            self._open.discard(connection)
        return None

    async def _connect(self, deadline: float) -> Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout_at(deadline):
            addresses = await loop.getaddrinfo(self._host, self._port, type=1)
            # A broken IPv6 route must not eat the whole timeout before IPv4 is tried.
            sock = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=ADDRESS_RACE_SECONDS)
            try:
                server_name = self._host if self._tls is not None else None
                _, connection = await loop.create_connection(
                    Connection,
                    sock=sock,
                    ssl=self._tls,
                    server_hostname=server_name,
                )
            except BaseException:
                sock.close()
                raise
        self._open.add(connection)
        return connection
