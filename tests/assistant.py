"""The product as its operators run it: real processes in a folder of their own, started, watched, killed."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from tests.warm import Starter

ADMIN = "an-admin-token-of-these-tests"
_START = 60.0  # seconds until a process must be up
_READY = re.compile(r"(http://[\d.]+:\d+)")
_LOOK = 0.02  # seconds between two looks at a file
_MAIN = "from bot.cli import main; main()"


async def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds that only looking can tell: a file, a process."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - files and other processes set no event
            await asyncio.sleep(_LOOK)


async def _code(file: Path, seconds: float) -> int:
    codes: list[int] = []

    def written() -> bool:
        codes.extend(map(int, file.read_text().split()) if file.exists() else ())
        return bool(codes)

    await eventually(written, seconds)
    return codes[0]


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


class Assistant:
    """One installation: its folder and environment, and at most one `assistant run` in it at a time.

    With a `starter` a start costs a fork; without one it is what a shell does.
    """

    def __init__(self, folder: Path, starter: Starter | None = None, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.environment: Mapping[str, str] = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "LANG": "en_US.UTF-8",
            "LOG_FORMAT": "json",
            "HTTP_PORT": "0",
            "ADMIN_TOKEN": ADMIN,
            "SECRET_KEY": "a-secret-key-of-these-tests-32-letters",
            **environment,
        }
        self.url = ""
        self.starts = 0
        self.pid = 0
        self._starter = starter
        self._commands = 0
        self._watches: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------ the process
    @property
    def log(self) -> str:
        """What all its processes have written to stderr."""
        written = sorted(self.folder.glob("*.err"))
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in written)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return bool(self.pid) and not self._exit.exists()

    @property
    def _exit(self) -> Path:
        return self.folder / f"exit.{self.pid}"

    async def start(self) -> None:
        """Start `assistant run`, and wait until it says that it is ready."""
        self._exit.unlink(missing_ok=True)
        output = self.folder / "run.out"
        output.unlink(missing_ok=True)
        self.pid = await self._begin("run", ["run"])
        self._exit.unlink(missing_ok=True)
        self.starts += 1

        def ready() -> bool:
            assert self.running, f"it did not start: {self.log}"
            found = _READY.search(output.read_text(encoding="utf-8")) if output.exists() else None
            self.url = found[1] if found else ""
            return bool(found)

        await eventually(ready, _START)

    async def _begin(self, name: str, arguments: Sequence[str]) -> int:
        """Start a process whose input and output are files of that name; its number."""
        if self._starter:
            return self._starter.start(self.folder, self.environment, arguments, name)
        typed, out, err = (self.folder / f"{name}.{end}" for end in ("in", "out", "err"))
        with (
            (typed if typed.exists() else Path(os.devnull)).open() as given,
            out.open("wb") as told,
            err.open("ab") as bad,
        ):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _MAIN, *arguments),
                cwd=self.folder,
                env=self.environment,
                stdin=given,
                stdout=told,
                stderr=bad,
                start_new_session=True,
            )

        async def note() -> None:
            (self.folder / f"exit.{process.pid}").write_text(str(await process.wait()))

        watch = asyncio.create_task(note())
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)
        return process.pid

    def kill(self) -> None:
        """End it with -9, now."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def ended(self, seconds: float = 20.0) -> int:
        """Wait for the end; its exit code, negative for a signal."""
        return await _code(self._exit, seconds)

    async def stop(self, seconds: float = 20.0) -> int:
        """SIGTERM, and wait for the end; its exit code."""
        self._send(signal.SIGTERM)
        return await self.ended(seconds)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            self.kill()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self.kill()
        await self.ended()

    # ------------------------------------------------------------ commands beside it
    async def command(self, *arguments: str, text: str = "") -> Done:
        """Run another command of the same installation to its end."""
        self._commands += 1
        name = f"command-{self._commands}"
        (self.folder / f"{name}.in").write_text(text, encoding="utf-8")
        pid = await self._begin(name, arguments)
        code = await _code(self.folder / f"exit.{pid}", _START)
        out, err = (self.folder.joinpath(f"{name}.{end}").read_text(encoding="utf-8") for end in ("out", "err"))
        return Done(code, out, err)

    # ------------------------------------------------------------ the API
    @contextlib.asynccontextmanager
    async def api(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the API that may do everything."""
        headers = {"Authorization": f"Bearer {ADMIN}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20) as client:
            yield client

    async def leads(self) -> list[dict[str, Any]]:
        """All leads, newest first."""
        async with self.api() as api:
            found = await api.get("/api/v1/leads", params={"limit": 500})
            assert found.status_code == 200, found.text
            items: list[dict[str, Any]] = found.json()["items"]
            return items

    def entries(self, event: str = "") -> list[dict[str, Any]]:
        """The entries of the log, or those of one event."""
        found = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        return [entry for entry in found if not event or entry["event"] == event]
