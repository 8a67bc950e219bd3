"""Names are taken as they are typed, where something says that they are names."""

import pytest

from knowledge.understanding.name import LONGEST, find_name, name_answer


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("меня зовут Анна", "Анна"),
        ("меня зовут анна хочу купить стул", "Анна"),
        ("меня зовут лю вэй", "Лю Вэй"),
        ("зовут Лю Вэй", "Лю Вэй"),
        ("Меня зовут Иван Иванович, нужен стул", "Иван Иванович"),
        ("ФИО: Ищенко Е.П.", "Ищенко Е.П."),
        ("это Сергей", "Сергей"),
        ("Я Мария из Казани", "Мария"),
        ("I'm John Smith", "John Smith"),
        ("This is María-José Ñuñez from Acme GmbH, Berlin", "María-José Ñuñez"),
        ("My name is Ludwig van Beethoven.", "Ludwig van Beethoven"),
        ("my name's bob", "Bob"),
        ("С уважением, Пётр Ильич", "Пётр Ильич"),
    ],
)
def test_an_announced_name(text: str, name: str) -> None:
    found = find_name(text)
    assert found is not None
    assert found.value == name
    assert text[found.start : found.end].lower().rstrip(".") == name.lower().rstrip(".")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("анна, 89031234567", "Анна"),
        ("Иван Петров, ООО «Вектор», +7 912 345 67 89", "Иван Петров"),
        ("John Smith, john@acme.com", "John Smith"),
        ("8 (999) 123 45 67 Пётр", "Пётр"),
        ("+44 20 7946 0958 John", "John"),
        ("ann@example.com Ann", "Ann"),
        ("89991234567 Иван Петров", "Иван Петров"),
        ("Здравствуйте! Ольга +7 912 345 67 89", "Ольга"),
    ],
)
def test_a_name_beside_a_contact(text: str, name: str) -> None:
    assert find_name(text) is None or find_name(text, contact_at=0) == find_name(text)
    found = find_name(text, contact_at=0)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize(
    "text",
    [
        "I'm Interested",
        "I'm looking for a chair",
        "как вас зовут?",
        "это Цена",
        "я Директор",
        "Call me tomorrow",
        "In regards to my card",
        "меня зовут",
        "имя",
        "",
    ],
)
def test_no_name(text: str) -> None:
    assert find_name(text) is None


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("  ян ", "ян"),
        ("меня зовут Анна", "Анна"),
        ("X Æ A-12", "X Æ A-12"),
        ("О'Генри.", "О'Генри"),
        ("12345", None),
        ("👍", None),
    ],
)
def test_an_answer_is_a_name_as_typed(answer: str, name: str | None) -> None:
    assert name_answer(answer) == name


def test_a_long_answer_is_cut_at_a_word() -> None:
    name = name_answer("Анна " * 100)
    assert name is not None
    assert len(name) <= LONGEST
    assert not name.endswith("Анн")
