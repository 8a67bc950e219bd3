"""Whether a message asks for a price: in so many words, or as people type it, «Jura E8 цена»."""

import re

from knowledge.understanding.text import Reading

_CUES_WORDS = (
    "скол скок поче чем цен цена цены цену цене ценн стои прай расц тари обой во how what pric cost rate quot "
    "доро неде деше бюдж дост expe chea most leas lowe"
)
CUES = frozenset(_CUES_WORDS.split())
"""First four letters of words without which no price is asked for."""

_OUTRIGHT = re.compile(
    r"(?:сколько|скок[ао]?) (?:это |все |вс[её] это |примерно |у вас |будет |он[аи]? |бы |мне |нам |же )*(?:стоит|"
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
_NOUN = (
    r"(?:цен[аыу]|ценник|стоимость|прайс(?:-?лист)?|расценк[иа]|тариф[ы]?|"
    r"price(?:s|[ -]?list| range)?|pricing|costs?|rates?|quote)"
)
_OPENING = r"(?:(?:а|и|ну|привет|здравствуйте|добрый день|hi|hello|and|so|the|a|your)[ ,.!]{1,3}){0,3}"
_LOOSELY = re.compile(
    rf"^\W*{_OPENING}{_NOUN}(?!\w)|(?<!\w){_NOUN}\W*$"
    r"|^\W*(?:\S+ ){1,4}(?:сколько|скок[ао]?|how much)\W*$"
    r"|(?<!\w)дорог(?:о|ой|ая|ое|ие) ли(?!\w)|насколько дорог|how (?:expensive|pricey|costly)"
    r"|^\W*(?:is|are) [^?.!]{1,40} (?:expensive|pricey)(?!\w)"
    r"|сам(?:ая|ый|ое|ые|ую) (?:недорог|дешев|дорог|бюджетн|доступн)\w*|дешевле всего"
    r"|(?<!\w)(?:cheapest|(?:most|least) (?:expensive|affordable)|lowest[ -]priced?)(?!\w)"
)
_MOST_WORDS = 9
"""A longer message that only mentions a price tells something else besides."""

_TOLD = re.compile(
    r"(?<!\w)(?:не|нет|нету|хз|важн\w*|главн\w*|устр[ао]\w+|хорош\w*|нормальн\w*|отличн\w*|адекватн\w*|высок\w*|"
    r"низк\w*|завис\w*|смотря|эт[аоу]|эту|так[ауо]\w*|понятн\w*|"
    r"not|no|don't|doesn't|good|great|nice|fine|fair|low|high|right|important|matters?|depend\w*|that|this|"
    r"competitive|reasonable|agree\w*)(?!\w)"
)
"""Words of one who speaks about a price, and asks for none: «цена не важна», "at a fair price"."""

_SUM = re.compile(
    r"(?<!\w)(?:до|около|не больше|не выше|under|up to|around|about) ?\d|\d ?(?:тыс|к|k|руб|р|₽|\$|€)(?!\w)"
)


def asks_outright(reading: Reading) -> bool:
    """Tell whether the price is asked for in so many words, whatever else is said."""
    return _cued(reading) and _OUTRIGHT.search(reading.lower) is not None


def asks_loosely(reading: Reading) -> bool:
    """Tell whether a short message is a price word with or without a thing; an objection is to be looked for before."""
    return (
        _cued(reading)
        and len(reading.words) <= _MOST_WORDS
        and _LOOSELY.search(reading.lower) is not None
        and _TOLD.search(reading.lower) is None
        and _SUM.search(reading.lower) is None
    )


def _cued(reading: Reading) -> bool:
    return any(word[:4] in CUES for word in reading.words)
