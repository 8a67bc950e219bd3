"""What the product says to its operators, in both languages."""

import pytest

from locales.operators import messages


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
