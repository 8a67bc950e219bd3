"""Texts are found by key, filled with values that stay values, and every mistake in a file is named with its line."""

import pytest

from flows.errors import AssistantError
from locales.catalog import Catalog, load_catalog
from locales.errors import TextError

RU = """\
hello: "Здравствуйте, {{ name }}."
plain: Просто текст
variants: [раз, два, три]
step:
  ask: Сколько?
  retry: [первый, "второй, {{ name }}"]
  choices:
    yes: [Да, ага]
    1-5: От одного
only_here: здесь
"""
EN = """\
hello: "Hello, {{ name }}."
plain: Just a text
variants: [one, two]
step:
  choices:
    yes: ["Yes", yep]
"""


def catalog() -> Catalog:
    loaded, defects = load_catalog({"ru": {"ru/main.yaml": RU}, "en": {"en/main.yaml": EN}}, "ru")
    assert defects == ()
    return loaded


def test_a_text_is_said_in_its_language_and_falls_back_to_the_default_one() -> None:
    texts = catalog()
    assert texts.text("en", "main.hello", {"name": "Ann"}) == "Hello, Ann."
    assert texts.text("ru", "main.hello", {"name": "Аня"}) == "Здравствуйте, Аня."
    assert texts.text("de", "main.plain", {}) == "Просто текст"
    assert texts.text("en", "main.only_here", {}) == "здесь"
    assert texts.locales == ("ru", "en")


def test_a_text_without_braces_is_returned_as_the_very_same_object() -> None:
    texts = catalog()
    assert texts.text("ru", "main.plain", {}) is texts.text("ru", "main.plain", {"name": "x"})


def test_a_missing_text_and_a_missing_value_are_errors_that_name_the_key() -> None:
    texts = catalog()
    with pytest.raises(TextError, match=r"main\.nowhere"):
        texts.text("en", "main.nowhere", {})
    with pytest.raises(AssistantError, match=r"main\.hello.*name"):
        texts.text("ru", "main.hello", {})


def test_a_seed_picks_a_variant_and_an_index_an_item() -> None:
    texts = catalog()
    assert [texts.text("ru", "main.variants", {}, seed) for seed in range(4)] == ["раз", "два", "три", "раз"]
    assert texts.text("ru", "main.step.retry.0", {}) == "первый"
    assert texts.text("ru", "main.step.retry.1", {"name": "Аня"}) == "второй, Аня"
    assert texts.items("ru", "main.variants") == ("раз", "два", "три")
    assert texts.items("ru", "main.nothing") == ()


def test_labels_keep_their_synonyms_and_words_that_yaml_takes_for_booleans() -> None:
    texts = catalog()
    assert texts.labels("ru", "main.step.choices") == {"yes": ("Да", "ага"), "1-5": ("От одного",)}
    assert texts.labels("en", "main.step.choices") == {"yes": ("Yes", "yep"), "1-5": ("От одного",)}
    assert texts.text("en", "main.step.choices.yes", {}, seed=1) == "Yes"
    assert texts.labels("ru", "main.nowhere") == {}


def test_what_a_language_itself_has_is_told_from_what_it_borrows() -> None:
    texts = catalog()
    assert texts.has("ru", "main.only_here")
    assert not texts.has("en", "main.only_here")
    assert texts.has("ru", "main.step.retry.1")
    assert not texts.has("ru", "main.step.retry.2")
    assert not texts.has("de", "main.plain")
    assert texts.keys("ru") - texts.keys("en") == {
        "main.only_here", "main.step.ask", "main.step.retry", "main.step.choices.1-5"
    }  # fmt: skip
    assert texts.placeholders("ru", "main.step.retry") == {"name"}
    assert texts.where("ru", "main.step.choices.yes") == ("ru/main.yaml", 8)


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        ("{{ 7 + 7 }}", "{{ 7 + 7 }}"),
        ("**bold** _i_ `c`", r"\*\*bold\*\* \_i\_ \`c\`"),
        ("[x](https://evil.example)", r"\[x\](https://evil.example)"),
        ("back\\slash", r"back\\slash"),
        ("Аня\n\n- пункт\u2028# титул", "Аня - пункт # титул"),
    ],
)
def test_a_prospects_words_are_never_markup_nor_a_template(hostile: str, said: str) -> None:
    assert catalog().text("ru", "main.hello", {"name": hostile}) == f"Здравствуйте, {said}."


def test_values_inside_lists_and_after_filters_are_escaped_too() -> None:
    text = """text: "{% for row in rows %}{{ row.name }};{% endfor %}{{ names | join('*') }}" """
    texts, defects = load_catalog({"en": {"m.yaml": text}}, "en")
    assert defects == ()
    said = texts.text("en", "m.text", {"rows": [{"name": "_a_"}], "names": ["[b]", "c"]})
    assert said == r"\_a\_;\[b\]\*c"


def test_the_companys_own_text_keeps_its_markup_and_labels_know_none() -> None:
    text = 'faq: "{{ text | formatted }}"\noptions:\n  rep: "{{ name }}"\n'
    texts, defects = load_catalog({"en": {"m.yaml": text}}, "en")
    assert defects == ()
    assert (
        texts.text("en", "m.faq", {"text": "**now** [here](https://a.example)"}) == "**now** [here](https://a.example)"
    )
    assert texts.text("en", "m.options.rep", {"name": "_Ann_"}) == "_Ann_"


def test_a_template_reaches_neither_python_nor_other_files() -> None:
    text = 'a: "{{ name.__class__ }}"\nb: "{% include \'x\' %}"\n'
    texts, defects = load_catalog({"en": {"m.yaml": text}}, "en")
    assert [(defect.line, defect.place) for defect in defects] == [(2, "b")]
    with pytest.raises(TextError):
        texts.text("en", "m.a", {"name": "x"})


@pytest.mark.parametrize(
    ("text", "line", "place", "problem"),
    [
        ("a: 1\nb: 'open\n", 2, "", "quoted scalar"),
        ("a: x\na: y\n", 2, "a", "twice"),
        ("a:\n  b: x\n  c: '{{ name '\n", 3, "m.a.c", "braces"),
        ("a: ''\n", 1, "m.a", "no text"),
        ("a:\n", 1, "m.a", "no text"),
        ("a: []\n", 1, "m.a", "empty"),
        ("a:\n  - fine\n  - {b: c}\n", 3, "m.a", "not a text"),
        ("a: &x hi\nb: [*x]\nc: &y [one]\nd: *y\n", 4, "d", "alias"),
        ("a: '{{ sum | mony }}'\n", 1, "m.a", "mony"),
        ("- a\n- b\n", 1, "", "not a list"),
        ("a: \x07\n", 1, "", "character"),
        ("? [a, b]\n: c\n", 1, "", "not a word"),
    ],
)
def test_each_mistake_is_named_with_its_line(text: str, line: int, place: str, problem: str) -> None:
    _, defects = load_catalog({"en": {"locales/en/m.yaml": text}}, "en")
    assert {(defect.file, defect.line) for defect in defects} == {("locales/en/m.yaml", line)}
    assert defects[0].place in {place, place.removeprefix("m.")}
    assert problem in defects[0].problem
    assert defects[0].remedy


def test_mistakes_are_collected_and_the_rest_still_speaks() -> None:
    files = {"ru": {"a.yaml": "x: '{{'\ny: fine\n", "b.yaml": "z: [\n"}, "klingon": {"a.yaml": "x: nuqneH\n"}}
    texts, defects = load_catalog(files, "ru")
    assert [defect.file for defect in defects] == ["a.yaml", "b.yaml", "locales/klingon"]
    assert texts.text("ru", "a.y", {}) == "fine"


def test_a_default_language_without_texts_is_a_defect_not_a_crash() -> None:
    texts, defects = load_catalog({"en": {"a.yaml": "x: fine\n"}}, "xx-nonsense")
    assert [defect.place for defect in defects] == [""]
    assert texts.text("en", "a.x", {}) == "fine"


def test_a_pattern_that_would_drop_the_value_is_named() -> None:
    formats = 'up_to: "до {velue}"\nfrom: "от {value}"\nbetween: "{low}-"\nfrm: x\n'
    _, defects = load_catalog({"ru": {"formats.yaml": formats}}, "ru")
    assert [(defect.line, defect.place) for defect in defects] == [
        (1, "formats.up_to"),
        (3, "formats.between"),
        (4, "formats.frm"),
    ]
