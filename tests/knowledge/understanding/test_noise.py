"""What says nothing is told from words, and no word of any language is taken for it."""

import pytest

from knowledge.understanding.noise import is_noise


@pytest.mark.parametrize(
    "text",
    [
        "ываывпаывп",
        "asdfgh",
        "asdasdasd",
        "qwerty",
        "йцукен",
        "аааааа",
        "ахахаха",
        "dfghjkk",
        ":)",
        ")))",
        ":-D",
        "👍🏽",
        "ok",
        "Да!",
        "ага",
        "ну ок 👍",
        "12345",
        "...",
        "",
    ],
)
def test_noise(text: str) -> None:
    assert is_noise(text)


@pytest.mark.parametrize(
    "text",
    [
        "кофемашина",
        "правда",
        "аврора",
        "прапор",
        "доллар",
        "продавал",
        "property",
        "terrier",
        "alfalfa",
        "salads",
        "repertoire",
        "rhythm",
        "https",
        "čtvrt",
        "scvrkl",
        "crwth",
        "прст",
        "ООО",
        "МФЦ",
        "WMF",
        "Jura X8",
        "X8",
        "5 кг",
        "банан",
        "коко",
        "咖啡机",
        "好好好好",
        "قهوة",
        "да, нужна машина",
        "ok, two grinders",
        "ываывпаывп jura",
        "ann@example.com",
    ],
)
def test_words_are_no_noise(text: str) -> None:
    assert not is_noise(text)
