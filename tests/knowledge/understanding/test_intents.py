"""What messages are for, by examples in both languages."""

import pytest

from knowledge.understanding.intents import COMMANDS, find_intent

EXAMPLES = {
    "stop": "стоп|отпишите меня|не пишите мне больше|Не звоните мне!|удалите мой номер|stop|unsubscribe|"
    "please don't call me|leave me alone",
    "human": "позовите человека|оператор|хочу поговорить с менеджером|есть кто живой?|соедините с менеджером|"
    "talk to a human|human please|can I speak with an agent?",
    "back": "назад|вернись|/back|go back",
    "restart": "начать заново|давай сначала|start over|/restart",
    "help": "помощь|что ты умеешь?|help|what can you do?",
    "language": "по-русски|in english please|сменить язык|switch to russian",
    "contact": "оставить контакт|хочу оставить номер|leave my contact",
    "buy": (
        "беру|надо было подумать, но беру|хочу купить|где оплатить|выставьте счёт на компанию|"
        "позвоните мне|перезвоните, пожалуйста|давайте договор|мы готовы|"
        "I'll take it|where do I sign|how do I pay|call me back|ready to order|sign me up|let's go ahead"
    ),
    "price": (
        "сколько стоит кофемашина?|почём?|какая цена на коврик 140х200|прайс|подскажите стоимость|"
        "Jura E8 цена|цена на Jura E8|стоимость аренды|ценник на джуру|скок стоит джура|дорого ли WMF|"
        "самая дешёвая машина|price for WMF|cost of jura|jura e8 price|rates for barista training|"
        "price range for grinders|жура х8 сколько|How expensive is the WMF?|what's your cheapest machine|"
        "how much is it|what's the price of the Pro plan?|price list|pricing?"
    ),
    "question": (
        "доставка есть?|работаете в выходные?|как вы доставляете|можно ли вернуть|do you deliver?|"
        "what colours are there|"
        "Можно оплатить по счёту от юрлица?|Do you offer volume discounts?"
    ),
    "browse": "я просто смотрю|пока присматриваюсь|для диплома|just looking|only browsing|"
    "researching for a school project",
    "greeting": "привет|Добрый день!|hi there|hello",
    "thanks": "спасибо|спасибо, всё понятно|thanks, got it|thank you!",
    "objection": "слишком дорого|надо подумать|not interested",
    "none": "Нужна кофемашина в офис|нас 45 человек|I need a coffee machine|красный|"
    "Forget the blue one, show me the red one|100000",
}


@pytest.mark.parametrize(
    ("intent", "text"), [(intent, text) for intent, texts in EXAMPLES.items() for text in texts.split("|")]
)
def test_an_intent(intent: str, text: str) -> None:
    assert find_intent(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "не звоните, лучше напишите в телеграм",
        "не пишите сюда, пишите на почту ivan@mail.ru",
        "оператор связи у нас МТС, подойдёт ли роутер?",
        "назад в коробку не лезет",
        "I want to go back to the red one",
        "помощь с настройкой входит в цену",
    ],
)
def test_words_of_an_order_in_plain_talk_are_no_order(text: str) -> None:
    assert find_intent(text).intent not in COMMANDS


@pytest.mark.parametrize("text", ["не готов купить", "пока не хочу заказывать", "не беру"])
def test_a_refusal_is_no_purchase(text: str) -> None:
    assert find_intent(text).intent != "buy"


@pytest.mark.parametrize(
    "text",
    [
        "цена не важна",
        "цена до 100 тысяч",
        "не знаю сколько",
        "важна хорошая цена",
        "it depends on the price",
        "нужны три машины в новый офис на Лесной к середине декабря, важны сроки и цена",
        "дорого",
        "too expensive",
        "цена кусается",
    ],
)
def test_words_about_a_price_ask_for_none(text: str) -> None:
    meaning = find_intent(text)
    assert meaning.intent != "price"
    assert not meaning.asks_price


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how are you?", "greeting"),
        ("привет, как дела", "greeting"),
        ("до свидания", "thanks"),
        ("bye!", "thanks"),
        ("пока", "thanks"),
        ("пока думаю над вариантом", "none"),
        ("give me 50% discount", "question"),
        ("есть что-нибудь до 100 тысяч", "question"),
    ],
)
def test_manners_and_short_questions(text: str, intent: str) -> None:
    assert find_intent(text).intent == intent


def test_a_price_is_asked_for_even_in_a_purchase() -> None:
    meaning = find_intent("Сколько стоит Про? Хочу купить сегодня")
    assert (meaning.intent, meaning.asks_price) == ("buy", True)
    assert not find_intent("хочу купить").asks_price
