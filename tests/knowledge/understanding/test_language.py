"""The language of a message, once there are letters enough to trust it."""

import pytest

from knowledge.understanding.language import guess_language, script_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Нужна кофемашина в офис", "ru"),
        ("Нужен iPhone 15 Pro Max", "ru"),
        ("I need a coffee machine", "en"),
        ("Delivery to Reykjavík possible?", "en"),
        ("Ich brauche eine Kaffeemaschine", "other"),
        ("Quiero comprar una cafetera", "other"),
        ("Потрібна кавова машина для офісу", "other"),
        ("你好我想买一台咖啡机吗谢谢你们好", "other"),
        ("привет", None),
        ("ok thanks", None),
        ("89123456789 !!!", None),
        ("", None),
    ],
)
def test_the_language(text: str, language: str | None) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(("text", "language"), [("да", "ru"), ("ok", "en"), ("ok, да", "ru"), ("123 👍", None)])
def test_the_script(text: str, language: str | None) -> None:
    assert script_language(text) == language
