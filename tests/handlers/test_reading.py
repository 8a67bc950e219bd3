"""Words against the open question: an answer, a question, a wish, a contact, or nothing."""

import pytest

from bot.wiring import playbook
from flows.commands import Ask, Command, Correct, Fill, GiveContact, HandOff, Language, Object, Unclear, Wish
from flows.engine import open_question
from flows.model import Contact, Conversation, Mark, Place
from handlers.interpret import Interpreter
from handlers.reading import Meaning, Reader
from tests.conversations.stage import content
from tests.handlers.acts import ADDRESS
from tests.virtual_time import START

SETTINGS, CONTENT = content({})


def reader() -> Reader:
    found: Interpreter = playbook(CONTENT, SETTINGS).interpreter
    return found._reader  # noqa: SLF001 - the reader as it is wired


READER = reader()


def at(step: str, locale: str = "ru", **rest: object) -> Conversation:
    flow = "contact" if step in {"consent", "contact", "marketing"} else "qualification"
    return Conversation("c1", ADDRESS, locale, version=3, flow=flow, flow_version=1, step=step, **rest)  # type: ignore[arg-type]


def meaning(step: str, text: str, locale: str = "ru") -> Meaning:
    asked, question = open_question(CONTENT.flows, at(step, locale), START)
    return READER.words(asked, question, text, START)


def kinds(step: str, text: str, locale: str = "ru") -> list[type[Command]]:
    return [type(command) for command in meaning(step, text, locale).commands]


@pytest.mark.parametrize(
    ("step", "locale", "text", "slot", "value"),
    [
        ("quantity", "ru", "6–20", "quantity", {"min": 6, "max": 20}),
        ("quantity", "ru", "до двадцати", "quantity", {"min": 6, "max": 20}),
        ("quantity", "ru", "12", "quantity", {"min": 12, "max": 12}),
        ("quantity", "en", "about 15 people", "quantity", {"min": 15, "max": 15}),
        ("quantity", "en", "a few hundred", "quantity", {"min": 100, "max": None}),
        ("budget", "ru", "до 150 000", "budget", {"min": None, "max": 150000, "currency": "RUB"}),
        ("budget", "ru", "150", "budget", {"min": 150, "max": 150, "currency": "RUB"}),
        ("budget", "en", "80-100k roubles", "budget", {"min": 80000, "max": 100000, "currency": "RUB"}),
        ("deadline", "ru", "через две недели", "deadline", {"from": "2026-12-07", "to": "2026-12-07"}),
        ("deadline", "ru", "срочно", "deadline", {"from": "2026-11-23", "to": "2026-11-30"}),
        ("consent", "ru", "да", "consent", "yes"),
        ("consent", "en", "no", "consent", "no"),
        ("consent", "en", "I agree", "consent", "yes"),
    ],
)
def test_answers(step: str, locale: str, text: str, slot: str, value: object) -> None:
    found = meaning(step, text, locale)
    assert [(command.slot, command.value) for command in found.commands if isinstance(command, Fill)] == [(slot, value)]
    assert not found.open, "an answer is not waited for"


def test_a_whole_request_fills_everything_it_tells() -> None:
    found = meaning("need", "We need a machine for 30 people, up to 300,000 roubles, by 15 December", "en")
    assert {command.slot for command in found.commands if isinstance(command, Fill)} == {
        "need", "quantity", "budget", "deadline",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Оставить контакт", Wish("leave_contact")),
        ("позвать менеджера", HandOff()),
        ("назад", Wish("back")),
        ("Исправить", Correct()),
        ("исправить бюджет", Correct("budget")),
        ("изменить срок", Correct("deadline")),
        ("english", Language("en")),
        ("Русский", Language("ru")),
    ],
)
def test_typed_labels_are_wishes(text: str, command: Command) -> None:
    assert meaning("quantity", text).commands == (command,)


def test_a_question_carries_the_fact_that_answers_it() -> None:
    found = meaning("quantity", "Сколько стоит Jura X8?")
    (ask,) = found.commands
    assert isinstance(ask, Ask)
    assert ask.fact is not None
    assert (ask.fact.kind, ask.fact.params["price"]) == ("price", {"minor": 22990000, "currency": "RUB"})
    assert found.open
    assert found.asks


def test_a_number_inside_a_question_is_no_answer_but_for_a_count() -> None:
    assert Fill not in kinds("budget", "а есть что-нибудь до 100 тысяч?")


def test_contacts_are_found_anywhere() -> None:
    (given,) = meaning("need", "мой телефон +7 916 123-45-67").commands
    assert isinstance(given, GiveContact)
    assert given.contact.phone == "+79161234567"
    assert not given.contact.verified


def test_a_contact_among_other_words_is_kept_once() -> None:
    text = "Нужна кофемашина на 15 человек, мой телефон +7 916 123-45-67"
    commands = meaning("need", text).commands
    assert any(isinstance(command, GiveContact) and command.contact.phone == "+79161234567" for command in commands)
    words = [(command.slot, command.text) for command in commands if isinstance(command, Fill)]
    assert words == [(slot, "Нужна кофемашина на 15 человек, мой телефон •••") for slot in ("need", "quantity")]


def test_the_name_beside_a_contact_is_kept_with_it_and_not_among_the_words() -> None:
    text = "Нужна кофемашина на 15 человек, я Анна Петрова, телефон +7 916 123-45-67"
    words = [command.text for command in meaning("need", text).commands if isinstance(command, Fill)]
    assert words
    assert not any("Анна" in said or "Петров" in said for said in words)


def test_words_that_say_nothing_are_unclear_and_may_go_on() -> None:
    found = meaning("quantity", "ъъъ")
    assert (found.commands, found.open) == ((Unclear("ъъъ"),), True)


def test_a_short_line_may_be_a_beginning_and_a_long_one_is_an_answer() -> None:
    assert meaning("need", "кофе").open
    assert meaning("need", "нам\nкофемашина").open
    assert not meaning("need", "нам нужна кофемашина").open
    assert not meaning("need", "кофе.").open


def test_no_answer_to_a_question_that_may_be_skipped_passes_it() -> None:
    assert meaning("budget", "не знаю").commands == (Wish("skip"),)
    assert meaning("budget", "Пропустить").commands == (Wish("skip"),)


def test_an_objection_and_a_wish_to_buy_are_told_from_answers() -> None:
    assert Object in kinds("quantity", "Это слишком дорого для нас")
    assert Wish("buy", "Хочу купить Jura X8") in meaning("need", "Хочу купить Jura X8").commands


def test_long_words_in_another_language_are_a_hint() -> None:
    found = meaning("need", "We are looking for a large coffee machine for our office kitchen")
    assert Language("en", explicit=False) in found.commands
    assert Language not in kinds("need", "Jura X8 office machine")


def test_an_edit_corrects_the_latest_answer_that_it_fits() -> None:
    trail = (
        Mark(Place("qualification", "need")),
        Mark(Place("qualification", "quantity")),
        Mark(Place("qualification", "budget")),
    )
    asked = at("deadline", trail=trail, quotes={"need": "машина"}, slots={"need": "машина"})
    _, question = open_question(CONTENT.flows, asked, START)
    edited = READER.edited(asked, question, "до 250 тысяч рублей", START)
    assert [command.slot for command in edited.commands if isinstance(command, Fill)] == ["budget"]
    edited = READER.edited(asked, question, "кофемолка", START)
    assert edited.commands == (Fill("need", "кофемолка", "кофемолка"),)


def test_an_answer_is_named_only_while_it_is_asked_which() -> None:
    asked, question = open_question(CONTENT.flows, at("quantity", asked="correct"), START)
    assert READER.words(asked, question, "Что нужно", START).commands == (Correct("need"),)
    assert meaning("quantity", "Что нужно").commands != (Correct("need"),)


def test_a_typed_label_is_kept_as_the_proof() -> None:
    (filled,) = meaning("deadline", "Срочно").commands
    assert isinstance(filled, Fill)
    assert filled.text == "Срочно"


@pytest.mark.parametrize(("text", "name"), [("John", "John"), ("Пётр", "Пётр"), ("меня зовут Пётр", "Пётр")])
def test_a_name_alone_answers_half_of_the_question_for_a_contact(text: str, name: str) -> None:
    found = meaning("contact", text)
    assert found.commands == (GiveContact(Contact(name)),)
    assert found.open, "the number may follow"


@pytest.mark.parametrize(
    ("step", "text"),
    [("need", "Хочу купить кофемашину Jura E8"), ("quantity", "I want to buy a coffee machine")],
)
def test_what_somebody_wants_to_buy_is_what_they_need(step: str, text: str) -> None:
    commands = meaning(step, text).commands
    assert Fill("need", text, text) in commands
    assert commands[-1] == Wish("buy", text)


@pytest.mark.parametrize("text", ["Перезвоните мне, пожалуйста", "Где мне оплатить?", "беру"])
def test_a_call_or_a_payment_is_no_need(text: str) -> None:
    assert Fill not in kinds("need", text)


def test_goods_named_at_another_question_are_the_need_while_it_is_unknown() -> None:
    text = "coffee machine for our cafe"
    assert meaning("marketing", text, "en").commands == (Fill("need", text, text),)
    known = at("marketing", "en", slots={"need": "beans"})
    _, question = open_question(CONTENT.flows, known, START)
    assert READER.words(known, question, text, START).commands == (Unclear(text),)


@pytest.mark.parametrize("text", ["да", "нет", "ok", "ъъъъъ", "!!!"])
def test_what_says_nothing_is_no_need(text: str) -> None:
    assert meaning("need", text).commands == (Unclear(text),)


def test_a_long_need_is_cut_where_it_is_kept() -> None:
    (filled,) = meaning("need", "кофемашина " * 100).commands
    assert isinstance(filled, Fill)
    assert filled.value == ("кофемашина " * 100)[:500].rstrip()


def test_markup_is_no_language() -> None:
    text = "<b>please give me all the machines that you have</b>"
    assert Language not in kinds("need", text)
    assert Language in kinds("need", text.replace("<b>", "").replace("</b>", ""))
