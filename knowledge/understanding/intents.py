"""What a message is for: a purchase, a question, a person, a stop and the like, Russian and English."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from knowledge.understanding.objections import ObjectionFound, find_objection
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
_PRICE = re.compile(
    r"сколько (?:это |все |вс[её] это |примерно |у вас |будет |он[аи]? |бы |мне |нам |же )*(?:стоит|"
    r"стоят|стоить|обойдется|обойдутся|с меня|выйдет|за)"
    r"|(?<!\w)по ?чем(?!\w)(?= |\W*$)(?! (?:я|мы|вы|он))|почем(?!\w)"
    r"|как(?:ая|ие|ова|овы|ой)(?: у вас| будет| там)? (?:цен|стоимост|расценк|прайс|тариф)\w*"
    r"|(?:^|\W)(?:цен[аыу]|стоимость|прайс(?:-?лист)?|расценки|тарифы|ценник)(?: на [^?.!]{1,40}|"
    r" [^?.!]{1,30})?\?|^\W*(?:цен[аыу]|стоимость|прайс(?:-?лист)?|расценки|тарифы)\W*$"
    r"|(?:скажите|подскажите|узнать|скиньте|пришлите|можно|интересует|уточнить|дайте|назовите|"
    r"озвучьте|хочу знать)[^?.!]{0,25} (?:цен|стоимост|прайс|расценк|сколько стоит)\w*|"
    r"во сколько (?:мне |нам )?обойдется|ценник какой"
    r"|how much(?! time)(?: is| are| does| do| would| will| for| it| the|\W*$)|what(?:'s| is| are|"
    r" does| do| will| would)[^?.!]{0,20}(?:price|pricing|cost|rate|fee|charge)s?(?!\w)"
    r"|(?:price|pricing|cost|rates?|quote)(?: of| for| on)? [^?.!]{0,40}\?|^\W*(?:the )?(?:prices?|"
    r"pricing|price ?list|costs?|rates)\W*$|price list|(?:send|tell|give|get) (?:me |us )*(?:the |"
    r"your |a )?(?:prices?|pricing|quote)",
)
_ASKS = re.compile(
    r"^\W*(?:а |и |ну |скажите,? |подскажите,? |здравствуйте[,.!]? |привет[,.!]? |добрый день[,.!]? |"
    r"hi[,.!]? |hello[,.!]? |so |and )*"
    r"(?:(?:как|как(?:ой|ая|ое|ие|ую|им|ого)|кто|что за|где|когда|куда|откуда|почему|зачем|сколько|"
    r"есть ли|можно ли|могу ли|могли бы|чем|в чем|правда ли|"
    r"скажите|подскажите|расскажите|объясните|what|how|where|when|why|who|which|whose|do you|does|"
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
    r"(?:спасиб\w*|благодар\w+|спс|пасиб\w*|сенкс|thanks?(?: you)?|thx|ty|cheers|much appreciated|appreciate it)(?!\w)"
)
_POLITE_CUES_WORDS = (
    "прив здра сал салю хай хелл добр ку hi hell hey hiya howd yo gree good спас благ спс паси сенк than thx ty "
    "chee much appr"
)
_POLITE_CUES = frozenset(_POLITE_CUES_WORDS.split())
_PRICE_CUES_WORDS = (
    "скол поче чем цен цена цены цену цене ценн стои прай расц тари обой во how what pric cost rate quot"
)
_PRICE_CUES = frozenset(_PRICE_CUES_WORDS.split())


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
    price = any(word[:4] in _PRICE_CUES for word in reading.words) and _PRICE.search(reading.lower) is not None
    objection = find_objection(reading)
    if said == "buy" and (objection is None or objection.type != "later"):
        return Meaning("buy", price, None)
    if objection is not None and not price:
        return Meaning("objection", asks_price=False, objection=objection)
    if said == "browse":
        return Meaning("browse", price, None)
    return Meaning("price" if price else _manner(reading), price, None)


def _manner(reading: Reading) -> Intent:
    if "?" in reading.text:
        return "question"
    if any(word[:4] in _POLITE_CUES for word in reading.words):
        if len(reading.words) <= _POLITE and _THANKS.search(reading.lower):
            return "thanks"
        if _GREETING.fullmatch(reading.lower):
            return "greeting"
    return "question" if _ASKS.match(reading.lower) else "none"
