"""Plays Telegram and its users against a bot, through the load tool that lies beside the project."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.benchmark import Bench, Failed, Skipped
from benchmarks.records import ROOT, Run

TOOL = ROOT.parent / "shared" / "tools" / "telegram_load.py"
SALE = ROOT / "benchmarks" / "scripts" / "sale.json"
ECHO = ROOT / "benchmarks" / "scripts" / "echo.json"
FAULTS = (
    "lost_turns",
    "buttons_not_found",
    "duplicate_replies",
    "out_of_order_replies",
    "extra_messages",
    "callbacks_unanswered",
)
_KEPT = 3_000  # characters of a failed run's errors that are shown
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Bot:
    """A program that speaks the Bot API; `{api}` in its environment becomes the server's address."""

    name: str
    command: tuple[str, ...]
    script: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def stock_echo() -> Bot:
    """The anchor."""
    return Bot("echo", (sys.executable, "-P", str(ROOT / "benchmarks" / "echo_bot.py")), ECHO)


def product(name: str, database_url: str = "sqlite+aiosqlite:///data/assistant.db") -> Bot:
    """The product as `assistant run` starts it; a relative database lies in the folder of the run."""
    return Bot(name, (str(assistant()), "run"), SALE, settings(database_url))


def assistant() -> Path:
    """The product's command."""
    return Path(sys.executable).with_name("assistant")


def settings(database_url: str) -> dict[str, str]:
    """The environment of a measured product."""
    return {
        "DATABASE_URL": database_url,
        "TELEGRAM_TOKEN": "4242:benchmark",
        "TELEGRAM_API_URL": "{api}",
        "HTTP_PORT": "0",
        "SECRET_KEY": "benchmark-benchmark-benchmark-benchmark",
    }


def require() -> Path:
    """The load tool. Raises `Skipped` where it is not."""
    if not TOOL.exists():
        raise Skipped(os.path.relpath(TOOL, ROOT))
    return TOOL


def play(bench: Bench, bot: Bot, folder: Path, **options: float) -> Run:
    """Run one load to its end and return its numbers; the bot works in `folder`.

    `options` are the tool's, with underscores. Raises `Skipped`, and `Failed` when there are no numbers.
    """
    command = [sys.executable, str(require()), str(bot.script), "--label", bot.name]
    command += ["--bot-cmd", shlex.join(bot.command)]
    for name, setting in bot.environment.items():
        command += ["--env", f"{name}={setting}"]
    for option, value in options.items():
        command += [f"--{option.replace('_', '-')}", str(value)]
    if bench.own_core is not None:
        command += ["--harness-cores", str(bench.own_core), "--bot-cores", str(bench.bot_core)]
    log = folder / "load.log"
    with log.open("wb") as errors:
        done = subprocess.run(
            command, cwd=folder, env=bare_environment(), stdout=subprocess.PIPE, stderr=errors, check=False
        )
    try:
        numbers = json.loads(done.stdout)
    except ValueError:
        said = log.read_text(encoding="utf-8", errors="replace")[-_KEPT:]
        raise Failed(bot.name, said) from None
    return {"config": bot.name, **numbers, "options": options}


def bare_environment() -> dict[str, str]:
    """What a measured program inherits: no setting of the person who measures."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


def clean(run: Run, folder: Path) -> Run:
    """The same run. Raises `Failed` when anything was lost, doubled, out of order or refused."""
    faults = {name: run[name] for name in FAULTS if run[name]}
    if faults or run["errors"]:
        said = (folder / "load.log").read_text(encoding="utf-8", errors="replace")[-_KEPT:]
        raise Failed(run["config"], f"{faults} {run['errors']}\n{said}")
    return run


def cpu_ms(run: Run) -> float:
    """CPU milliseconds of the bot a turn."""
    return float(run["bot_cpu_s_per_1000_turns"])
