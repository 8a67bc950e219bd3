"""How soon Slack's requests are acknowledged, stored first, while fifty threads are busy."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import aiohttp
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.benchmark import Bench, Benchmark, Failed
from benchmarks.records import Run
from benchmarks.report import Report, Table, at_most, none_of
from flows.desk import Post, Spot
from flows.events import Event, Pressed
from flows.ports.desk_reads import Respond
from integrations.clock import clock_in
from integrations.desk.slack.adapter import Settings, Slack, connect
from integrations.storage.connect import open_storage
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Deliver, SlackServer
from tests.fakes.slack_staff import Staff
from tests.fakes.slack_state import CHANNEL
from tests.servers import unused_port

THREADS = 50
WRITTEN = 40  # in each thread
PAUSE = 0.25  # seconds between two requests of a thread
LIMIT_MS = 300
UNLIMITED = 1_000_000.0
TRANSPORTS = ("signed HTTP", "socket")


class Nobody:
    """Asks nothing, so that only what is stored counts."""

    async def command(self, name: str, arguments: str, member: str, spot: Spot, respond: Respond) -> None:
        """A command is answered."""
        await respond(Post(f"{name} {arguments} for {member} in {spot.channel}"))

    async def home(self, member: str) -> None:
        """No page."""

    async def why(self, member: str, spot: Spot, message: str) -> None:
        """No trace."""

    def shows(self, action: str) -> bool:
        """Every press is an event."""
        return not action

    async def form(self, pressed: Pressed, trigger: str, respond: Respond) -> None:
        """No form."""


def run(bench: Bench) -> Sequence[Run]:
    """One transport after the other, each over a database of its own."""
    written = bench.size(WRITTEN, 3)
    return tuple(asyncio.run(_measured(name, bench.folder(name.split()[0]), written)) for name in TRANSPORTS)


async def _measured(name: str, folder: Path, written: int) -> Run:
    async with SlackServer(UNLIMITED) as slack, _desk(slack, folder, socket=name == "socket") as (desk, stored):
        async with _deliver(desk) as deliver:
            staff = Staff(slack, None if name == "socket" else deliver, retries=())
            async with asyncio.TaskGroup() as group:
                threads = [group.create_task(_busy(staff, number, written)) for number in range(THREADS)]
        took = [seconds for thread in threads for seconds in thread.result()]
    if len(stored) != THREADS * written:
        raise Failed(name, f"{len(stored)} of {THREADS * written} events were stored")
    known = [seconds * 1000 for seconds in took if seconds is not None]
    return {
        "config": name,
        "requests": len(took),
        "unacknowledged": len(took) - len(known),
        "p50_ms": round(quantiles(known, n=100)[49], 1),
        "p99_ms": round(quantiles(known, n=100)[98], 1),
        "max_ms": round(max(known), 1),
    }


async def _busy(staff: Staff, number: int, written: int) -> list[float | None]:
    """A rep writes, over and over; each fifth request is a command, which is answered after it is acknowledged."""
    took: list[float | None] = []
    await asyncio.sleep(number * PAUSE / THREADS)
    for turn in range(written):
        _, sent = await staff.writes("U0ANNA", f"{number + 1}.000001", f"line {turn}")
        took += sent.tries
        if turn % 5 == 0:
            took += (await staff.commands("U0ANNA", "/stats", "7d"))[0].tries
        await asyncio.sleep(PAUSE)
    return took


@asynccontextmanager
async def _desk(slack: SlackServer, folder: Path, *, socket: bool) -> AsyncIterator[tuple[Slack, list[Event]]]:
    clock, stored = clock_in("UTC"), list[Event]()
    storage = await open_storage(f"sqlite+aiosqlite:///{folder}/bench.db", worker="bench", clock=clock)

    async def receive(events: Sequence[Event]) -> None:
        await storage.inbox.receive(events, clock())
        stored.extend(events)

    settings = Settings(
        bot_token=SecretStr(BOT_TOKEN),
        channel=CHANNEL,
        app_token=SecretStr(APP_TOKEN if socket else ""),
        signing_secret=SecretStr(SIGNING_SECRET),
        api_url=slack.api_url,
    )
    desk = connect(settings, clock)
    task = asyncio.create_task(desk.run(receive, Nobody()))
    try:
        await slack.until(lambda: desk.ready)
        yield desk, stored
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.close()
        await storage.close()


@asynccontextmanager
async def _deliver(desk: Slack) -> AsyncIterator[Deliver]:
    """Slack's way to us: a real server and real connections."""

    async def events(request: Request) -> Response:
        answer = await desk.request(request.headers, await request.body())
        return Response(answer.body, answer.status, media_type=answer.media_type)

    port = unused_port()
    app = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:

        async def deliver(headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
            async with session.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as answer:
                return answer.status, await answer.read()

        yield deliver
    server.should_exit = True
    await serving


def report(runs: Sequence[Run]) -> Report:
    """Milliseconds until the acknowledgement, as Slack sees them."""
    verdicts = tuple(at_most(f"ms until acknowledged, p99, {one['config']}", LIMIT_MS, one["p99_ms"]) for one in runs)
    lost = none_of("requests not acknowledged", sum(one["unacknowledged"] for one in runs))
    head = ("transport", "requests", "p50 ms", "p99 ms", "longest ms")
    rows = tuple(
        (one["config"], str(one["requests"]), str(one["p50_ms"]), str(one["p99_ms"]), str(one["max_ms"]))
        for one in runs
    )
    return Report((*verdicts, lost), (Table(head, rows),))


BENCHMARK = Benchmark(
    "desk_acks",
    "Acknowledging Slack",
    f"{THREADS} threads of the desk in Slack, in each of which somebody writes every {PAUSE} s, and every fifth time "
    "calls a command too. An event is acknowledged once it is stored in SQLite. The strict Slack of the tests and the "
    "desk share one process, so its own work counts as well.",
    run,
    report,
)
