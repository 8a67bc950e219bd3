"""What can be wrong in the settings, said all at once, each with its remedy."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.errors import Misconfigured
from locales.operators import N_, Messages

Values = Mapping[str, str]


@dataclass
class InvalidSettings(Misconfigured):
    """Several settings are wrong; `faults` are all of them."""

    faults: tuple[Misconfigured, ...] = ()

    def __str__(self) -> str:
        """Every fault on its own line."""
        return "\n".join(str(fault) for fault in self.faults)


_REMEDIES = {
    "DATABASE_URL": N_("Write sqlite+aiosqlite:///data/assistant.db or postgresql+asyncpg://user:password@host/name"),
    "REDIS_URL": N_("Write redis://host:6379/0, or leave it empty"),
    "DEFAULT_LOCALE": N_("Write ru or en"),
    "TIMEZONE": N_("Write a name such as Europe/Moscow"),
    "CURRENCY": N_("Write three capital letters such as RUB"),
    "HTTP_PORT": N_("Write a number from 0 to 65535"),
    "LOG_FORMAT": N_("Write pretty or json, or leave it empty"),
    "TELEGRAM_TOKEN": N_("Copy the whole token that BotFather gave, such as 123456:ABC-DEF"),
    "TELEGRAM_MODE": N_("Write polling or webhook"),
    "TELEGRAM_WEBHOOK_SECRET": N_("Use 1 to 256 letters, digits, _ and -, or leave it empty"),
    "TELEGRAM_PROXY": N_("Write socks5://host:port or http://host:port, or leave it empty"),
    "TELEGRAM_DESK_CHAT": N_("Write the number of the group, such as -1001234567890"),
    "ANSWER_TIMEOUT": N_("Write a number of seconds from 1 to 600"),
    "TRACKERS": N_("Write a comma list of trello, clickup, shortcut"),
}
_URL_REMEDY = N_("Write an address that begins with http:// or https://")
_SECRETS = ("TOKEN", "SECRET", "KEY", "DATABASE_URL", "REDIS_URL", "PROXY")


def value_faults(values: Values, messages: Messages) -> tuple[Misconfigured, ...]:
    """One fault for each name whose value cannot be used; secrets are not shown."""
    return tuple(_value_fault(name, value, messages) for name, value in values.items())


def _value_fault(name: str, value: str, messages: Messages) -> Misconfigured:
    if any(mark in name for mark in _SECRETS):
        reason = messages.gettext("this value cannot be used")
    else:
        reason = messages.gettext("“{value}” cannot be used", value=value)
    return Misconfigured(name, reason, messages.gettext(_REMEDIES.get(name, _URL_REMEDY)))


@dataclass(frozen=True, slots=True)
class _Needs:
    """When `when` holds, each of `names` must be set."""

    when: Callable[[Values], bool]
    names: Sequence[str]
    reason: str
    remedy: str


_TOGETHER = (
    _Needs(
        lambda values: values["DATABASE_URL"].startswith("postgresql"),
        ("SECRET_KEY",),
        N_("several machines share one database, so the key cannot be kept in a local file"),
        N_("Set it to a long random text, the same for every process"),
    ),
    _Needs(
        lambda values: values["TELEGRAM_MODE"] == "webhook" and bool(values["TELEGRAM_TOKEN"]),
        ("PUBLIC_URL",),
        N_("Telegram has to know where the webhook is"),
        N_("Set it to the public address of this server, or set TELEGRAM_MODE=polling"),
    ),
    _Needs(
        lambda values: bool(values["SLACK_BOT_TOKEN"]),
        ("SLACK_CHANNEL",),
        N_("the console needs a channel"),
        N_("Set it to the id of the channel, or leave SLACK_BOT_TOKEN empty"),
    ),
    _Needs(
        lambda values: bool(values["SLACK_BOT_TOKEN"]) and not values["SLACK_APP_TOKEN"],
        ("SLACK_SIGNING_SECRET",),
        N_("without Socket Mode Slack's requests must be checked"),
        N_("Set it, or set SLACK_APP_TOKEN for Socket Mode"),
    ),
    _Needs(
        lambda values: bool(values["ANYTHINGLLM_URL"]),
        ("ANYTHINGLLM_API_KEY", "ANYTHINGLLM_WORKSPACE"),
        N_("ANYTHINGLLM_URL is of no use without it"),
        N_("Set it, or leave ANYTHINGLLM_URL empty"),
    ),
    _Needs(
        lambda values: "trello" in values["TRACKERS"],
        ("TRELLO_KEY", "TRELLO_TOKEN", "TRELLO_LIST"),
        N_("TRACKERS names trello"),
        N_("Set it, or take trello out of TRACKERS"),
    ),
    _Needs(
        lambda values: "clickup" in values["TRACKERS"],
        ("CLICKUP_TOKEN", "CLICKUP_LIST"),
        N_("TRACKERS names clickup"),
        N_("Set it, or take clickup out of TRACKERS"),
    ),
    _Needs(
        lambda values: "shortcut" in values["TRACKERS"],
        ("SHORTCUT_TOKEN",),
        N_("TRACKERS names shortcut"),
        N_("Set it, or take shortcut out of TRACKERS"),
    ),
)


def combination_faults(values: Values, messages: Messages) -> Iterator[Misconfigured]:
    """What is missing beside what is set; `values` are all settings as text, by their name in the environment."""
    for needs in _TOGETHER:
        if needs.when(values):
            for name in needs.names:
                if not values[name]:
                    reason = messages.gettext("it is empty, but {why}", why=messages.gettext(needs.reason))
                    yield Misconfigured(name, reason, messages.gettext(needs.remedy))
