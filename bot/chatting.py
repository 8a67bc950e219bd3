"""The console of this process: which terminal it is, and who sits there."""

import secrets

from bot.settings import DATA, Settings
from bot.terminal import screen
from integrations.channels import console
from integrations.clock import utc_now


def console_for(settings: Settings, *, user: str, locale: str) -> console.Console:
    """The terminal as a channel; an empty `user` is a new person each time, an empty `locale` the default one."""
    session = secrets.token_hex(6)
    device, interactive = screen(DATA)
    return console.connect(
        console.Settings(
            # The bot of a terminal is the terminal itself: each has its own rows of the outbox.
            bot=user or session,
            user=user or session,
            locale=locale or settings.default_locale,
            colours=interactive,
            interactive=interactive,
        ),
        screen=device,
        clock=utc_now,
        session=session,
    )
