"""The key that signs sessions, made and kept in the data directory on first use."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

NAME = "secret_key"


def kept_key(directory: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
    """The key in `directory/secret_key` (mode 0600), made when there is none. Raises `OSError`.

    Two processes that start together agree on one key: the file appears whole or not at all.
    """
    path = directory / NAME
    with suppress(FileNotFoundError):
        return path.read_text("ascii").strip()
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f".{NAME}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(make())
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()
