"""Sentences of rooms that know no language are found by their shape, with what they name left as it is."""

import re
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
    ],
)
def test_a_sentence_is_said_with_its_values(text: str, expected: str) -> None:
    assert sentence(text, RUSSIAN) == expected
    assert sentence(text, messages("en")) == text


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
