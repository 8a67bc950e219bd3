"""Sums of money and their ranges in free text: «от 50 до 80 тыс», "$2-3k", «не больше 20 т.р.»."""

import re
from dataclasses import dataclass
from decimal import Decimal

from knowledge.understanding.currencies import SIGN, WORD, currency_code
from knowledge.understanding.numerals import CUES as NUMBER_WORDS
from knowledge.understanding.numerals import respell
from knowledge.understanding.text import Found, Reading, read

_MOST = 32  # sums of one message that are read

_NUMBER = (
    r"(?:\d{1,3}(?:[ ,.'’]\d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|"
    r"\d{1,2}(?:,\d{2}){1,3},\d{3}(?:\.\d+)?|\d{1,15}(?:[.,]\d{1,6})?|\.\d{1,4})"
)
_SCALES = (
    (r"т\.? ?р(?:уб\w*)?", 1000, "RUB"),
    (r"косар\w{0,3}|штук(?=и? (?:рублей|баксов|долл|евро))", 1000, "RUB"),
    (r"тыс(?:яч\w{0,3})?|тыщ\w?|т(?=\.? ?(?:долл|бакс|евро|тенге|тг|€|\$))|тр|[кk]|grand|thousands?", 1000, None),
    (r"млн|миллион\w{0,3}|лям\w{0,2}|mln|mio|millions?|mil|m{1,2}", 10**6, None),
    (r"млрд|миллиард\w{0,3}|bn|billions?|b", 10**9, None),
    (r"lakhs?|lacs?|лакх\w*", 10**5, None),
    (r"crores?", 10**7, None),
)
_SCALE = "(?:" + "|".join(pattern for pattern, _, _ in _SCALES) + r")(?![^\W\d_])\.?"
_SCALE_TABLE = tuple((re.compile(pattern), factor, code) for pattern, factor, code in _SCALES)


def _amount(at: str) -> str:
    return (
        rf"(?:(?P<pre{at}>(?<![^\W\d_])(?:{WORD}|{SIGN})(?: ?(?:{SIGN}))?)\.? ?)?"
        rf"(?:(?P<early{at}>(?<!\w)(?:тысяч|тыщ|тыс\.?|миллионов|млн)) )?"
        rf"(?P<number{at}>{_NUMBER})"
        rf"(?: ?(?P<scale{at}>{_SCALE})(?:(?<=млн) (?P<more{at}>\d{{1,3}}) ?(?:тыс\w{{0,4}}|к)(?![^\W\d_])\.?)?)?"
        rf"(?: ?\([^()]{{1,120}}\))?"
        rf"(?:[ -]?(?P<post{at}>{WORD}|{SIGN}))?"
    )


_COINS = (
    r"(?:[ ,]{0,2}(?:и |and )?(?P<coins>\d{1,2})"
    r"(?: ?(?P<minor>коп\w*|копе\w+|цент\w*|ц|cents?|pence|pennies|penny|kopiyk\w+|c)(?!\w)|(?<= \d\d)(?=\W*$)))?"
)
_AMOUNT = re.compile(rf"(?<![\w.,#№:/-])-?{_amount('1')}{_COINS}(?!\w)")
_RANGE = re.compile(
    rf"(?<![\w.,#№:/])(?:(?P<between>between|между|from|от|с) )?(?<!\d-){_amount('1')}"
    rf" ?(?P<joint>-|\.{{2,3}}|до|to|till|and|и|по|или|or) ?{_amount('2')}(?!\w)(?!-\d)",
)
_UPPER = re.compile(
    r"(?:\b(?:до|не (?:больше|более|дороже|выше|свыше)(?: чем)?|меньше|максимум|макс\.?|дешевле|"
    r"в пределах|в районе до|не превы\w+|"
    r"up to|under|at most|less than|no more than|not more than|below|max(?:imum)?(?: of)?|within|"
    r"cheaper than|upto|cap(?:ped)? at)"
    r"(?: (?:суммы|бюджета|about|примерно|где-то))?[ :]{1,2}|<=? ?)$",
)
_LOWER = re.compile(
    r"(?:\b(?:от|не (?:менее|меньше|дешевле|ниже)|минимум|мин\.?|свыше|больше|более|выше|дороже|начиная с|"
    r"from|at least|more than|over|above|min(?:imum)?(?: of)?|starting (?:at|from)|north of)[ :]{1,2}|>=? ?)$",
)
_ABOUT_MONEY = re.compile(
    r"(?<!\w)(?:бюджет|выделен|выделил|потрат|стоимост|цен[аеу]|потян|располага|уложи|на сумму|сумм[аеу]|"
    r"оплат|заплат|готовы? дать|"
    r"budget|spend|afford|price|cost|pay|worth|invest)\w{0,6}(?:[ :,-]{1,3}(?:у|нас|на|это|этот|все|"
    r"про\w+|где-то|примерно|около|до|от|в|не|больше|более|"
    r"менее|меньше|порядка|максимум|минимум|мой|наш|будет|был|есть|составля\w+|может|быть|районе|"
    r"пределах|is|was|of|around|about|up|to|for|"
    r"the|it|this|that|a|be|between|under|over|at|least|most|than|no|more|less|roughly|approximately|"
    r"maybe|somewhere|total|max|some)){0,5}[ :=-]{0,3}$",
)
_COUNTED = re.compile(
    r" ?(?:коп|цент|cent|pence|пенс|штук|шт\b|чел|сотр|подпис|пользов|раб|мест|гост|клиент|товар|"
    r"позиц|заяв|лид|просмотр|знак|символ|слов|раз\b|раза\b|км|метр|кв|м2|л\b|"
    r"литр|мл|кг|тонн|грамм|лет|год|дн|дней|час|мин|недел|мес|экз|ед|комплект|чаш|порци|страниц|"
    r"человек|процент|градус|об/|"
    r"people|users|units|pieces|pcs|items|followers|subscribers|employees|staff|seats|guests|"
    r"customers|leads|views|steps|miles|"
    r"words|years|days|hours|weeks|months|times|orders|products|km|kg|ml|cups|percent|%|run\b|"
    r"resolution|th\b|st\b|nd\b|rd\b)",
)
_YEAR = re.compile(r" ?(?:г\b|год|year)")


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """An amount (min = max), a range, or one bound of it; `currency` is ISO 4217, None where none was said."""

    min: Decimal | None
    max: Decimal | None
    currency: str | None


def find_money(text: str | Reading, *, asked: bool = False) -> list[Found[MoneyRange]]:
    """Find every sum, in order. A bare number is money only if money was `asked` for or the words before it say so."""
    reading = read(text)
    if not may_hold_money(reading):
        return []
    spelled = respell(reading.lower)
    found = scan_money(spelled.text, asked=asked)
    placed = ((value, *spelled.source(start, end)) for value, start, end in found)
    return [reading.found(value, start, min(end, len(reading.text))) for value, start, end in placed]


def may_hold_money(reading: Reading) -> bool:
    """Tell cheaply whether a sum may be there: a digit, or a number in words."""
    return any("0" <= char <= "9" for char in reading.lower) or any(word in NUMBER_WORDS for word in reading.words)


def scan_money(lower: str, *, asked: bool = False) -> list[tuple[MoneyRange, int, int]]:
    """Find sums in text that is lower-cased and has its numbers in digits."""
    found: list[tuple[MoneyRange, int, int]] = []
    for match in _RANGE.finditer(lower):
        value = _range(lower, match, asked=asked)
        if value:
            found.append((value, match.start(), match.end()))
        if len(found) == _MOST:
            return found
    taken = [(start, end) for _, start, end in found]
    for match in _AMOUNT.finditer(lower):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        value = _single(lower, match, asked=asked)
        if value:
            found.append((value, match.start(), match.end()))
        if len(found) == _MOST:
            break
    return sorted(found, key=lambda item: item[1])


def _range(lower: str, match: re.Match[str], *, asked: bool) -> MoneyRange | None:
    if match["joint"] in {"and", "и", "or", "или"} and match["between"] not in {"between", "между"}:
        return None
    code = _code(match, "2") or _code(match, "1")
    scale1, scale2 = _factor(match["scale1"] or match["early1"]), _factor(match["scale2"] or match["early1"])
    if not _is_money(lower, match, code, asked=asked, scaled=bool(scale1 or scale2)):
        return None
    low, high = _value(match["number1"]), _value(match["number2"])
    if scale1 is None and scale2 is not None and low < high:
        low *= scale2
    low, high = low * (scale1 or 1), high * (scale2 or 1)
    if low > high or (match["joint"] in {"по", "с"} and code is None):
        return None
    return MoneyRange(low, high, code)


def _single(lower: str, match: re.Match[str], *, asked: bool) -> MoneyRange | None:
    code = _code(match, "1")
    factor = _factor(match["scale1"] or match["early1"])
    if not _is_money(lower, match, code, asked=asked, scaled=factor is not None):
        return None
    amount = _value(match["number1"]) * (factor or 1) + Decimal(match["more1"] or 0) * 1000
    if match["coins"] and (code == "USD" or (code and match["minor"])):  # "$20 43" is said, «500 рублей 10» is a count
        amount += Decimal(match["coins"]) / 100
    before = lower[max(0, match.start() - 40) : match.start()]
    if _UPPER.search(before):
        return MoneyRange(None, amount, code)
    if _LOWER.search(before):
        return MoneyRange(amount, None, code)
    return MoneyRange(amount, amount, code)


def _is_money(lower: str, match: re.Match[str], code: str | None, *, asked: bool, scaled: bool) -> bool:
    """Tell money from a count, a year or a plain number by what stands around it."""
    if code is not None:
        return True
    if _COUNTED.match(lower, match.end()):
        return False
    if scaled:
        return True
    told = _ABOUT_MONEY.search(lower[max(0, match.start() - 48) : match.start()]) is not None
    return (asked or told) and not _YEAR.match(lower, match.end())


def _code(match: re.Match[str], at: str) -> str | None:
    for group in (f"post{at}", f"pre{at}"):
        said = match[group]
        if said and (code := currency_code(said) or currency_code(said.split(" ")[0]) or currency_code(said[-1])):
            return code
    scale = match[f"scale{at}"]
    return next(
        (code for pattern, _, code in _SCALE_TABLE if scale and code and pattern.fullmatch(scale.rstrip("."))), None
    )


def _factor(scale: str | None) -> int | None:
    if scale is None:
        return None
    return next((factor for pattern, factor, _ in _SCALE_TABLE if pattern.fullmatch(scale.rstrip("."))), None)


def _value(number: str) -> Decimal:
    """Read digits with their separators: 1,500 and 1.500 are thousands, 1,5 and 2.02 are fractions."""
    compact = re.sub(r"[ '’]", "", number)
    last = max(compact.rfind(","), compact.rfind("."))
    if last < 0:
        return Decimal(compact)
    whole, fraction = re.sub(r"[.,]", "", compact[:last]), compact[last + 1 :]
    grouped = len(fraction) == 3 and whole not in {"", "0"}  # noqa: PLR2004 - thousands stand in threes
    return Decimal(whole + fraction) if grouped else Decimal(f"{whole or 0}.{fraction}")
