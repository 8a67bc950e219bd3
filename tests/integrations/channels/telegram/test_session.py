"""Through a proxy everything goes, files too, and nothing goes past it."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.types import BufferedInputFile

from integrations.channels.telegram.session import FileSession
from tests.fakes.telegram import TelegramServer

Tunnel = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[tuple[str, int, bytes]]]


async def http_door(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int, bytes]:
    """An http proxy's first words: the request line names the whole URL."""
    method, url, version = (await reader.readline()).decode().split()
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    return name, int(port), f"{method} /{path} {version}\r\n".encode()


async def socks_door(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int, bytes]:
    """SOCKS5 without a password (RFC 1928)."""
    _, count = await reader.readexactly(2)
    await reader.readexactly(count)
    writer.write(b"\x05\x00")
    _, command, _, kind = await reader.readexactly(4)
    assert command == 1
    length = 4 if kind == 1 else (await reader.readexactly(1))[0]
    raw = await reader.readexactly(length)
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    return ".".join(map(str, raw)) if kind == 1 else raw.decode(), port, b""


@asynccontextmanager
async def proxy(door: Tunnel) -> AsyncIterator[tuple[int, list[int]]]:
    """A proxy on loopback: its port, and the ports that it was asked for."""
    asked: list[int] = []
    tasks: set[asyncio.Task[None]] = set()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, port, first = await door(reader, writer)
        asked.append(port)
        inner_reader, inner_writer = await asyncio.open_connection(name, port)
        inner_writer.write(first)
        for source, sink in ((reader, inner_writer), (inner_reader, writer)):
            tasks.add(asyncio.create_task(pipe(source, sink)))

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        await asyncio.wait(tasks, timeout=1)
        for task in tasks:
            task.cancel()


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_everything_goes_through_the_proxy(telegram: TelegramServer, scheme: str) -> None:
    if scheme == "socks5":
        pytest.importorskip("aiohttp_socks", reason="the package aiohttp-socks is not installed")
    user = telegram.user()
    door = http_door if scheme == "http" else socks_door
    async with proxy(door) as (port, asked):
        session = FileSession(TelegramAPIServer.from_base(telegram.url), f"{scheme}://127.0.0.1:{port}")
        bot = Bot(telegram.token, session=session)
        try:
            await session.call(bot, "sendMessage", {"chat_id": user.id, "text": "plain"})
            await bot.send_document(user.id, BufferedInputFile(b"content", "a.txt"))
            path = next(iter(telegram.stored_files))
            found = await bot.download(f"file-{path}")
        finally:
            await session.close()
    assert found is not None
    assert found.read() == b"content"
    assert [message.text for message in user.visible] == ["plain", ""]
    assert set(asked) == {int(telegram.url.rsplit(":", 1)[1])}


async def test_a_proxy_that_is_gone_is_a_network_error(telegram: TelegramServer, free_port: int) -> None:
    session = FileSession(TelegramAPIServer.from_base(telegram.url), f"http://127.0.0.1:{free_port}")
    with pytest.raises(TelegramNetworkError) as caught:
        await session.call(Bot(telegram.token, session=session), "getMe", {})
    assert telegram.token not in str(caught.value)
    await session.close()
    assert not telegram.calls
