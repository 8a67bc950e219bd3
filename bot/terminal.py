"""The terminal that `assistant chat` runs in: lines with editing and history, or a pipe."""

import atexit
import codecs
import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

_PIECE = 65_536


class Tty:
    """A person at a keyboard: the line can be edited, and the arrow keys bring earlier ones back."""

    def __init__(self, history: Path) -> None:
        import readline
        import termios

        history.parent.mkdir(parents=True, exist_ok=True)
        # What was typed may hold a phone: it is nobody else's to read.
        history.touch(mode=0o600)
        readline.read_history_file(history)
        readline.set_history_length(500)
        kept = termios.tcgetattr(sys.stdin.fileno())
        # Whoever leaves in the middle of a line gets the terminal back as it was.
        atexit.register(lambda: termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, kept))
        atexit.register(lambda: readline.write_history_file(history))

    def read_line(self, prompt: str) -> str | None:
        """The next line; None after Ctrl-D."""
        try:
            return input(prompt)
        except EOFError:
            return None

    def write(self, text: str) -> None:
        """Show text at once."""
        sys.stdout.write(text)
        sys.stdout.flush()


class Pipe:
    """Lines from a file or another program; read without Python's buffer, whose lock would outlive the loop."""

    def __init__(self, descriptor: int, write: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._write = write
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._ended = False

    def read_line(self, prompt: str) -> str | None:
        """The next line; None at the end. The prompt is for people."""
        del prompt
        while "\n" not in self._text and not self._ended:
            piece = os.read(self._descriptor, _PIECE)
            self._ended = not piece
            self._text += self._decoder.decode(piece, final=self._ended)
        line, newline, self._text = self._text.partition("\n")
        return line if line or newline else None

    def write(self, text: str) -> None:
        """Print text."""
        self._write(text)


def at_keyboard() -> bool:
    """Whether a person sits at this process's terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def attachable() -> bool:
    """Whether `run` offers a chat here: a person is there, and no web pages are built that offer a better one."""
    return at_keyboard() and not (files("bot.api") / "pages" / "index.html").is_file()


def screen(data: Path) -> tuple[Tty | Pipe, bool]:
    """The screen of this process, and whether a person sits at it."""
    if at_keyboard():
        return Tty(data / "chat_history"), True

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    return Pipe(sys.stdin.fileno(), write), False
