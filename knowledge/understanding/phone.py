"""Telephone numbers in free text, as E.164; look-alikes (orders, cards, tax numbers, dates, sums) are left alone."""

import re

import phonenumbers

from knowledge.understanding.numerals import has_run, respell
from knowledge.understanding.text import Found, Reading, read

FEWEST, MOST = 7, 15
"""Digits of a number that can be dialled (ITU E.164 allows fifteen)."""

_TRIES = 200  # readings that a message may cost: bounds the work on a text of digits

_CANDIDATE = re.compile(
    r"""
    (?<![\w*=@#&])(?<!\d[.,])(?<!\w/)
    (?: \(?\+[ ]?\(?)? \(? (?<![.,]\d) \d
    (?: [ ().\-/‐-―]{0,4} \d ){6,24}
    """,
    re.VERBOSE,
)
_LINK = re.compile(r"(?:wa\.me/|whatsapp\.com/send\?phone=|t\.me/)\+?(\d{7,15})(?!\d)")
_TEL = re.compile(r"tel:[\d+][^\s,;]{0,40}(?:;[^\s;]{1,60}){0,4}")
_EXTENSION = re.compile(r"[ ,;]{0,3}(?:ext(?:ension|n)?|x|доб(?:авочный)?|внутр)[.: ]{0,2}\d{1,20}(?!\d)")
_AFTER = re.compile(
    r" ?(?:[@_%=₽€$]|руб|р\.|т\.? ?р\b|тыс|млн|usd|eur|тенге|тг\b|грн|кг\b|шт\b|мм\b)|[a-wyz](?![a-z])",
)
_WHOSE = re.compile(
    r"""
    (?<!\w)(?:
      (?P<phone> тел(?:ефон\w*)?\b | моб(?:ильн\w*)?\b | сот(?:ов\w*)?\b | звон\w* | позвон\w* | набер\w* | номерок
        | whats?app | ват?сап\w* | (?:мой|мои|наш|вот)\ номер\w* | вайбер | viber | phone | mobile | cell | call | dial
        | reach | fax | факс | contact | контакт\w* | tel\b | text\ me | sms )
      | (?P<other> заказ\w* | order\w* | сч[её]т\w* | account | карт\w* | card | visa | mastercard | инн\b | огрн\w*
        | кпп\b | снилс | бик\b | р/с | договор\w* | contract | invoice | артикул\w* | sku | паспорт\w* | passport
        | imei | трек\w* | track\w* | накладн\w* | заявк\w* | ticket | tax | vat\b | ssn | iban | ogrn | inn\b
        | код\w* | code
        | id\b | serial | серийн\w* | vin\b | ean\b | isbn | штрих\w* | окпо | оквэд | лицев\w* | omb\b | полис\w*
        | ref\b | reference | бюджет\w* | budget )
    )
    """,
    re.VERBOSE,
)
_NUMBER_SIGN = re.compile(r"(?:№|#|\bno\.)\s?$")
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2,4}|\d{4}([./-])\d{1,2}\2\d{1,2}|\d{4}[-/]\d{4}")
_SUM = re.compile(r"\d{1,3}(?:[ .]\d{3}){2,3}")
_OLD = re.compile(r"\b(?:был|раньше|прежн\w+|стар(?:ый|ого)|old|was|used to be|previous)\b[^.!?\d+]{0,25}$")
_NEW = re.compile(
    r"\b(?:теперь|новый|сейчас|поменял\w*|сменил\w*|вернее|точнее|ошиб\w+|исправ\w+|now|new|instead|"
    r"sorry|rather|actually)\b"
)
_CIS = {"RU", "KZ", "BY", "UA", "AM", "AZ", "GE", "KG", "MD", "TJ", "TM", "UZ"}
_CIS_CODES = ("7", "375", "380", "374", "994", "995", "996", "373", "992", "993", "998")
_DIGIT = re.compile(r"\d")
_PLUS_WORD = re.compile(r"(?:плюс|plus) (?=\d)")


def find_phones(text: str | Reading, region: str) -> list[Found[str]]:
    """Find every telephone number, in order, as E.164. `region` (ISO 3166) reads numbers without a country code."""
    reading = read(text)
    if not _may_hold(reading):
        return []
    if not has_run(reading.words):
        return [reading.found(number, start, end) for number, start, end in _scan(reading.lower, region)]
    spelled = respell(reading.lower)
    joined = _PLUS_WORD.sub(lambda word: " " * (len(word.group()) - 1) + "+", spelled.text)
    found = [(number, *spelled.source(start, end)) for number, start, end in _scan(joined, region)]
    return [reading.found(number, start, end) for number, start, end in found if end <= len(reading.text)]


def find_phone(text: str | Reading, region: str) -> Found[str] | None:
    """Find the number that counts: of «мой номер был X, теперь Y» that is Y, otherwise the first."""
    reading = read(text)
    found = find_phones(reading, region)
    if len(found) > 1:
        original = text if isinstance(text, str) else reading.text
        for at, phone in enumerate(found[1:]):
            if _NEW.search(original[found[at].end : phone.start].lower()):
                return found[-1]
        kept = [phone for phone in found if not _OLD.search(original[: phone.start].lower()[-40:])]
        return (kept or found)[0]
    return found[0] if found else None


def _may_hold(reading: Reading) -> bool:
    lower = reading.lower
    first = _DIGIT.search(lower)
    if first is None:
        return has_run(reading.words)
    return len(_DIGIT.findall(lower, first.start())) >= FEWEST or has_run(reading.words)


def _scan(lower: str, region: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    budget = _Budget(region)
    if "tel:" in lower:
        for link in _TEL.finditer(lower):
            number = budget.parse(link.group())
            if number:
                found.append((number, link.start(), link.end()))
    for link in _LINK.finditer(lower):
        number = budget.parse("+" + link.group(1))
        if number:
            found.append((number, link.start(1), link.end(1)))
    position = 0
    while budget.left > 0 and (candidate := _CANDIDATE.search(lower, position)):
        position = candidate.end()
        if any(start < candidate.end() and candidate.start() < end for _, start, end in found):
            continue
        found += _numbers_in(lower, candidate, budget)
        extension = _EXTENSION.match(lower, position)
        position = extension.end() if extension else position
    return sorted(found, key=lambda item: item[1])


class _Budget:
    """Readings of digits as a number, counted: a hostile text may not buy more than a few dozen."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.left = _TRIES

    def parse(self, digits: str) -> str | None:
        """Give the E.164 form of a valid number, None for anything else."""
        try:
            number = phonenumbers.parse(digits, self.region)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_valid_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _numbers_in(lower: str, candidate: re.Match[str], budget: _Budget) -> list[tuple[str, int, int]]:
    text = candidate.group()
    whose = _owner(lower, candidate.start())
    if whose == "other" or _looks_else(text) or _AFTER.match(lower, candidate.end()):
        return []
    groups = [(part.start(), part.end()) for part in re.finditer(r"\d+", text)]
    found: list[tuple[str, int, int]] = []
    first = 0
    while first < len(groups):
        for last in range(len(groups) - 1, first - 1, -1):
            if budget.left <= 0:
                return found
            budget.left -= 1
            begin = _opening(text, groups[first][0])
            number = _number(text[begin : groups[last][1]], budget, asked=whose == "phone")
            if number:
                found.append((number, candidate.start() + begin, candidate.start() + groups[last][1]))
                first = last
                break
        first += 1
    return found


def _opening(text: str, start: int) -> int:
    """Step back over the plus and the brackets that belong to a number."""
    while start and (text[start - 1] in "+(" or (text[start - 1] == " " and text[: start - 1].endswith("+"))):
        start -= 1
    return start


def _number(piece: str, budget: _Budget, *, asked: bool) -> str | None:
    digits = re.sub(r"\D", "", piece)
    if not FEWEST <= len(digits) <= MOST + 2:
        return None
    if "+" in piece:
        return budget.parse(piece)
    if digits.startswith("00") and (number := budget.parse("+" + digits[2:])):
        return number
    if _is_tax_number(digits, budget.region) and not asked:
        return None
    if number := budget.parse(piece):
        return number
    long_enough = len(digits) >= 11  # noqa: PLR2004 - a country code and a national number of eight and more
    neighbours = budget.region in _CIS and digits.startswith(_CIS_CODES)
    return budget.parse("+" + digits) if long_enough and (asked or neighbours) else None


def _owner(lower: str, start: int) -> str | None:
    """Tell what the nearest word before a number says it is: "phone", "other" or None."""
    before = lower[max(0, start - 40) : start]
    last = None
    for word in _WHOSE.finditer(before):
        last = word.lastgroup
    if _NUMBER_SIGN.search(before) and last != "phone":
        return "other"
    return last


def _looks_else(text: str) -> bool:
    """Tell a date, a card or a sum from a telephone number by its shape."""
    digits = re.sub(r"\D", "", text)
    if _DATE.fullmatch(text):
        return True
    card = 13 <= len(digits) <= 19  # noqa: PLR2004 - lengths of card numbers, ISO 7812
    if card and "+" not in text and (_luhn(digits) or re.fullmatch(r"(?:\d{4}[ -]?){4}", text)):
        return not re.match(r"\(?0", text)
    return bool(_SUM.fullmatch(text)) and digits.endswith("000")


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)  # noqa: PLR2004 - the check of ISO 7812 in its own terms
    return total % 10 == 0


def _is_tax_number(digits: str, region: str) -> bool:
    """Tell a company's Russian ИНН from a number typed without 8: its last digit is a check, area codes begin 3489."""
    if region != "RU" or len(digits) != 10 or digits[0] in "3489":  # noqa: PLR2004
        return False
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10 == int(digits[9])
