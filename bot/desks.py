"""The desks of an installation: which there are, and how they are connected, heard and let go."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.api.deps import SlackEvents
from bot.settings import Settings
from flows.errors import Retry
from flows.events import Event
from flows.model import Json
from flows.ports.desk import Contents, Desk
from flows.ports.desk_reads import Reads
from flows.ports.turns import Clock, Receiver
from integrations.desk.telegram.api import BotCalls
from locales.operators import messages

SLACK, TELEGRAM = "slack", "telegram"


def desk_names(settings: Settings) -> tuple[str, ...]:
    """The desks that the settings name, whether or not this process is connected to them."""
    found = []
    if settings.slack_bot_token.get_secret_value():
        found.append(SLACK)
    if settings.telegram_desk_chat and settings.telegram_token.get_secret_value():
        found.append(TELEGRAM)
    return tuple(found)


class Aside(Protocol):
    """Takes what Telegram tells of chats that are no prospect's."""

    def __call__(self, update: Json, now: datetime) -> Sequence[Event] | None:
        """The events of a raw update; None for one that is none of its own."""
        ...


class Sharing(Protocol):
    """What is used of the Telegram channel: its bot's calls, and a first look at its updates."""

    @property
    def api(self) -> BotCalls:
        """The calls of the bot."""
        ...

    def share(self, aside: Aside) -> None:
        """Let somebody see each update first."""
        ...


@dataclass
class Desks:
    """The desks that this process is connected to.

    `intakes` hear staff, `slack_events` takes what Slack delivers by HTTP, `ready` raises while a desk is not heard,
    `ends` close what was opened.
    """

    by_name: dict[str, Desk] = field(default_factory=dict)
    intakes: dict[str, Callable[[Receiver, Reads], Awaitable[None]]] = field(default_factory=dict)
    ready: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    slack_events: SlackEvents | None = None
    ends: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def close(self) -> None:
        """End what was opened."""
        for end in self.ends:
            await end()


def connect(settings: Settings, contents: Contents, clock: Clock, telegram: Sharing | None) -> Desks:
    """All that the settings name. Raises `Misconfigured`."""
    desks = Desks()
    for name in desk_names(settings):
        if name == SLACK:
            _slack(desks, settings, contents, clock)
        elif telegram is not None:
            _telegram(desks, settings, contents, telegram)
    return desks


def _slack(desks: Desks, settings: Settings, contents: Contents, clock: Clock) -> None:
    from integrations.desk.slack import adapter

    slack = adapter.connect(settings.part(adapter.Settings, SLACK), clock, contents)

    async def ready() -> None:
        if not slack.ready:
            raise Retry(reason="Slack has not answered yet")

    desks.by_name[SLACK] = slack
    desks.intakes[SLACK] = slack.run
    desks.ready[SLACK] = ready
    desks.slack_events = None if settings.slack_app_token.get_secret_value() else slack.request
    desks.ends.append(slack.close)


def _telegram(desks: Desks, settings: Settings, contents: Contents, telegram: Sharing) -> None:
    from integrations.desk.telegram import adapter
    from integrations.desk.telegram.words import Words

    gettext = messages(settings.default_locale).gettext
    words = Words(
        again=gettext("Press once more to confirm"),
        reply=gettext("Reply to this message"),
        lines=gettext("Reply to this message, one line each"),
    )
    own = adapter.Settings(desk_chat=settings.telegram_desk_chat)
    desk = adapter.connect(own, telegram.api, contents, words)
    telegram.share(desk.events)

    async def listen(receive: Receiver, reads: Reads) -> None:
        """Updates come with those of the prospects; only questions are to be answered from here."""
        del receive
        desk.listen(reads)

    desks.by_name[TELEGRAM] = desk
    desks.intakes[TELEGRAM] = listen
    desks.ends.append(desk.close)
