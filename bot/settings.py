"""The settings of one installation: the only reader of the environment and of `.env` in the working directory."""

import hashlib
import hmac
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.secret_key import kept_key
from bot.settings_faults import InvalidSettings, combination_faults, value_faults
from flows.errors import Misconfigured
from integrations.discovery import names
from locales.operators import Messages, messages

M = TypeVar("M", bound=BaseModel)

DATA = Path("data")
"""Where an installation keeps its files, under the working directory."""


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError) as error:
        raise ValueError from error


def _no_slash(url: str) -> str:
    return url.rstrip("/")


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _secret(pattern: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError
        return secret

    return AfterValidator(check)


Url = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s/]+\S*)?$"), AfterValidator(_no_slash)]


def _known_tracker(name: str) -> str:
    if name not in names("trackers"):
        raise ValueError
    return name


Tracker = Annotated[str, AfterValidator(_known_tracker)]
EMPTY = SecretStr("")


class Settings(BaseSettings):
    """Every name of the environment, in lower case, with its default; an empty value is no value."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[str, StringConstraints(pattern=r"^(sqlite\+aiosqlite|postgresql\+asyncpg)://")] = Field(
        "sqlite+aiosqlite:///data/assistant.db", repr=False
    )
    redis_url: Annotated[str, StringConstraints(pattern=r"^((rediss?|unix)://\S+)?$")] = Field("", repr=False)
    content_dir: Path = DATA / "content"
    default_locale: Literal["ru", "en"] = "ru"
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Moscow"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "RUB"
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: Url = ""
    secret_key: SecretStr = EMPTY
    admin_token: SecretStr = EMPTY
    log_format: Literal["", "pretty", "json"] = ""

    telegram_token: Annotated[SecretStr, _secret(r"(\d+:\S+)?")] = EMPTY
    telegram_api_url: Url = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: Annotated[SecretStr, _secret(r"[\w-]{0,256}")] = EMPTY
    telegram_proxy: Annotated[str, StringConstraints(pattern=r"^((socks5|https?)://\S+)?$")] = Field("", repr=False)
    telegram_desk_chat: Annotated[str, StringConstraints(pattern=r"^(-?\d+)?$")] = ""

    slack_bot_token: SecretStr = EMPTY
    slack_channel: str = ""
    slack_app_token: SecretStr = EMPTY
    slack_signing_secret: SecretStr = EMPTY
    slack_api_url: Url = "https://slack.com/api"

    anythingllm_url: Url = ""
    anythingllm_api_key: SecretStr = EMPTY
    anythingllm_workspace: str = ""
    answer_timeout: Annotated[float, Field(gt=0, le=600)] = 20.0

    trackers: Annotated[tuple[Tracker, ...], NoDecode, BeforeValidator(_listed)] = ()
    trello_key: SecretStr = EMPTY
    trello_token: SecretStr = EMPTY
    trello_secret: SecretStr = EMPTY
    trello_list: str = ""
    trello_api_url: Url = "https://api.trello.com/1"
    clickup_token: SecretStr = EMPTY
    clickup_webhook_secret: SecretStr = EMPTY
    clickup_key_field: str = ""
    clickup_list: str = ""
    clickup_api_url: Url = "https://api.clickup.com/api/v2"
    shortcut_token: SecretStr = EMPTY
    shortcut_webhook_secret: SecretStr = EMPTY
    shortcut_workflow_state: str = ""
    shortcut_api_url: Url = "https://api.app.shortcut.com/api/v3"

    @cached_property
    def signing_key(self) -> str:
        """`SECRET_KEY`, else the one kept in `data/secret_key`. Raises `Misconfigured` when it cannot be kept."""
        if set_key := self.secret_key.get_secret_value():
            return set_key
        try:
            return kept_key(DATA)
        except OSError as error:
            reason = f"{DATA} cannot be written: {error.strerror}"
            raise Misconfigured("SECRET_KEY", reason, f"Make {DATA} writable, or set SECRET_KEY") from error

    @cached_property
    def webhook_secret(self) -> str:
        """`TELEGRAM_WEBHOOK_SECRET`, else one derived from the signing key."""
        if secret := self.telegram_webhook_secret.get_secret_value():
            return secret
        return self.derived("telegram webhook")

    def derived(self, purpose: str) -> str:
        """A secret made from the signing key, for one purpose; in hexadecimal digits."""
        return hmac.new(self.signing_key.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def lead_page(self, lead: str) -> str:
        """The address of a lead's own page; empty where the product has none."""
        return f"{self.public_url}/dashboard/leads/{lead}" if self.public_url else ""

    def part(self, model: type[M], prefix: str, **given: object) -> M:
        """An adapter's own settings: each field `x` from `given`, else from `prefix_x`, else from `x`."""
        known = type(self).model_fields
        values = dict(given)
        for field in model.model_fields.keys() - given.keys():
            if name := next((name for name in (f"{prefix}_{field}", field) if name in known), None):
                values[field] = getattr(self, name)
            elif (own := self._others.get(f"{prefix}_{field}".upper())) is not None:
                values[field] = own
        return model.model_validate(values)

    @cached_property
    def _others(self) -> dict[str, str]:
        """What an adapter that this file does not know may ask for: a new one is a file and nothing else."""
        return {name.upper(): value for name, value in {**dotenv_values(".env"), **os.environ}.items() if value}

    def plain(self) -> dict[str, str]:
        """Every value as text by its name in the environment, secrets open: never print it."""
        return {name.upper(): _text(getattr(self, name)) for name in type(self).model_fields}

    def masked(self) -> dict[str, str]:
        """The same with secrets and passwords hidden, for people to read."""
        return {name: _masked(value, hide=self._is_secret(name)) for name, value in self.plain().items()}

    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, longest first, to be taken out of whatever is written."""
        plain = self.plain()
        found = {value for name, value in plain.items() if value and self._is_secret(name)}
        found |= {password for value in plain.values() if (password := _password(value))}
        beginnings = tuple(f"{tracker.upper()}_" for tracker in self.trackers)
        found |= {
            value
            for name, value in self._others.items()
            if beginnings and name.startswith(beginnings) and name.endswith(("_SECRET", "_TOKEN", "_KEY"))
        }
        return tuple(sorted(found, key=len, reverse=True))

    def _is_secret(self, name: str) -> bool:
        return isinstance(getattr(self, name.lower()), SecretStr)


def load_settings(texts: Messages | None = None) -> Settings:
    """Read the environment and `.env`. Raises `InvalidSettings` with every fault, worded by `texts`."""
    texts = texts or messages("en")
    faults: tuple[Misconfigured, ...] = ()
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): str(fault.get("input", "")) for fault in error.errors()}
        faults = value_faults({name.upper(): value for name, value in wrong.items()}, texts)
        # The rest is read beside the defaults of what is wrong, so that everything is said at once.
        settings = Settings(**{name: Settings.model_fields[name].default for name in wrong})
    faults += tuple(combination_faults(settings.plain(), texts))
    if faults:
        raise InvalidSettings(", ".join(fault.setting for fault in faults), "", "", faults)
    return settings


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _password(value: str) -> str:
    try:
        return urlsplit(value).password or ""
    except ValueError:
        return ""


def _masked(value: str, *, hide: bool) -> str:
    if hide and value:
        return "••••"
    return value.replace(f":{password}@", ":••••@") if (password := _password(value)) else value
