"""Connections are kept, checked before use, and never carry a request twice unless that is harmless."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from integrations.channels.telegram.connections import Connections, CutError
from integrations.channels.telegram.reply import Reply

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
Serve = Callable[["Visit"], Awaitable[None]]


class Visit:
    """One connection as the server sees it."""

    def __init__(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.reader = reader
        self.writer = writer

    async def request(self) -> bool:
        try:
            await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True

    async def reply(self, raw: bytes = OK) -> None:
        self.writer.write(raw)
        await self.writer.drain()


class Server:
    """Serves each connection by a script and counts what it saw."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None) -> None:
        self._serve = serve
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self.visits: list[Visit] = []
        self.requests = 0
        self.port = 0

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = Visit(len(self.visits), reader, writer)
        self.visits.append(visit)
        try:
            await self._serve(visit)
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def run(self, limit: int = 10, tls: ssl.SSLContext | None = None) -> AsyncIterator[Connections]:
        server = await asyncio.start_server(self._visit, "127.0.0.1", 0, ssl=self._tls)
        port = server.sockets[0].getsockname()[1]
        pool = Connections("localhost" if tls else "127.0.0.1", port, tls, limit)
        try:
            yield pool
        finally:
            await pool.close()
            server.close()
            for visit in self.visits:
                visit.writer.transport.abort()
            await asyncio.sleep(0.01)


async def forever(visit: Visit) -> None:
    while await visit.request():
        await visit.reply()


async def ask(pool: Connections, *, repeatable: bool = False, seconds: float = 5.0) -> Reply:
    return await pool.request(REQUEST, seconds=seconds, repeatable=repeatable)


async def test_one_connection_carries_many_requests() -> None:
    server = Server(forever)
    async with server.run() as pool:
        for _ in range(20):
            assert (await ask(pool)).body == b"ok"
    assert len(server.visits) == 1


async def test_a_connection_closed_while_idle_is_seen_before_the_request_is_written() -> None:
    """The server closes behind each reply; the loop is kept too busy to be told before the next request goes out."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)
    visits = 10

    def serve() -> None:
        for _ in range(visits):
            peer, _ = listener.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(OK)

    with listener:
        serving = asyncio.get_running_loop().run_in_executor(None, serve)
        pool = Connections("127.0.0.1", listener.getsockname()[1], None)
        for _ in range(visits):
            assert (await ask(pool)).body == b"ok"
            time.sleep(0.005)  # noqa: ASYNC251 - the loop must not run meanwhile
        await serving
        await pool.close()


async def test_a_harmless_request_is_written_again_on_a_fresh_connection() -> None:
    async def closes_on_second(visit: Visit) -> None:
        assert await visit.request()
        await visit.reply()
        assert await visit.request()

    server = Server(closes_on_second)
    async with server.run() as pool:
        await ask(pool)
        assert (await ask(pool, repeatable=True)).body == b"ok"
    assert len(server.visits) == 2


async def test_any_other_is_not() -> None:
    async def closes_on_second(visit: Visit) -> None:
        assert await visit.request()
        await visit.reply()
        assert await visit.request()

    server = Server(closes_on_second)
    async with server.run() as pool:
        await ask(pool)
        with pytest.raises(CutError) as caught:
            await ask(pool)
    assert not caught.value.answered
    assert len(server.visits) == 1


async def test_a_reply_that_had_begun_is_never_asked_for_again() -> None:
    async def half(visit: Visit) -> None:
        assert await visit.request()
        await visit.reply()
        assert await visit.request()
        await visit.reply(b"HTTP/1.1 200 OK\r\n")

    server = Server(half)
    async with server.run() as pool:
        await ask(pool)
        with pytest.raises(CutError) as caught:
            await ask(pool, repeatable=True)
    assert caught.value.answered
    assert len(server.visits) == 1


async def test_a_fresh_connection_that_breaks_is_an_error_at_once() -> None:
    async def rude(visit: Visit) -> None:
        await visit.request()

    server = Server(rude)
    async with server.run() as pool:
        with pytest.raises(CutError):
            await ask(pool, repeatable=True)
    assert len(server.visits) == 1


async def test_a_late_reply_is_not_taken_for_the_next() -> None:
    async def slow_once(visit: Visit) -> None:
        assert await visit.request()
        if visit.number == 0:
            await asyncio.sleep(0.2)
        await visit.reply(OK if visit.number else OK.replace(b"ok", b"no"))
        await visit.request()

    server = Server(slow_once)
    async with server.run() as pool:
        with pytest.raises(TimeoutError):
            await ask(pool, seconds=0.05)
        assert (await ask(pool)).body == b"ok"


async def test_unasked_bytes_spoil_an_idle_connection() -> None:
    async def chatty(visit: Visit) -> None:
        assert await visit.request()
        await visit.reply()
        await asyncio.sleep(0.01)
        if visit.number == 0:
            await visit.reply(OK.replace(b"ok", b"no"))
        while await visit.request():
            await visit.reply()

    server = Server(chatty)
    async with server.run() as pool:
        await ask(pool)
        await asyncio.sleep(0.05)
        assert (await ask(pool)).body == b"ok"
    assert len(server.visits) == 2


async def test_places_are_limited_and_waiting_is_part_of_the_timeout() -> None:
    gate = asyncio.Event()

    async def gated(visit: Visit) -> None:
        while await visit.request():
            await gate.wait()
            await visit.reply()

    server = Server(gated)
    async with server.run(limit=2) as pool:
        waiting = [asyncio.ensure_future(ask(pool)) for _ in range(6)]
        while len(server.visits) < 2:  # noqa: ASYNC110 - the server has no event for a first visit
            await asyncio.sleep(0.005)
        with pytest.raises(TimeoutError):
            await ask(pool, seconds=0.05)
        gate.set()
        assert [reply.body for reply in await asyncio.gather(*waiting)] == [b"ok"] * 6
    assert len(server.visits) == 2


async def test_nobody_listening_is_an_error_of_the_system(free_port: int) -> None:
    pool = Connections("127.0.0.1", free_port, None)
    with pytest.raises(OSError, match=r"."):
        await ask(pool)


async def test_closing_lets_waiting_requests_fail() -> None:
    async def mute(visit: Visit) -> None:
        await visit.request()
        await asyncio.sleep(60)

    server = Server(mute)
    async with server.run() as pool:
        waiting = asyncio.ensure_future(ask(pool))
        while not server.visits:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
        await pool.close()
        with pytest.raises(CutError):
            await waiting


def test_the_same_under_uvloop() -> None:
    async def scene() -> None:
        async def once(visit: Visit) -> None:
            assert await visit.request()
            await visit.reply()
            visit.writer.close()

        closing, staying = Server(once), Server(forever)
        async with closing.run() as pool, staying.run() as kept:
            for _ in range(10):
                assert (await ask(pool)).body == b"ok"
                assert (await ask(kept)).body == b"ok"
                await asyncio.sleep(0.002)
        assert (len(closing.visits), len(staying.visits)) == (10, 1)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scene())


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl program is not here, so no certificate can be made")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


async def test_tls_is_checked_and_kept_alive(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(cert, key)
    server = Server(forever, serving)
    async with server.run(tls=ssl.create_default_context(cafile=str(cert))) as pool:
        for _ in range(5):
            assert (await ask(pool)).body == b"ok"
    assert len(server.visits) == 1


async def test_a_stranger_s_certificate_is_refused(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(cert, key)
    server = Server(forever, serving)
    async with server.run(tls=ssl.create_default_context()) as pool:
        with pytest.raises(ssl.SSLError):
            await ask(pool)
