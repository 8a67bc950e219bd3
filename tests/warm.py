"""Starts `assistant` again and again at the price of a fork: this process has imported everything already.

Run as a program it reads a request a line, `{"cwd", "env", "argv", "name"}`, and answers with the number of the process
that it made: a process like any other, with its own environment, folder and death. It reads `NAME.in` if there is such
a file, writes `NAME.out`, and adds to `NAME.err`; how it ended is written to `exit.PID`, all in its folder.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_MODULES = (
    "alembic.command",
    "alembic.config",
    "asyncpg",
    "bot.cli",
    "bot.service",
    "bot.serve",
    "integrations.channels.telegram.adapter",
    "integrations.storage.postgres",
    "integrations.storage.sqlite",
    "uvicorn.protocols.http.h11_impl",
    "uvloop",
)


class Starter:
    """The other end, for tests; blocking, and quick."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, folder: Path, environment: Mapping[str, str], arguments: Sequence[str], name: str) -> int:
        """Start a command in a folder, with files of that name as its input and output; its process number."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"cwd": str(folder), "env": dict(environment), "argv": list(arguments), "name": name}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the starter; what it has started goes on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def _begin(request: Mapping[str, Any]) -> None:
    """In the new process: become the command, and end as it does."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    with contextlib.suppress(AttributeError, OSError):
        # Whoever ends the tests with -9 leaves nothing behind: the starter ends, and Linux takes its children along.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    os.chdir(request["cwd"])
    os.environ.clear()  # noqa: TID251 - a new process begins with the environment that it is given
    os.environ.update(request["env"])  # noqa: TID251
    name = request["name"]
    typed = f"{name}.in"
    for file, descriptor, flags in (
        (typed if Path(typed).exists() else os.devnull, 0, os.O_RDONLY),
        (f"{name}.out", 1, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (f"{name}.err", 2, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        os.dup2(os.open(file, flags, 0o644), descriptor)
    sys.stdin, sys.argv = open(0, closefd=False), ["assistant", *request["argv"]]  # noqa: SIM115
    code = 1
    try:
        from bot.cli import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _warm_up() -> None:
    """Import, build and cache what every start would, and hide it from the garbage collectors of all children."""
    for module in _MODULES:
        __import__(module)
    from bot.content import load
    from bot.settings import Settings
    from bot.tuning import tune
    from bot.wiring import playbook
    from integrations.channels.telegram.api import prewarm

    settings = Settings(_env_file=None)
    playbook(load(settings), settings)
    prewarm()
    tune()


def _serve() -> None:
    """Read requests until the input ends."""
    _warm_up()
    folders: dict[int, Path] = {}

    def reap(*_: object) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                folder = folders.pop(ended[0], None)
                if folder is not None and folder.is_dir():
                    (folder / f"exit.{ended[0]}").write_text(str(os.waitstatus_to_exitcode(ended[1])))

    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        request = json.loads(line)
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        child = os.fork()
        if not child:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
            _begin(request)
        folders[child] = Path(request["cwd"])
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
