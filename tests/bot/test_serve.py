"""The process runs until it is told to stop, then drains."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable

import httpx
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from bot import serve as serving
from bot.schedule import Tick
from bot.serve import Service, listen, serve
from flows.errors import Misconfigured


class Part:
    """A source of events that notes its beginning and its end."""

    def __init__(self, diary: list[str], fails: Exception | None = None, *, ends: bool = False) -> None:
        self.diary = diary
        self.fails = fails
        self.ends = ends

    async def __call__(self) -> None:
        self.diary.append("begun")
        try:
            if self.fails:
                raise self.fails
            if not self.ends:
                await asyncio.Event().wait()
        finally:
            self.diary.append("ended")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers after the process was told to stop."""
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def service(diary: list[str], part: Callable[[], Awaitable[None]], **more: Part) -> Service:
    async def drain() -> None:
        diary.append("drained")

    async def tick() -> None:
        diary.append("tick")

    return Service(app, {"intake": part}, [Tick("often", 0.01, tick)], drain, more)


def stop_soon(number: signal.Signals = signal.SIGTERM) -> None:
    asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_intake_then_drains(number: signal.Signals) -> None:
    diary: list[str] = []
    async with asyncio.timeout(10):
        await serve(
            service(diary, Part(diary)),
            listen("127.0.0.1", 0),
            lambda: stop_soon(number),
        )
    assert diary[0] == "begun"
    assert "tick" in diary
    assert [word for word in diary if word != "tick"] == ["begun", "ended", "drained"]
    assert diary[-1] == "drained"


async def test_a_request_that_has_begun_is_answered() -> None:
    sock = listen("127.0.0.1", 0)
    up = asyncio.Event()
    diary: list[str] = []
    running = asyncio.create_task(serve(service(diary, Part(diary)), sock, up.set))
    async with asyncio.timeout(10), httpx.AsyncClient() as client:
        port = sock.getsockname()[1]
        await up.wait()
        assert (await client.get(f"http://127.0.0.1:{port}/")).text == "done"
        await running


async def test_the_failure_of_a_part_ends_the_process_after_the_drain() -> None:
    diary: list[str] = []
    failure = Misconfigured("TELEGRAM_TOKEN", "Telegram does not know it", "Copy it again")
    with pytest.raises(Misconfigured, match="does not know it"):
        async with asyncio.timeout(10):
            await serve(service(diary, Part(diary, failure)), listen("127.0.0.1", 0), lambda: None)
    assert diary[-1] == "drained"


async def test_an_intake_may_end_and_the_process_goes_on() -> None:
    diary: list[str] = []
    async with asyncio.timeout(10):
        await serve(service(diary, Part(diary, ends=True)), listen("127.0.0.1", 0), stop_soon)
    assert [word for word in diary if word != "tick"] == ["begun", "ended", "drained"]
    assert diary.index("ended") < diary.index("tick")


async def test_the_process_ends_with_an_attached_part() -> None:
    diary: list[str] = []
    async with asyncio.timeout(10):
        chat = Part([], ends=True)
        await serve(service(diary, Part(diary), chat=chat), listen("127.0.0.1", 0), lambda: None)
    assert diary[-1] == "drained"


async def test_a_drain_that_takes_too_long_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "DRAIN_SECONDS", 0.01)

    async def endless() -> None:
        await asyncio.Event().wait()

    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(10):
            await serve(Service(app, {}, [], endless), listen("127.0.0.1", 0), stop_soon)
    assert "drain cut short" in [entry["event"] for entry in logs]


def test_a_port_in_use_is_told() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=str(port)) as caught:
            listen("127.0.0.1", port)
    assert caught.value.setting == "HTTP_PORT"


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(Misconfigured) as caught:
        listen("192.0.2.1", 0)
    assert caught.value.setting == "HTTP_HOST"


def test_ipv6_is_an_address_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with listen("::1", 0) as sock:
            assert sock.family == socket.AF_INET6
    except Misconfigured as error:
        pytest.skip(f"this machine has no IPv6: {error}")
