"""Sentences of rooms that know no language are found by their shape, with what they name left as it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content import Sources
from bot.sentences import said, sentence
from bot.sentences_of_content import OF_CONTENT
from bot.sentences_of_work import OF_WORK
from flows.errors import BrokenContent, Defect, Misconfigured, Refused, StorageDown
from flows.loader import load_flows
from locales.operators import messages

RUSSIAN = messages("ru")
ROOT = Path(__file__).parents[2]


def wrong_settings() -> Iterator[str]:
    """What `Misconfigured` says where no catalogue is at hand, with a word such as a database may be for its values."""
    for room in ("flows", "handlers", "integrations", "knowledge"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Misconfigured":
                    named = [word.value for word in node.keywords if word.arg in {"reason", "remedy"}]
                    yield from filter(None, map(literal, (*node.args[1:], *named)))


def literal(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(literal(part) or "empty" for part in parts)
        case _:
            return ""


@pytest.mark.parametrize("text", [*OF_CONTENT, *OF_WORK])
def test_every_sentence_has_a_translation_with_the_same_values(text: str) -> None:
    translated = RUSSIAN.gettext(text)
    assert translated != text
    assert sorted(re.findall(r"{.*?}", translated)) == sorted(re.findall(r"{.*?}", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the slot team is never used", "слот team нигде не используется"),
        ("steps: Field required", "steps: этого поля нет"),
        ("there is no step x in this flow", "в этом сценарии нет шага x"),
        ("there is no flow x", "нет сценария x"),
        ("words that nobody knows", "words that nobody knows"),
        ("the file has more than 20 MB (too_large)", "файл больше 20 МБ"),
        ("words that nobody knows (gone)", "words that nobody knows (gone)"),
        ("Slack asks to slow down; try again after 30 s", "Slack просит слать реже; повторите через 30 с"),
        ("a file could not be had: the file is empty", "файл не удалось получить: файл пуст"),
        ("there is no state “New leads”", "нет состояния «New leads»"),
        ("Input should be 'now', 'digest' or 'never'", "нужно одно из: 'now', 'digest' или 'never'"),
    ],
)
def test_a_sentence_is_said_with_its_values(text: str, expected: str) -> None:
    assert sentence(text, RUSSIAN) == expected
    assert sentence(text, messages("en")) == text


@pytest.mark.parametrize("text", sorted(set(wrong_settings())))
def test_what_is_said_of_a_setting_can_be_translated(text: str) -> None:
    assert sentence(text, RUSSIAN) != text


def test_errors_are_said_with_their_remedies() -> None:
    _, defects = load_flows({"flows/catalog/a.yaml": "flow: a"})
    for error in (
        BrokenContent(defects),
        Misconfigured("DATABASE_URL", "the database is not empty: it has leads", "Restore into an empty database"),
        Refused("a.db exists; name a new file, or remove it", "exists"),
        StorageDown("the disk is full; make room on it"),
    ):
        assert re.search("[а-я]{4}", said(error, RUSSIAN))
        assert said(error, messages("en")) == str(error)


def test_defects_name_the_companys_own_folders() -> None:
    own = Path("data/content/flows")
    defect = Defect("flows/catalog/contact.yaml", 16, "contact", "x", "Add a to flows/catalog/b.yaml")
    (placed,) = Sources({}, {}, {}, {}, {"flows/catalog": own}).placed([defect])
    assert (placed.file, placed.remedy) == ("data/content/flows/contact.yaml", "Add a to data/content/flows/b.yaml")
