"""What a message is for: a purchase, a question, a person, a stop and the like, Russian and English."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from knowledge.understanding.objections import ObjectionFound, find_objection
from knowledge.understanding.price_question import asks_loosely, asks_outright
from knowledge.understanding.rules import load
from knowledge.understanding.text import Reading, read

Intent = Literal[
    "objection",
    "question",
    "buy",
    "browse",
    "human",
    "stop",
    "greeting",
    "thanks",
    "price",
    "language",
    "back",
    "help",
    "restart",
    "contact",
    "none",
]
COMMANDS: frozenset[Intent] = frozenset({"human", "stop", "language", "back", "help", "restart", "contact"})
"""Intents that are orders to the bot rather than talk with it."""

_POLITE = 6  # words of a message that is nothing but a greeting or thanks
_ASKS = re.compile(
    r"^\W*(?:а |и |ну |скажите,? |подскажите,? |здравствуйте[,.!]? |привет[,.!]? |добрый день[,.!]? |"
    r"hi[,.!]? |hello[,.!]? |so |and )*"
    r"(?:(?:как|как(?:ой|ая|ое|ие|ую|им|ого)|кто|что за|где|когда|куда|откуда|почему|зачем|сколько|"
    r"есть ли|есть (?:у вас )?(?:что-(?:то|нибудь)|машин\w+|кофемашин\w+)|можно ли|могу ли|могли бы|чем|в чем|"
    r"правда ли|скажите|подскажите|расскажите|объясните|what|how|where|when|why|who|which|whose|do you|does|"
    r"did you|can you|can i|could|would you|will you|is it|is there|"
    r"are you|are there|is the|have you|tell me|explain)(?!\w))",
)
_GREETING = re.compile(
    r"\W*(?:(?:привет\w*|здравствуй(?:те)?|здрасьте|салют|хай|хелло|добр(?:ый|ое|ого|ой) (?:день|"
    r"вечер|утро|дня|вечера|времени суток|ночи)|доброго|приветик|ку|"
    r"hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|there|all|everyone|"
    r"бот|bot|team)\W*){1,4}",
)
_THANKS = re.compile(
    r"(?:спасиб\w*|благодар\w+|спс|пасиб\w*|сенкс|до свидания|до встречи|всего (?:доброго|хорошего)|пока(?=\W*$)|"
    r"(?:good)?bye|good bye|see you(?: later)?|thanks?(?: you)?|thx|ty|cheers|much appreciated|appreciate it)(?!\w)"
)
_POLITE_CUES_WORDS = (
    "прив здра сал салю хай хелл добр ку hi hell hey hiya howd yo gree good спас благ спс паси сенк than thx ty "
    "chee much appr до всег пока bye good see"
)
_POLITE_CUES = frozenset(_POLITE_CUES_WORDS.split())
_HOW_ARE_YOU = re.compile(
    r"\W*(?:(?:привет\w*|здравствуй(?:те)?|добр(?:ый|ое) (?:день|вечер|утро)|hi|hello|hey|"
    r"good (?:morning|afternoon|evening))\W+)?(?:как (?:дела|жизнь|поживае(?:те|шь)|(?:ты|вы)(?: там)?|настроение)|"
    r"how are you(?: doing| today)*|how(?:'s| is) it going|what'?s up|how do you do)\W*",
)
_DISCOUNT = re.compile(r"(?<!\w)(?:скидк\w+|скидочк\w+|discounts?)(?!\w)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """An intent; `asks_price` says that a price is asked for, whatever else is meant."""

    intent: Intent
    asks_price: bool
    objection: ObjectionFound | None


def find_intent(text: str | Reading) -> Meaning:
    """Classify a message: orders to the bot first, then a purchase, an objection, questions, and manners last."""
    reading = read(text)
    if not reading.words:
        return Meaning("question" if "?" in reading.text else "none", asks_price=False, objection=None)
    rule = load("intents").first(reading)
    said = cast(Intent, rule.name) if rule else None
    if said in COMMANDS:
        return Meaning(said, asks_price=False, objection=None)
    objection = find_objection(reading)
    price = asks_outright(reading) or (objection is None and asks_loosely(reading))
    if said == "buy" and (objection is None or objection.type != "later"):
        return Meaning("buy", price, None)
    if objection is not None and not price:
        return Meaning("objection", asks_price=False, objection=objection)
    if said == "browse":
        return Meaning("browse", price, None)
    return Meaning("price" if price else _manner(reading), price, None)


def _manner(reading: Reading) -> Intent:
    if _HOW_ARE_YOU.fullmatch(reading.lower):
        return "greeting"
    if "?" in reading.text:
        return "question"
    if len(reading.words) <= _POLITE and _DISCOUNT.search(reading.lower):
        return "question"
    if any(word[:4] in _POLITE_CUES for word in reading.words):
        if len(reading.words) <= _POLITE and _THANKS.search(reading.lower):
            return "thanks"
        if _GREETING.fullmatch(reading.lower):
            return "greeting"
    return "question" if _ASKS.match(reading.lower) else "none"
