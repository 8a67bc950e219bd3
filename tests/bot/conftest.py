"""A place to run commands in: a working directory of its own, an environment without our names."""

import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog

from bot.cli import main
from bot.settings import Settings

NAMES = frozenset(name.upper() for name in Settings.model_fields) | {"LC_ALL", "LC_MESSAGES", "LANG"}

Run = Callable[..., tuple[int, str, str]]
Type = Callable[[str], None]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory; the log is put back after the test."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def assistant(place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: its exit code, its output and its errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["assistant", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capfd.readouterr())

    return run


@pytest.fixture
def typed(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    """Give the next command its standard input."""
    with ExitStack() as open_files:

        def give(text: str) -> None:
            source = place / "input.txt"
            source.write_text(text, "utf-8")
            file = open_files.enter_context(source.open("rb"))
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file, "utf-8"))

        yield give
