"""The house itself: rooms, packaging, locks, catalogues and the size of files are what the documents promise."""

import ast
import configparser
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "flows", "integrations", "knowledge", "prompts", "locales")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCES = sorted(path for room in (*ROOMS, "tests", "benchmarks") for path in (ROOT / room).rglob("*.py"))
CATALOGUES = sorted((ROOT / "locales/operator").glob("*/LC_MESSAGES/assistant.po"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_resolves_inside_the_repository(room: str) -> None:
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.origin == str(ROOT / room / "__init__.py")


def test_every_room_is_packaged_and_checked() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(ROOMS)
    assert contracts["importlinter"]["root_packages"].split() == list(ROOMS)
    assert set(ROOMS) <= set(PROJECT["tool"]["mypy"]["packages"])
    layers = contracts["importlinter:contract:layers"]["layers"]
    assert set(re.findall(r"\w+", layers)) == set(ROOMS)


def test_the_product_is_an_application() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="assistant")
    assert command.value == "bot.cli:main"


# One line of imports for each contract, in a copy of the rooms that holds nothing else; each must be caught by it.
OFFENCES = {
    "layers": {"flows/offence.py": "import knowledge"},
    "siblings": {"handlers/offence.py": "import integrations", "knowledge/offence.py": "import locales"},
    "integrations": {"integrations/offence.py": "import knowledge"},
    "vendors": {"handlers/offence.py": "import sqlalchemy"},
    "pure": {"flows/offence.py": "import time"},
    "aiogram": {"bot/offence.py": "import aiogram", "integrations/channels/console.py": "from aiogram import Bot"},
    "slack": {"bot/offence.py": "import slack_sdk", "integrations/desk/other.py": "import slack_bolt"},
    "httpx": {"bot/offence.py": "import httpx", "integrations/trackers/trello.py": "import httpx"},
    "adapters": {
        "integrations/channels/console.py": "import integrations.channels.telegram.adapter",
        "integrations/desk/other.py": "import integrations.desk.slack.adapter",
        "integrations/trackers/trello.py": "import integrations.trackers.shortcut",
    },
    "cycles": {"handlers/one.py": "import handlers.two", "handlers/two.py": "import handlers.one"},
}
CLEAN = {
    "integrations/channels/telegram/adapter.py": "import aiogram\nimport flows.model",
    "integrations/channels/other.py": "import flows.model",
    "integrations/desk/slack/adapter.py": "import slack_bolt\nimport slack_sdk\nimport integrations.desk.slack.calls",
    "integrations/desk/slack/calls.py": "import slack_sdk",
    "integrations/http.py": "import httpx",
    "integrations/trackers/_service.py": "import httpx",
    "integrations/trackers/shortcut.py": "import integrations.http\nimport integrations.trackers._service",
    "integrations/storage/sql.py": "import sqlalchemy",
    "handlers/message.py": "import flows.model\nimport knowledge",
    "flows/model.py": "import datetime",
    "bot/wiring.py": "import handlers.message\nimport integrations.channels.telegram.adapter",
}


def lint_imports(folder: Path, files: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    packages = {str(parent) for name in files for parent in Path(name).parents} - {"."}
    for package in packages | set(ROOMS):
        (folder / package).mkdir(parents=True, exist_ok=True)
        (folder / package / "__init__.py").touch()
    for name, text in files.items():
        (folder / name).write_text(text)
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-cache", "--config", str(ROOT / ".importlinter"), *options]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_the_contracts_allow_what_the_design_allows(tmp_path: Path) -> None:
    result = lint_imports(tmp_path, CLEAN)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("offence", OFFENCES)
def test_each_contract_catches_its_offence(tmp_path: Path, offence: str) -> None:
    contract = {"siblings": "layers"}.get(offence, offence)
    for number, (name, text) in enumerate(OFFENCES[offence].items()):
        files = {name: text} if offence != "cycles" else OFFENCES[offence]
        result = lint_imports(tmp_path / str(number), CLEAN | files, "--contract", contract)
        assert "1 broken" in result.stdout, (name, result.stdout + result.stderr)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_is_hashed_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "--index" not in text
    requirements = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in requirements)


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[\w+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def wanted(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {re.split(r"[\[<>=~!]", line)[0].lower() for line in lines if not line.startswith("-")}


def test_the_locks_agree_with_each_other_and_with_what_is_wanted() -> None:
    runtime, build, development = (pins(f"requirements{kind}.lock") for kind in ("", "-build", "-dev"))
    assert wanted("requirements.in") <= runtime.keys()
    assert wanted("requirements-build.in") <= build.keys()
    assert wanted("requirements-dev.in") <= development.keys()
    assert (runtime | build).items() <= development.items()
    # redis needs it on Python 3.11.2; a lock made for a later Python lacks it, and no install with hashes works there.
    assert "async-timeout" in runtime
    assert len((ROOT / "requirements-uv.lock").read_text().splitlines()) == 1


def test_the_installed_product_depends_on_what_is_wanted() -> None:
    installed = importlib.metadata.requires("sales-assistant") or []
    assert {re.split(r"[\[<>=~!]", line)[0].lower() for line in installed} == wanted("requirements.in")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_compiled_catalogue_equals_its_source(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parts[-3])
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make messages`"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_holds_every_message_of_the_code(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parts[-3])
    expected = Catalog()
    for room in ROOMS:
        for _file, _line, message, _comments, context in extract_from_dir(ROOT / room, [("**.py", "python")]):
            expected.add(message, context=context)
    assert {message.id for message in catalogue} == {message.id for message in expected}, "run `make messages`"
    if path.parts[-3] != "en":
        assert not [message.id for message in catalogue if message.id and not all(strings(message.string))]


def strings(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def test_a_catalogue_is_there_for_each_language_of_the_texts() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["en", "ru"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_its_functions_are(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300, "a noun may be missing: split it"
    if "migrations" in path.parts:
        return
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {f.name: size for f in functions if (size := (f.end_lineno or 0) - f.lineno + 1) > 40}
    assert not long


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name == "__init__.py"], ids=str)
def test_a_package_exports_nothing(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert len(body) == 1
    assert ast.get_docstring(ast.Module(body, type_ignores=[]))


def test_change_fragments_are_named_by_subject_and_kind() -> None:
    names = [path.name for path in (ROOT / "changes").iterdir() if path.name != "README.md"]
    assert [name for name in names if not re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", name)] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text()
    assert [path.name for path in folder.glob("0*.md") if f"({path.name})" not in index] == []
