"""The operator's language, read from the environment before anything heavy is imported."""

import os
from collections.abc import Mapping
from pathlib import Path

from locales.operators import LANGUAGES, Messages, messages

_NEUTRAL = {"", "c", "posix"}


def operator_messages(environ: Mapping[str, str] | None = None) -> Messages:
    """The operator's texts: `LC_ALL`, `LC_MESSAGES`, `LANG`, else `DEFAULT_LOCALE` (also in `.env`), else Russian.

    A language of the machine that has no catalogue is answered in English; `C` and `POSIX` say nothing.
    """
    values = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        tag = values.get(name, "").split(".")[0].split("_")[0].lower()
        if tag not in _NEUTRAL:
            return messages(tag)
    return messages(values.get("DEFAULT_LOCALE") or _from_file() or "ru")


def _from_file() -> str:
    if not Path(".env").is_file():
        return ""
    from dotenv import dotenv_values

    value = dotenv_values(".env").get("DEFAULT_LOCALE") or ""
    return value if value in LANGUAGES else ""
