"""The environment and `.env`: defaults, faults told all at once, secrets that are not shown."""

import re
import stat
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from bot.secret_key import kept_key
from bot.settings import Settings, load_settings
from bot.settings_faults import InvalidSettings
from bot.settings_language import operator_messages
from locales.operators import messages

NAMES = re.findall(
    r"\w+",
    """
    DATABASE_URL REDIS_URL CONTENT_DIR DEFAULT_LOCALE TIMEZONE CURRENCY HTTP_HOST HTTP_PORT PUBLIC_URL SECRET_KEY
    ADMIN_TOKEN TELEGRAM_TOKEN TELEGRAM_API_URL TELEGRAM_MODE TELEGRAM_WEBHOOK_SECRET TELEGRAM_PROXY TELEGRAM_DESK_CHAT
    SLACK_BOT_TOKEN SLACK_CHANNEL SLACK_APP_TOKEN SLACK_SIGNING_SECRET SLACK_API_URL ANYTHINGLLM_URL ANYTHINGLLM_API_KEY
    ANYTHINGLLM_WORKSPACE ANSWER_TIMEOUT TRACKERS TRELLO_KEY TRELLO_TOKEN TRELLO_SECRET TRELLO_LIST TRELLO_API_URL
    CLICKUP_TOKEN CLICKUP_WEBHOOK_SECRET CLICKUP_KEY_FIELD CLICKUP_LIST CLICKUP_API_URL SHORTCUT_TOKEN
    SHORTCUT_WEBHOOK_SECRET SHORTCUT_WORKFLOW_STATE SHORTCUT_API_URL LOG_FORMAT
    """,
)


@pytest.fixture(autouse=True)
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, and an environment without our names."""
    monkeypatch.chdir(tmp_path)
    for name in (*NAMES, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def faults(texts: str = "en") -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        load_settings(messages(texts))
    return {fault.setting: str(fault) for fault in caught.value.faults}


def test_every_promised_name_is_read_and_none_besides() -> None:
    assert set(load_settings().plain()) == set(NAMES)


def test_without_configuration_the_defaults_hold() -> None:
    plain = load_settings().plain()
    assert plain["DATABASE_URL"] == "sqlite+aiosqlite:///data/assistant.db"
    assert (plain["DEFAULT_LOCALE"], plain["TIMEZONE"], plain["CURRENCY"]) == ("ru", "Europe/Moscow", "RUB")
    assert (plain["HTTP_HOST"], plain["HTTP_PORT"], plain["CONTENT_DIR"]) == ("127.0.0.1", "8080", "data/content")
    assert (plain["TELEGRAM_MODE"], plain["ANSWER_TIMEOUT"], plain["TRACKERS"]) == ("polling", "20.0", "")


def test_the_environment_is_stronger_than_the_file(empty_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_place / ".env").write_text("HTTP_PORT=9000\nCURRENCY=EUR\nUNKNOWN=1\n")
    monkeypatch.setenv("HTTP_PORT", "9001")
    settings = load_settings()
    assert (settings.http_port, settings.currency) == (9001, "EUR")


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert load_settings().plain() == Settings.model_construct().plain()


def test_all_faults_are_told_at_once_each_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "HTTP_PORT": "http",
        "TIMEZONE": "Mars/Olympus",
        "CURRENCY": "rubles",
        "DATABASE_URL": "mysql://x",
        "TELEGRAM_TOKEN": "not-a-token",
        "TELEGRAM_PROXY": "ftp://x",
        "PUBLIC_URL": "example.com",
        "DEFAULT_LOCALE": "de",
        "TRACKERS": "trello,jira",
        "ANSWER_TIMEOUT": "0",
        "TELEGRAM_WEBHOOK_SECRET": "with blanks",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    found = faults()
    assert set(found) == set(wrong)
    assert all(". " in text for text in found.values())
    assert "not-a-token" not in str(found)
    assert "with blanks" not in str(found)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"DATABASE_URL": "postgresql+asyncpg://u:p@h/n"}, {"SECRET_KEY"}),
        ({"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook"}, {"PUBLIC_URL"}),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, {"SLACK_CHANNEL", "SLACK_SIGNING_SECRET"}),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_CHANNEL": "C1", "SLACK_APP_TOKEN": "xapp-1"}, set()),
        ({"ANYTHINGLLM_URL": "http://a"}, {"ANYTHINGLLM_API_KEY", "ANYTHINGLLM_WORKSPACE"}),
        ({"TRACKERS": "trello"}, {"TRELLO_KEY", "TRELLO_TOKEN", "TRELLO_LIST"}),
        ({"TRACKERS": "clickup, shortcut"}, {"CLICKUP_TOKEN", "CLICKUP_LIST", "SHORTCUT_TOKEN"}),
    ],
)
def test_what_is_missing_beside_what_is_set(
    given: dict[str, str], missing: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    if missing:
        assert set(faults()) == missing
    else:
        load_settings()


def test_a_fault_of_a_value_does_not_hide_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "x")
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://u:p@h/n")
    assert set(faults()) == {"HTTP_PORT", "SECRET_KEY"}


def test_faults_speak_russian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "x")
    assert "Напишите" in faults("ru")["HTTP_PORT"]


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {name: f"4242:{name.lower()}-value" for name in NAMES if name.endswith(("TOKEN", "KEY", "SECRET"))}
    secrets["TELEGRAM_WEBHOOK_SECRET"] = "webhook-value"
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLACK_CHANNEL", "C1")
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://user:hunter22@host/name")
    monkeypatch.setenv("TELEGRAM_PROXY", "socks5://me:swordfish@host:1080")
    settings = load_settings()
    shown = f"{settings!r} {settings.masked()}"
    for value in (*secrets.values(), "hunter22", "swordfish"):
        assert value not in shown
        assert value in settings.secrets()
    assert settings.masked()["DATABASE_URL"] == "postgresql+asyncpg://user:••••@host/name"


def test_the_signing_key_is_made_once_and_only_ours_to_read(empty_place: Path) -> None:
    key = load_settings().signing_key
    assert len(key) >= 32
    assert load_settings().signing_key == key
    assert stat.S_IMODE((empty_place / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (empty_place / "data").iterdir()] == ["secret_key"]


def test_reading_settings_makes_no_file(empty_place: Path) -> None:
    load_settings()
    assert list(empty_place.iterdir()) == []


def test_a_key_that_another_process_made_first_is_taken(tmp_path: Path) -> None:
    def make() -> str:
        (tmp_path / "secret_key").write_text("theirs")
        return "ours"

    assert kept_key(tmp_path, make) == "theirs"


def test_the_webhook_secret_is_derived_and_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "one")
    first = load_settings().webhook_secret
    assert first == load_settings().webhook_secret
    assert first.isalnum()
    assert "one" not in first
    monkeypatch.setenv("SECRET_KEY", "two")
    assert load_settings().webhook_secret != first
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "mine")
    assert load_settings().webhook_secret == "mine"


def test_an_adapter_gets_its_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    class Own(BaseModel):
        token: SecretStr
        api_url: str
        public_url: str
        webhook_secret: SecretStr
        colour: str = "red"

    monkeypatch.setenv("TELEGRAM_TOKEN", "1:abc")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:1/")
    monkeypatch.setenv("PUBLIC_URL", "https://a.example")
    own = load_settings().part(Own, "telegram", webhook_secret="derived")
    assert own.token.get_secret_value() == "1:abc"
    assert (own.api_url, own.public_url, own.colour) == ("http://127.0.0.1:1", "https://a.example", "red")
    assert own.webhook_secret.get_secret_value() == "derived"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "en_US.UTF-8", "DEFAULT_LOCALE": "ru"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "DEFAULT_LOCALE": "en"}, "en"),
        ({"LC_ALL": "POSIX"}, "ru"),
        ({}, "ru"),
    ],
)
def test_the_operators_language(environ: dict[str, str], language: str) -> None:
    assert operator_messages(environ).language == language


def test_the_operators_language_may_stand_in_the_file(empty_place: Path) -> None:
    (empty_place / ".env").write_text("DEFAULT_LOCALE=en\n")
    assert operator_messages({}).language == "en"
