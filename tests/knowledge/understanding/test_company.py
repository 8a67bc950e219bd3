"""Companies are taken as they are typed, with their legal form."""

import pytest

from knowledge.understanding.company import find_company


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Мы из ООО «Вектор-Плюс», Екатеринбург", "ООО «Вектор-Плюс»"),
        ('Выставьте счёт на ООО "Ромашка", сегодня оплатим', 'ООО "Ромашка"'),
        ("ооо ромашка", "ооо ромашка"),
        ("ИП Иванов А.А.", "ИП Иванов А.А."),
        ("компания «Вектор»", "Вектор"),
        ("This is María from Acme GmbH, Berlin", "Acme GmbH"),
        ("We are Smith & Sons Ltd", "Smith & Sons Ltd"),
        ("Acme, Inc.", "Acme, Inc."),
        ("I work at Google", "Google"),
        ("from Acme", "Acme"),
    ],
)
def test_a_company(text: str, company: str) -> None:
    found = find_company(text)
    assert found is not None
    assert found.value == company
    assert text[found.start : found.end] == company


@pytest.mark.parametrize(
    "text",
    ["We are from Berlin", "мы из Самары", "I'm exchanging from AUD to GBP", "я ИП, работаю один", "from Monday", ""],
)
def test_no_company(text: str) -> None:
    assert find_company(text) is None
