"""What the product says to its operators, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from locales.operators import messages

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "integrations", "knowledge", "locales")
CALLS = {"gettext", "ngettext", "N_"}


def marked() -> Iterator[str]:
    """Every text that the code marks, found by Python's own parser, which looks into f-strings too."""
    for path in sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(text)), *_]
                ):
                    if name in CALLS:
                        yield text


def test_no_text_is_hidden_from_the_catalogue() -> None:
    with (ROOT / "locales/operator/ru/LC_MESSAGES/assistant.po").open("rb") as source:
        known = {message.id if isinstance(message.id, str) else message.id[0] for message in read_po(source)}
    assert set(marked()) - known == set(), "a text inside an f-string is not extracted: give it a line of its own"


@pytest.mark.parametrize("tag", ["ru", "ru_RU.UTF-8", "ru-RU", "RU"])
def test_russian_is_found_under_every_spelling(tag: str) -> None:
    assert messages(tag).gettext("Not found") == "Не найдено"


@pytest.mark.parametrize("tag", ["en", "en_US.UTF-8", "de", "", "../ru"])
def test_everything_else_is_english(tag: str) -> None:
    assert messages(tag).gettext("Not found") == "Not found"


@pytest.mark.parametrize(("number", "text"), [(1, "1 изъян"), (3, "3 изъяна"), (11, "11 изъянов"), (21, "21 изъян")])
def test_numbers_take_their_form(number: int, text: str) -> None:
    assert messages("ru").ngettext("{number} defect", "{number} defects", number) == text


def test_values_are_filled_and_never_read_as_templates() -> None:
    assert messages("ru").gettext("“{value}” cannot be used", value="{x}") == "«{x}» не годится"


def test_no_text_is_no_text() -> None:
    assert messages("ru").gettext("") == ""
