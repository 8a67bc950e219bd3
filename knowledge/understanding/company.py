"""The company that a message names: by its legal form, in quotes after "shop" or "firm", or after "from" and "at"."""

import re

from knowledge.understanding.city import is_city
from knowledge.understanding.text import Found, Reading, read

LONGEST = 120
"""Characters of a company's name that are kept."""

_QUOTED = r"[«\"“„][^«»\"“”„\n]{1,80}[»\"”“]"
_CAP = r"[A-ZА-ЯЁ0-9ÄÖÜÉ][\w&'’.+-]*"
_FORM = r"(?:ООО|ОАО|ЗАО|ПАО|НАО|АО|ТОО|ОДО|ЧУП|УП|АНО|НКО|ГК|ТД|ФГУП|МУП|ГБУ|КФХ|ЧОУ|ГБОУ|МБОУ)"
_LEGAL = re.compile(
    rf"(?<!\w)(?:{_FORM} ?(?:{_QUOTED}|{_CAP}(?: {_CAP}){{0,2}})"
    rf"|(?:ооо|оао|зао|пао|тоо|Ооо) ?(?:{_QUOTED}|[^\W\d_][\w-]+)"
    r"|ип [^\W\d_]{3,40}|(?:ИП|ФОП|ЧП|ип) (?:[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?(?: [А-ЯЁ]\. ?[А-ЯЁ]?\.?|"
    r" [А-ЯЁ][а-яё]+){0,2}))",
)
_SUFFIX = re.compile(
    rf"(?<!\w)({_CAP}(?: (?:{_CAP}|&|and|of)){{0,4}},? "
    r"(?:Inc|LLC|L\.L\.C|Ltd|Limited|GmbH|AG|Corp|Corporation|Co|PLC|Plc|LLP|S\.A|SA|B\.?V|N\.?V|Oy|"
    r"AB|A/S|S\.?r\.?l|S\.?p\.?A|Pty Ltd|SE|KG|UG|OÜ|s\.r\.o"
    r"|Group|Holdings?|Technologies|Solutions|Systems|Industries|Partners|Labs)\.?)(?!\w)",
)
_BUSINESS = re.compile(
    rf"(?<!\w)(?:[Кк]омпани[яию]|[Фф]ирм[аыу]|[Мм]агазин\w*|[Кк]афе|[Рр]есторан\w*|[Сс]алон\w*|"
    rf"[Сс]туди[яию]|[Аа]гентств\w+|[Зз]авод\w*|[Кк]линик\w+|[Оо]тел\w+|"
    rf"[Сс]еть|[Шш]кол\w+|[Мм]ы из|[Ии]з|[Оо]т) (?P<quoted>{_QUOTED})",
)
_TOLD = re.compile(
    rf"(?<!\w)(?:(?:[Мм]оя |[Нн]аша )?[Кк]омпания(?: называется|:| -| —) ?|[Ии]з компании |"
    rf"[Пп]редставляю (?:компанию )?|[Cc]ompany(?: name)?(?: is|:) ?|"
    rf"(?:work|working|am|I'm) (?:at|for) |[Oo]n behalf of |[Ww]e(?:'re| are) from |"
    rf"[Rr]epresent(?:ing)? |^(?:[Hh](?:i|ello)[,!.]? )?[Ff]rom |(?:CEO|CTO|owner|founder|manager|"
    rf"director) (?:at|of) |"
    rf"(?:[Tt]his is|I'm|I am|[Mm]y name is) {_CAP}[^,.!?\n]{{0,60}}? (?:from|at|with) )({_QUOTED}|"
    rf"{_CAP}(?: (?:{_CAP}|&|and|of)){{0,3}})",
)
_LEADING = re.compile(r"^(?:(?:We|I|From|This|The|At|For|Our|My|Is|Hi|Hello|Dear)\s)+")
_CALENDAR = re.compile(
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|"
    r"july|august|september|october|november|december|"
    r"russia|germany|usa|uk|france|spain|italy|россии|москвы|the)\b",
    re.IGNORECASE,
)
_CUES_WORDS = (
    "ооо оао зао пао нао ао тоо одо чуп уп ано нко гк тд фгуп муп гбу кфх чоу гбоу мбоу ип фоп чп комп фирм мага "
    "кафе рест сало студ аген заво клин отел сеть школ из от пред inc llc ltd limi gmbh ag corp co plc llp sa bv "
    "nv oy ab srl spa pty se kg ug grou hold tech solu syst indu part labs from work beha repr at for ceo cto "
    "owne foun mana dire with"
)
CUES = frozenset(_CUES_WORDS.split())
"""First four letters of words that a company's name may stand by."""


def find_company(text: str | Reading) -> Found[str] | None:
    """Find the company as it was typed, its legal form included: ООО «Вектор-Плюс», Acme GmbH."""
    reading = read(text)
    legal = _LEGAL.search(reading.text)
    if legal:
        return _trimmed(reading, legal.start(), legal.end())
    suffix = _SUFFIX.search(reading.text)
    if suffix:
        lead = _LEADING.match(suffix[1])
        start = suffix.start(1) + (lead.end() if lead else 0)
        if len(reading.text[start : suffix.end(1)].split()) > 1:
            return _trimmed(reading, start, suffix.end(1))
    quoted = _BUSINESS.search(reading.text)
    if quoted:
        return _trimmed(reading, quoted.start("quoted") + 1, quoted.end("quoted") - 1)
    for told in _TOLD.finditer(reading.text):
        inner = told[1].strip('«»"“”„')
        if not is_city(inner) and not is_city(inner.split(",")[0]) and not _CALENDAR.match(inner):
            start = told.start(1) + told[1].find(inner)
            return _trimmed(reading, start, start + len(inner))
    return None


def _trimmed(reading: Reading, start: int, end: int) -> Found[str] | None:
    typed = reading.text[start:end]
    name = typed.strip(" ,;:.!?") + ("." if re.search(r"\b(?:[А-ЯЁ]|Inc|Co|Ltd|Corp|S\.A)\.$", typed) else "")
    name = name[:LONGEST]
    return reading.found(name, start, start + len(name)) if name else None
