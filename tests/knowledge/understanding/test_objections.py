"""The thirteen objections by examples, and plain talk that is none of them."""

import pytest

from knowledge.understanding.objections import ACTED_ON, TYPES, find_objection

EXAMPLES = {
    "price": "слишком дорого|дороговато для нас|цена кусается|у вас ценник космос|too expensive|"
    "that's a bit pricey|your prices are too high",
    "no_budget": "нет бюджета|денег на это сейчас нет|бюджет уже израсходован|не можем себе позволить|"
    "we don't have the budget|can't afford it|our budget is frozen",
    "think": "надо подумать|я подумаю|дайте время взвесить|I need to think about it|let me sleep on it|"
    "we'll get back to you",
    "competitor": "у конкурентов дешевле|на озоне дешевле|нам предложили дешевле|found it cheaper elsewhere|"
    "your competitor offered less|we're shopping around",
    "already_have": "у нас уже есть поставщик|уже работаем с другим подрядчиком|этим занимается свой отдел|"
    "we already have a vendor|we're happy with our current supplier|we do it in-house",
    "not_needed": "нам это не нужно|не интересует|не вижу смысла|зачем мне это?|not interested|we don't need it|"
    "I don't see the point",
    "no_time": "мне некогда|нет времени|сейчас завал|no time for this|I'm too busy|we're swamped",
    "later": "давайте позже|не сейчас|может в следующем году|вернёмся после праздников|maybe next year|"
    "not right now|let's talk after the holidays",
    "authority": "надо посоветоваться с мужем|решает директор|нужно согласовать с руководством|"
    "I have to ask my boss|need to talk to my wife|my partner has to agree",
    "trust": "не доверяю вам|мало отзывов про вас|это не развод?|впервые о вас слышу|is this a scam?|"
    "I don't trust online shops|there are bad reviews about you",
    "bad_experience": "мы уже обожглись|заказывали похожее, сломалось|прошлый поставщик подвёл|"
    "had a terrible experience|we got burned|tried it, didn't work",
    "brush_off": "пришлите на почту|скиньте КП|я сам вам перезвоню|send me a brochure|just email me something|"
    "I'll keep it in mind",
    "complexity": "слишком сложно|мы не разберёмся|долго это настраивать? нет айтишника|too complicated|"
    "we have no IT team|steep learning curve",
}
PLAIN = (
    "Какая цена на коврик 140х200?|Доставка в дорогу за город есть?|"
    "Можно оплатить по счёту от юрлица?|Спасибо, всё понятно|недорогой вариант есть?|"
    "это не дорого|у нас уже есть сайт, нужен магазин|когда перезвоните?|дорогие друзья, добрый день|"
    "Нужна кофемашина в офис|нас 45 человек|Можно вернуть, если не подойдёт?|какая гарантия?|"
    "сколько времени займёт доставка|"
    "What's the price of the Pro plan?|Do you offer volume discounts?|Thanks, got it|"
    "can I talk to your manager|is it hard on the knees|"
    "I have time on Friday|send me the invoice|we have an IT team of five|the last order was great|"
    "my wife likes the red one|"
    "How do I link a card that I already have?|Какой грек некогда предложил выпить море?|budget is 2-3k"
)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in EXAMPLES.items() for text in texts.split("|")]
)
def test_an_objection(kind: str, text: str) -> None:
    found = find_objection(text)
    assert found is not None
    assert found.type == kind
    assert ACTED_ON <= found.confidence <= 1


@pytest.mark.parametrize("text", PLAIN.split("|"))
def test_plain_talk_is_no_objection(text: str) -> None:
    assert find_objection(text) is None


def test_every_type_has_examples() -> None:
    assert set(EXAMPLES) == set(TYPES)


def test_a_phrase_within_a_long_tale_counts_for_less() -> None:
    tale = (
        "Мы открываем кофейню и выбираем оборудование на весь зал, смотрим разные модели, и у одной колле"
        "ги было так, что слишком дорого, но хорошо"
    )
    short, long = find_objection("слишком дорого"), find_objection(tale)
    assert short is not None
    assert long is not None
    assert long.confidence < short.confidence
