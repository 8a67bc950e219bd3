"""Runs Prism over a service's specification, and shows it every call that a client makes to the service itself."""

import asyncio
import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from aiohttp import web

from tests.servers import unused_port

ROOT = Path(__file__).parents[2]
SPECS = ROOT.parent / "shared" / "specs"
"""Specifications of the services, laid beside the project; none of them is ours to pass on."""
_READY = re.compile(rb"Prism is listening on (http://\S+)")
_SKIPPED = {"host", "content-length", "transfer-encoding", "connection"}


class Missing(Exception):
    """What these tests need and the machine lacks."""


def specification(name: str) -> Path:
    """The patched document of a service. Raises `Missing`."""
    found = SPECS / f"{name}.patched.json"
    if not found.is_file():
        message = f"../shared/specs/{found.name} is not beside the project"
        raise Missing(message)
    return found


def installed() -> Path:
    """The folder with Prism, installed on the first call. Raises `Missing`."""
    if not SPECS.is_dir():
        message = "../shared/specs is not beside the project"
        raise Missing(message)
    if not (shutil.which("node") and shutil.which("npm")):
        message = "node and npm are not installed (Node.js 20)"
        raise Missing(message)
    done = subprocess.run([ROOT / "tools" / "prism" / "install"], capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"the validating mock cannot be installed (tools/prism/install): {done.stderr[-300:]}"
        raise Missing(message)
    return Path(done.stdout.strip())


@contextlib.asynccontextmanager
async def prism(folder: Path, document: Path) -> AsyncIterator[str]:
    """Prism over a document while the block runs; its address."""
    port = unused_port()
    process = await asyncio.create_subprocess_exec(
        folder / "node_modules" / ".bin" / "prism",
        *("mock", "-h", "127.0.0.1", "-p", str(port), document),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = b""
    try:
        async with asyncio.timeout(60):
            while not (ready := _READY.search(said)):
                piece = await process.stdout.read(4096)
                assert piece, said.decode()
                said += piece
        draining = asyncio.create_task(process.stdout.read())
        yield ready[1].decode()
        draining.cancel()
    finally:
        process.terminate()
        await process.wait()


@dataclass
class Mirror:
    """Between a client and its service: each call goes to Prism first, whose objections are kept, then on its way."""

    service: str  # with its prefix
    prefix: str
    mock: str
    calls: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    url: str = ""

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["Mirror"]:
        """Up while the block runs."""
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._pass)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}{self.prefix}"
        try:
            async with httpx.AsyncClient(timeout=30) as self._client:
                yield self
        finally:
            await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        content = await request.read()
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _SKIPPED]
        call = f"{request.method} {request.raw_path}"
        self.calls.append(call)
        judged = await self._client.request(
            request.method, self.mock + request.raw_path, content=content, headers=headers
        )
        violations = json.loads(judged.headers.get("sl-violations", "[]"))
        of_ours = [one for one in violations if one["location"][0] == "request"]
        if judged.status_code >= 400 or of_ours:
            self.objections.append(f"{call}: HTTP {judged.status_code} {of_ours or judged.text[:500]}")
        root = self.service.removesuffix(self.prefix)
        answer = await self._client.request(request.method, root + request.raw_path, content=content, headers=headers)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _SKIPPED}
        return web.Response(status=answer.status_code, body=answer.content, headers=kept)
