"""Plain numbers, ranges of them, and how many of something a person wants."""

import re
from dataclasses import dataclass

from knowledge.understanding.numerals import CUES as NUMBER_WORDS
from knowledge.understanding.numerals import respell
from knowledge.understanding.text import Found, Reading, read

MOST = 10_000_000
"""A larger count is a slip of the finger or another kind of number."""

_NUMBER = r"\d{1,3}(?:[ ,]\d{3}){1,2}(?!\d)|\d{1,8}(?:[.,]\d{1,3})?"
_THOUSAND = r"(?: ?(?:тыс(?:яч\w{0,3})?\.?|к|k|thousand)(?![^\W\d_]))?"
_PERCENT = r"(?!(?:-\d+)? ?(?:%|процент|percent))"
_PLAIN = re.compile(rf"(?<![\w.,:/№#-])(?P<low>{_NUMBER})(?P<k>{_THOUSAND}){_PERCENT}(?![\w:/]|[.,]\d)")
_RANGE = re.compile(
    rf"(?<![\w.,:/№#-])(?:(?:от|с|from|between|"
    rf"между) )?(?P<low>{_NUMBER})(?P<lowk>{_THOUSAND}) ?(?P<joint>-|до|to|and|и|\.\.) ?"
    rf"(?P<high>{_NUMBER})(?P<k>{_THOUSAND}){_PERCENT}(?![\w:/-]|[.,]\d)",
)
_CODE = re.compile(r"\{\{|\}\}|\{%|\$\{|<[a-z/!]|\d ?[*^=×÷] ?\d|\d ?\+ ?\d")
"""Markup, templates and formulae: their figures count nothing."""

_UPPER = re.compile(
    r"(?:до|не (?:больше|более)|меньше|менее|максимум|up to|under|at most|less than|no more than|"
    r"fewer than|below|max|<=?) ?$"
)
_LOWER = re.compile(
    r"(?:от|не (?:меньше|менее)|больше|более|свыше|минимум|from|at least|more than|over|above|min|>=?) ?$"
)
_PLUS = re.compile(r" ?\+| и (?:больше|более|выше)| or more| and (?:up|more|above)")
_UNIT = (
    r"(?:человек\w*|чел\b\.?|людей|сотрудник\w*|работник\w*|гост\w{1,3}|персон\w?|пользовател\w+|"
    r"рабочих мест\w*|мест[ао]?\b|посадочн\w+|"
    r"участник\w*|дет(?:ей|ям)|студент\w*|учени\w+|взрослы\w+|менеджер\w*|оператор\w*|штук\w?|шт\b\.?|"
    r"экземпляр\w*|комплект\w*|лиценз\w+|"
    r"единиц\w?|ед\b\.?|коробок|коробк\w|упаков\w+|пачек|пачк\w|банок|бутыл\w+|пар\b|наборо?\w?|"
    r"номеров|комнат\w?|кабинет\w*|стол(?:ов|а)\b|"
    r"стул(?:ьев|а)|кресе?л\w?|точек|точк\w|магазин\w*|филиал\w*|объект\w*|машин\w?\b|автомобил\w+|"
    r"кофемашин\w?|принтер\w*|компьютер\w*|"
    r"ноутбук\w*|телефон(?:ов|а)\b|касс\w?\b|линий|аккаунт\w*|"
    r"people|persons?|employees|staff|workers|guests|users|seats|desks|workplaces|workstations|"
    r"attendees|students|kids|adults|members|pax|heads|"
    r"pieces|pcs|items|units|sets|licen[cs]es|boxes|packs|bottles|pairs|copies|rooms|offices|tables|"
    r"chairs|shops|stores|branches|locations|"
    r"machines|printers|computers|laptops|agents|accounts|vehicles|cars)"
)
_COUNT = re.compile(
    rf"(?<![\w.,:/№#$€£-])(?:(?P<low>{_NUMBER})(?P<lowk>{_THOUSAND}) ?(?:-|до|to|или|"
    rf"or) ?)?(?P<high>{_NUMBER})(?P<k>{_THOUSAND})\+?(?:-?ти|-?х)? ?"
    rf"(?:(?:новы\w+|постоянн\w+|рабочи\w+|больш\w+|маленьк\w+|new|full-time|small|large|coffee|"
    rf"office) ){{0,2}}{_UNIT}(?!\w)",
)
_BEFORE = re.compile(
    rf"(?:\bнас(?: уже| всего| сейчас| где-то| примерно| около| будет| тут)?|\b(?:штат|команд[аеу]|"
    rf"коллектив)\w*(?: из| в| -|:)|^\W*на (?=\d+\W*$)|"
    rf"\b(?:a )?(?:team|staff|group|party|company|crew) of|\bwe(?: are|'re| have)(?: a)?(?: team of)?|"
    rf"\bthere (?:are|'re)|количеств\w+[ :-]{{0,3}}|\bquantity[ :-]{{0,3}}|\bqty[ :.-]{{0,3}})"
    rf"(?: (?:about|around|примерно|около|только|just))? ?(?P<number>{_NUMBER})(?P<k>{_THOUSAND})"
    r"(?! ?(?:%|процент|руб|тыс|к\b|k\b|млн|долл|\$|€|₽|лет\b|год|года\b|день|дн|недел|месяц|час|мин|"
    r"years|days|weeks|months|hours|minutes|мм|см|м2|кв|км|кг))(?![\w:/]|[.,]\d)",
)
_WANTED = re.compile(
    rf"\b(?:нуж(?:но|ен|на|ны)|надо|требу\w+|хо(?:чу|тим|тел\w*)|куп\w+|закаж\w+|заказ(?:ать|ыва\w+)|"
    rf"возьм\w+|берем|беру|"
    rf"need|want|order|buy|take|get|require|looking for)(?: (?:нам|мне|еще|сразу|примерно|около|where|"
    rf"about|around|to order|to buy|us|just|only|где-то))? "
    rf"(?P<number>{_NUMBER})(?P<k>{_THOUSAND}) (?!%|процент|руб|р\b|тыс|к\b|k\b|млн|долл|бакс|евро|"
    rf"тенге|грн|usd|eur|dollar|buck|percent|лет\b|год|день|дн[яе]|"
    r"дней|недел|месяц|час|мин|years?|days?|weeks?|months?|hours?|minutes?|мм|см|м2|кв|км|кг|грамм|"
    r"литр|м\b|мл|kg|km|ml|gb|гб|на\b|в\b|до\b|by\b|for\b|on\b|at\b|или|or\b)[a-zа-я]{3}",
)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A number (low = high), a range, or one bound of it."""

    low: float | None
    high: float | None


def find_numbers(text: str | Reading) -> list[Found[float]]:
    """Find every plain number, in digits or in words, in order: «полтора» 1.5, "a dozen" 12, «двадцать пять» 25."""
    reading = read(text)
    if not _may_count(reading):
        return []
    spelled = respell(reading.lower)
    return [
        reading.found(_number(match["low"], match["k"]), *_within(reading, *spelled.source(match.start(), match.end())))
        for match in _PLAIN.finditer(spelled.text)
    ]


def find_range(text: str | Reading) -> NumberRange | None:
    """Read the first range or number: «5-10», «до 20», "100+", "at least 6"."""
    reading = read(text)
    if not _may_count(reading):
        return None
    lower = respell(reading.lower).text
    span = _RANGE.search(lower)
    if span:
        low, high = _number(span["low"], span["lowk"] or span["k"]), _number(span["high"], span["k"])
        if low <= high:
            return NumberRange(low, high)
    match = _PLAIN.search(lower)
    if match is None:
        return None
    value = _number(match["low"], match["k"])
    if _UPPER.search(lower[: match.start()][-24:]):
        return NumberRange(None, value)
    if _LOWER.search(lower[: match.start()][-24:]) or _PLUS.match(lower, match.end()):
        return NumberRange(value, None)
    return NumberRange(value, value)


def find_quantity(text: str | Reading) -> Found[int] | None:
    """Find how many: «на 20 человек», «нас 45», "30 seats"; of a range or a bound its upper end."""
    reading = read(text)
    if not _may_count(reading):
        return None
    spelled = respell(reading.lower)
    found = scan_quantity(spelled.text)
    return found and reading.found(found[0], *_within(reading, *spelled.source(found[1], found[2])))


def scan_quantity(lower: str) -> tuple[int, int, int] | None:
    """Find a quantity in text that is lower-cased and has its numbers in digits."""
    if _CODE.search(lower):
        return None
    for pattern, group in ((_COUNT, "high"), (_BEFORE, "number"), (_WANTED, "number")):
        for match in pattern.finditer(lower):
            value = _number(match[group], match["k"])
            if value == int(value) and 0 < value <= MOST:
                return int(value), match.start(group), match.end(group)
    return None


def _may_count(reading: Reading) -> bool:
    if _CODE.search(reading.lower):
        return False
    return any("0" <= char <= "9" for char in reading.lower) or any(word in NUMBER_WORDS for word in reading.words)


def _number(digits: str, thousand: str) -> float:
    """Read digits: 1,500 and 1 500 are thousands, 1,5 is a fraction."""
    if re.fullmatch(r"\d{1,3}(?:[ ,]\d{3})+", digits):
        digits = re.sub(r"[ ,]", "", digits)
    value = float(digits.replace(",", ".").replace(" ", ""))
    return value * 1000 if thousand else value


def _within(reading: Reading, start: int, end: int) -> tuple[int, int]:
    return start, min(end, len(reading.text))
