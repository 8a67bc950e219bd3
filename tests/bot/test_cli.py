"""The command line: quick help, clear errors, the promised exit codes and languages."""

import subprocess
import sys

import pytest

from bot.cli import build, translate
from locales.operators import messages
from tests.bot.conftest import Run

COMMANDS = {
    "run", "chat", "check", "graph", "knowledge", "understand", "why", "stats", "export", "deliveries", "backup",
    "restore", "doctor", "migrate", "staff",
}  # fmt: skip
HEAVY = {
    "aiogram", "aiohttp", "alembic", "apscheduler", "asyncpg", "fastapi", "httpx", "jinja2", "phonenumbers",
    "prometheus_client", "pydantic", "rich", "sqlalchemy", "structlog", "uvicorn", "xlsxwriter", "yaml",
}  # fmt: skip


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['assistant', '--help']\n"
        "from bot.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())
    assert set(done.stdout.split()) >= COMMANDS


def test_every_command_has_help(assistant: Run) -> None:
    for command in sorted(COMMANDS):
        code, out, _ = assistant(command, "--help")
        assert (code, command in out) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["stats", "--days", "0"],
        ["stats", "--days", "x"],
        ["export", "--format", "pdf"],
        ["export", "--since", "yesterday"],
        ["chat", "--locale", "de"],
        ["why"],
        ["staff", "add", "nobody"],
        ["staff", "add", "a@b.example", "--role", "king"],
        ["understand"],
        ["knowledge", "search"],
        ["deliveries", "retry"],
        ["run", "--fast"],
    ],
)
def test_wrong_use_exits_2(assistant: Run, arguments: list[str]) -> None:
    code, _, errors = assistant(*arguments)
    assert code == 2
    assert "Traceback" not in errors


def test_wrong_settings_are_told_line_by_line(assistant: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "x")
    monkeypatch.setenv("TELEGRAM_TOKEN", "secret-not-a-token")
    code, out, errors = assistant("stats")
    assert (code, out) == (1, "")
    assert [line.split(":")[0] for line in errors.splitlines()] == ["HTTP_PORT", "TELEGRAM_TOKEN"]
    assert "secret-not" not in errors


def test_a_bug_is_told_without_contacts(assistant: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("+79161234567")

    monkeypatch.setattr("bot.settings.Settings.__init__", lambda self: broken())
    code, _, errors = assistant("stats")
    assert code == 1
    assert "ZeroDivisionError" in errors
    assert "7916" not in errors.replace("“+79161234567”", "")


def test_help_speaks_the_operators_language(assistant: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    _, russian, _ = assistant("export", "--help")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    _, english, _ = assistant("export", "--help")
    assert "Write the leads to a file" in english
    assert "Write the leads to a file" not in russian
    assert "csv" in russian


def test_every_help_text_has_a_translation() -> None:
    import typer

    def texts(command: object) -> list[str]:
        found: list[str] = []
        if isinstance(command, typer.core.TyperGroup):
            for inner in command.commands.values():
                found += texts(inner)
        if isinstance(command, typer.core.TyperGroup | typer.core.TyperCommand):
            found.append(command.help or "")
            found += [getattr(parameter, "help", None) or "" for parameter in command.params]
        return [text for text in found if text]

    english = typer.main.get_command(build())
    russian = typer.main.get_command(build())
    translate(russian, messages("ru"))
    pairs = zip(texts(english), texts(russian), strict=True)
    assert [one for one, other in pairs if one == other] == []
