"""The texts that ship: both languages say the same things, short, whole and in words that fit a message."""

import re
from importlib.resources import files

import pytest

from flows.model import Json
from locales.catalog import Catalog, load_catalog

LANGUAGES = ("ru", "en")
SAMPLE: dict[str, Json] = {
    "name": "Jura X8",
    "price": {"minor": 22990000, "currency": "RUB"},
    "unit": "",
    "tax": "VAT included",
    "valid_until": "2027-12-31",
    "rows": [
        {"name": "Jura X8", "price": {"minor": 22990000, "currency": "RUB"}, "unit": "", "starting": False},
        {"name": "*Grinders*", "price": {"minor": 4290000, "currency": "RUB"}, "unit": "per pack", "starting": True},
    ],
    "more": 3,
    "low": 5,
    "high": 15,
    "day": "tomorrow",
    "date": "2026-11-23",
    "time": "9:00",
    "zone": "Moscow time",
    "text": "We deliver **everywhere**.",
    "about": "Twelve drinks.",
    "whom": "For an office.",
    "services": "Trello, ClickUp",
    "slot": "budget",
    "value": {"min": None, "max": 80000, "currency": "RUB"},
    "slots": {
        "need": "a machine",
        "quantity": {"min": 6, "max": 20},
        "budget": {"min": 0, "max": 50000, "currency": "RUB"},
        "deadline": {"from": "2026-11-22", "to": "2026-12-22"},
    },
    "contact": ["Anna", "+79000000000"],
    "consents": {"processing": True, "transfer": False},
}
LABELLED = re.compile(r"\.(choices|options|examples|languages|slots)\.?")


def shipped() -> Catalog:
    root = files("locales")
    texts = {
        tag: {
            f"locales/{tag}/{file.name}": file.read_text("utf-8")
            for file in root.joinpath(tag).iterdir()
            if file.name.endswith(".yaml")
        }
        for tag in LANGUAGES
    }
    catalog, defects = load_catalog(texts, "ru")
    assert defects == ()
    return catalog


CATALOG = shipped()
KEYS = sorted(CATALOG.keys("ru"))


def said(tag: str, key: str) -> list[str]:
    return [CATALOG.text(tag, key, SAMPLE, seed) for seed in range(max(1, len(CATALOG.items(tag, key))))]


def test_both_languages_have_the_same_keys() -> None:
    assert CATALOG.keys("ru") == CATALOG.keys("en")


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_use_the_same_values_and_as_many_rephrasings(key: str) -> None:
    assert CATALOG.placeholders("ru", key) == CATALOG.placeholders("en", key)
    if key.endswith((".retry", ".examples")):
        assert len(CATALOG.items("ru", key)) == len(CATALOG.items("en", key))


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_can_be_said_short_and_calm(tag: str, key: str) -> None:
    for text in said(tag, key):
        assert 0 < len(text) <= 400
        assert text.count("?") <= 1
        assert "!" not in text
        assert "\n\n" not in text
        assert not re.search(r"[{}<>]|None|True", text)


@pytest.mark.parametrize("key", KEYS)
def test_russian_is_russian_and_english_is_english(key: str) -> None:
    if key.startswith("common.languages") or key == "answers.faq":
        return
    russian = (*said("ru", key), *CATALOG.items("ru", key))
    assert all(re.search("[а-яё]", text, re.IGNORECASE) or not re.search("[a-z]{2}", text) for text in russian)
    assert not re.search("[а-яё]", " ".join(said("en", key)), re.IGNORECASE)


@pytest.mark.parametrize("key", KEYS)
def test_russian_says_you_in_lower_case(key: str) -> None:
    for text in said("ru", key):
        assert not re.search(r"(?<![.!?] )(?<!^)\bВ(ы|ас|ам|аш\w*)\b", text)


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if key.endswith(".retry")])
def test_each_rephrasing_differs_from_the_question_and_from_the_others(tag: str, key: str) -> None:
    texts = [*CATALOG.items(tag, key), CATALOG.text(tag, key.replace(".retry", ".ask"), SAMPLE)]
    assert len(set(texts)) == len(texts) >= 3


@pytest.mark.parametrize("tag", LANGUAGES)
def test_labels_fit_a_button_and_no_two_choices_of_a_question_sound_alike(tag: str) -> None:
    for key in KEYS:
        if not LABELLED.search(key):
            continue
        assert len(CATALOG.items(tag, key)[0]) <= 40
    for parent in {key.rpartition(".")[0] for key in KEYS if ".choices." in key}:
        words = [word.lower() for labels in CATALOG.labels(tag, parent).values() for word in labels]
        assert len(words) == len(set(words))


@pytest.mark.parametrize(("tag", "word"), [("ru", "программа"), ("en", "program")])
def test_the_first_message_says_that_it_is_a_program(tag: str, word: str) -> None:
    assert word in CATALOG.text(tag, "greeting.welcome", {})


@pytest.mark.parametrize("tag", LANGUAGES)
def test_consent_names_the_services_and_how_to_take_it_back(tag: str) -> None:
    assert "Trello, ClickUp" in CATALOG.text(tag, "consent.transfer", SAMPLE)
    assert all(
        "/me" in CATALOG.text(tag, f"consent.{name}", SAMPLE) for name in ("processing", "transfer", "marketing")
    )
    question = "".join(
        said(tag, "contact.consent.ask") + said(tag, "consent.processing") + said(tag, "consent.transfer")
    )
    assert len(question) <= 600


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_card_of_one_who_told_nothing_is_one_line(tag: str) -> None:
    text = CATALOG.text(tag, "me.card", {"slots": {}, "contact": [], "consents": {}})
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("key", ["answers.prices", "answers.price_unknown"])
def test_each_price_stands_in_its_own_line_with_its_unit(key: str) -> None:
    lines = CATALOG.text("en", key, SAMPLE).splitlines()
    priced = [line for line in lines if line.startswith("- ")]
    assert [line.endswith("per pack") for line in priced] == [False, True]
