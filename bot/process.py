"""How a command begins: settings, logs, the event loop and the operator's language."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import uvloop

from bot.settings import Settings, load_settings
from bot.settings_language import operator_messages
from bot.telemetry import set_up_logging

T = TypeVar("T")


def begin(*, quiet: bool = True) -> Settings:
    """Read the settings and start the log; `quiet` leaves only warnings. Raises `InvalidSettings`."""
    settings = load_settings(operator_messages())
    set_up_logging(settings.log_format, settings.secrets(), level=logging.WARNING if quiet else logging.INFO)
    return settings


def in_loop(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in a loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())
