"""Questions get the figure or the prepared answer, with their sources; what is not known stays unanswered."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from flows.model import Fact
from knowledge.answers import Answerer
from knowledge.references import bare_amounts
from tests.knowledge.shipped import FAQ, PRICES, shipped, small

TODAY = date(2026, 11, 22)
ASKED = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text("utf-8"))
TRIVIA = Path(__file__).parents[3] / "shared" / "data" / "rubq" / "questions.jsonl"
HOSTILE = ["", " ", "?" * 10_000, "цена " * 2_000, "\x00\ud800", "🙂" * 500, "{{ price('x8') }}", "a" * 100_000]


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return Answerer(shipped())


def ask(answerer: Answerer, question: str, locale: str = "ru") -> Fact | None:
    return answerer.answer(question, locale, TODAY)


def shown(fact: Fact | None) -> str:
    if fact is None:
        return "nothing"
    rows = fact.params.get("rows")
    if isinstance(rows, list) and fact.kind == "prices" and isinstance(rows[0], dict):
        return f"prices {rows[0]['name']}"
    return f"{fact.kind} {fact.params.get('entry') or fact.params.get('product') or ''}".strip()


@pytest.mark.parametrize("said", ASKED["prices"])
def test_a_price_question_gets_its_figure(answerer: Answerer, said: str) -> None:
    for question in ASKED["prices"][said]:
        assert shown(ask(answerer, question)).startswith(said), question


@pytest.mark.parametrize("entry", ASKED["known"])
def test_a_known_question_gets_its_answer(answerer: Answerer, entry: str) -> None:
    for question in ASKED["known"][entry]:
        assert shown(ask(answerer, question)) == f"faq {entry}", question


def test_questions_never_seen_are_mostly_answered_and_hardly_ever_wrongly(answerer: Answerer) -> None:
    asked = [
        (entry, shown(ask(answerer, question))) for entry in ASKED["unseen"] for question in ASKED["unseen"][entry]
    ]
    right = sum(found == f"faq {entry}" for entry, found in asked)
    silent = sum(found == "nothing" for _, found in asked)
    assert right >= 0.7 * len(asked)
    assert len(asked) - right - silent <= 0.05 * len(asked)


@pytest.mark.parametrize("question", ASKED["unknown"])
def test_what_is_none_of_our_business_is_not_answered(answerer: Answerer, question: str) -> None:
    assert ask(answerer, question) is None


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_trivia_is_not_answered(answerer: Answerer, locale: str) -> None:
    if not TRIVIA.exists():
        pytest.skip("../shared/data/rubq is not there")
    rows = [json.loads(line) for line in TRIVIA.read_text("utf-8").splitlines()]
    answered = [row[locale] for row in rows if ask(answerer, row[locale], locale)]
    assert len(answered) <= 0.005 * len(rows), answered


def test_a_price_carries_its_row_and_all_that_the_text_needs(answerer: Answerer) -> None:
    fact = ask(answerer, "сколько стоит Jura X8?", "en")
    assert fact == Fact(
        "price",
        {
            "name": "Jura X8",
            "price": {"minor": 22_990_000, "currency": "RUB"},
            "unit": "",
            "tax": "VAT included",
            "valid_until": "2027-12-31",
            "product": "jura-x8",
        },
        ("jura-x8@2026-11",),
    )


def test_several_prices_are_a_short_list_from_the_lowest(answerer: Answerer) -> None:
    fact = ask(answerer, "сколько стоит кофемашина?")
    assert fact is not None
    rows = fact.params["rows"]
    assert isinstance(rows, list)
    amounts = [row["price"]["minor"] for row in rows if isinstance(row, dict) and isinstance(row["price"], dict)]
    assert amounts == sorted(amounts, key=float)  # type: ignore[arg-type]
    assert len(rows) == len(fact.sources) == 7
    assert fact.params["more"] == 0


def _names(fact: Fact | None) -> list[str]:
    assert fact is not None
    rows = fact.params["rows"]
    assert isinstance(rows, list)
    return [str(row["name"]) for row in rows if isinstance(row, dict)]


def test_a_sum_that_is_named_bounds_the_list(answerer: Answerer) -> None:
    assert _names(ask(answerer, "есть машины до 150 тысяч?")) == ["DeLonghi Magnifica Evo", "Jura E8", "Jura WE8"]
    assert len(_names(ask(answerer, "any machines under $2000?", "en"))) == 7, (
        "a sum in another currency bounds nothing"
    )


def test_a_list_says_what_each_price_is_for(answerer: Answerer) -> None:
    fact = ask(answerer, "сколько стоит зерно")
    assert fact is not None
    rows = fact.params["rows"]
    assert isinstance(rows, list)
    assert {row["unit"] for row in rows if isinstance(row, dict)} == {"за килограмм"}
    overview = ask(answerer, "prices", "en")
    assert overview is not None
    shelves = overview.params["rows"]
    assert isinstance(shelves, list)
    price = {"minor": 169_000, "currency": "RUB"}
    assert {"name": "Beans", "price": price, "unit": "per kilogram", "starting": True} in shelves


def test_a_long_shelf_is_cut_and_says_how_much_is_left() -> None:
    names = [f"m{number}" for number in range(30)]
    head = "groups:\n  mug: {name: {en: Mugs}, words: {en: [mug]}}\nproducts:\n"
    knowledge, defects = small(
        products=head + "".join(f"  - {{id: {name}, groups: [mug], name: {{en: Thing {name}}}}}\n" for name in names),
        prices=PRICES.split("  x8", maxsplit=1)[0] + "".join(f"  {name}: 5\n" for name in names),
        faq="version: '1'\n",
    )
    assert defects == ()
    fact = Answerer(knowledge).answer("how much is a mug?", "en", TODAY)
    assert fact is not None
    assert fact.params["more"] == 22
    assert len(fact.sources) == 8


def test_what_was_spoken_of_before_is_meant_by_a_bare_price_question(answerer: Answerer) -> None:
    fact = answerer.answer("а сколько стоит?", "ru", TODAY, focus=["wmf-1500s"])
    assert shown(fact) == "price wmf-1500s"
    assert shown(answerer.answer("а сколько стоит?", "ru", TODAY, focus=["sold-out"])).startswith("prices")


def test_amounts_in_an_answer_are_the_price_books_and_named_as_sources(answerer: Answerer) -> None:
    fact = ask(answerer, "сколько стоит обслуживание?")
    assert fact is not None
    assert fact.sources == ("service@2026-11", "service-visit@2026-11", "service-contract@2026-11")
    assert fact.params["text"] == [
        "Обслуживаем любые кофемашины, не только купленные у нас. Разовый выезд с чисткой — ",
        {"minor": 490_000, "currency": "RUB"},
        ", сервисный договор с подменной машиной — ",
        {"minor": 690_000, "currency": "RUB"},
        " в месяц.",
    ]


def test_no_answer_holds_an_amount_of_its_own() -> None:
    for entry in shipped().faq.entries:
        for text in entry.answer.values():
            assert list(bare_amounts(text)) == []
            assert not re.search(r"тысяч|тыс\.|thousand|million|миллион(?!ник)", text)


def test_an_expired_list_is_never_quoted(answerer: Answerer) -> None:
    late = date(2030, 1, 1)
    for question in ("цены?", "сколько стоит Jura X8?", "сколько стоит доставка?", "расскажите про Jura WE8"):
        assert answerer.answer(question, "ru", late) is None
    assert shown(answerer.answer("какая гарантия?", "ru", late)) == "faq warranty"


def test_a_half_translated_answer_is_said_in_the_language_it_has() -> None:
    knowledge, _ = small()
    fact = Answerer(knowledge).answer("delivery?", "ru", TODAY)
    assert fact is not None
    assert fact.params["text"] == ["We deliver for ", {"minor": 9000, "currency": "RUB"}, "."]


def test_an_empty_knowledge_knows_nothing() -> None:
    knowledge, _ = small(products="", prices=PRICES.split("rows:", maxsplit=1)[0], faq="version: '1'\n")
    empty = Answerer(knowledge)
    assert [empty.answer(question, "ru", TODAY) for question in ("цены?", "доставка?", "x")] == [None, None, None]


def test_questions_about_a_model_are_answered_with_what_it_is(answerer: Answerer) -> None:
    fact = ask(answerer, "расскажите про Jura WE8")
    assert shown(fact) == "product jura-we8"
    assert fact is not None
    assert fact.sources == ("jura-we8@2026-11",)


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_questions_are_survived(answerer: Answerer, question: str) -> None:
    fact = ask(answerer, question)
    assert fact is None or fact.kind.startswith("price")


def test_a_question_without_prepared_words_of_its_own_is_allowed() -> None:
    knowledge, defects = small(faq=FAQ.replace("[delivery, do you deliver?]", '["?", "is it?"]'))
    assert defects == ()
    assert Answerer(knowledge).answer("delivery", "en", TODAY) is None
