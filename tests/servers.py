"""Private PostgreSQL and Redis servers: started for one test process on loopback, gone with it."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_START_SECONDS = 30


class Unavailable(Exception):
    """Such a server is not on the machine; the text says what is missing and how to get it."""


def unused_port() -> int:
    """A TCP port of the loopback interface that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Runs a PostgreSQL cluster with nothing in it; yields its address without a database: `postgresql+asyncpg://…:port`.

    `durable` syncs every commit to the disk, as a real server does. Raises `Unavailable` where it is not installed.
    """
    initdb = _postgres_program("initdb")
    pg_ctl = _postgres_program("pg_ctl")
    with _private_folder() as folder:
        cluster = folder / "cluster"
        user = _hand_over_to_postgres(folder)
        run = _Runner(user, folder)
        run(initdb, "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        port, sync = unused_port(), "on" if durable else "off"
        # Durability is not what tests can show: the machine itself never fails in them. A benchmark must pay for it.
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync={sync}"
        run(pg_ctl, "-D", cluster, "-w", "-t", _START_SECONDS, "-l", folder / "server.log", "-o", options, "start")
        try:
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}"
        finally:
            run(pg_ctl, "-D", cluster, "-m", "immediate", "stop")


@contextmanager
def redis() -> Iterator[str]:
    """Runs a Redis server that keeps nothing; yields its address, `redis://127.0.0.1:port`.

    Raises `Unavailable` where Redis is not installed.
    """
    program = shutil.which("redis-server")
    if program is None:
        message = "redis-server is not installed (apt-get install redis-server), and TEST_REDIS_URL is not set"
        raise Unavailable(message)
    port = unused_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _private_folder() as folder, (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*command, "--dir", folder], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait_until_listening(port, server, folder / "server.log")
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=_START_SECONDS)


def _postgres_program(name: str) -> Path:
    # Debian keeps server programs out of PATH, a folder a version.
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which(name)
    if found is None:
        message = f"{name} is not installed (apt-get install postgresql), and TEST_POSTGRES_URL is not set"
        raise Unavailable(message)
    return Path(found)


@contextmanager
def _private_folder() -> Iterator[Path]:
    # Not pytest's own folder: that is closed to other users, and too long a path for a Unix socket.
    folder = Path(tempfile.mkdtemp(prefix="assistant-tests-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over_to_postgres(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root; gives the folder to the user that Debian made for it, and names that user."""
    if os.geteuid() != 0:
        return None
    try:
        shutil.chown(folder, "postgres", "postgres")
    except LookupError as error:
        message = "PostgreSQL does not run as root and there is no user postgres (apt-get install postgresql)"
        raise Unavailable(message) from error
    return "postgres"


class _Runner:
    """Runs the programs of PostgreSQL in its folder, as its user; what they print is shown only when they fail."""

    def __init__(self, user: str | None, folder: Path) -> None:
        self._user = user
        self._folder = folder

    def __call__(self, program: Path, *arguments: object) -> None:
        # A pipe would be inherited by the server and never close, so the output goes to a file.
        output = self._folder / f"{program.name}.out"
        with output.open("ab") as out:
            done = subprocess.run(
                [program, *map(str, arguments)],
                cwd=self._folder,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                env={"PATH": f"{program.parent}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                check=False,
            )
        if done.returncode != 0:
            logs = "".join(
                path.read_text(errors="replace") for path in (output, self._folder / "server.log") if path.exists()
            )
            message = f"{program.name} failed with {done.returncode}:\n{logs}"
            raise RuntimeError(message)


def _wait_until_listening(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.01)
    message = f"redis-server did not start:\n{log.read_text(errors='replace')}"
    raise RuntimeError(message)
