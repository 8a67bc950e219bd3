"""Spelled numbers, Russian and English, written out as digits so that every other grammar reads digits only."""

import re
from dataclasses import dataclass
from itertools import pairwise

_UNITS = {
    0: "ноль нуль ноля нуля zero nought naught",
    1: "один одна одно одного одной одну одному одним one",
    2: "два две двух двум двумя двое двоих two",
    3: "три трех трем тремя трое троих three",
    4: "четыре четырех четырем четырьмя четверо четверых four",
    5: "пять пяти пятью пятеро пятерых five",
    6: "шесть шести шестью шестеро six",
    7: "семь семи семью семеро seven",
    8: "восемь восьми восемью восьмеро eight",
    9: "девять девяти девятью nine",
    10: "десять десяти десятью десяток десятка десятков ten",
    11: "одиннадцать одиннадцати одинадцать eleven",
    12: "двенадцать двенадцати дюжина дюжину дюжины twelve dozen",
    13: "тринадцать тринадцати thirteen",
    14: "четырнадцать четырнадцати fourteen",
    15: "пятнадцать пятнадцати fifteen",
    16: "шестнадцать шестнадцати sixteen",
    17: "семнадцать семнадцати seventeen",
    18: "восемнадцать восемнадцати eighteen",
    19: "девятнадцать девятнадцати nineteen",
    20: "двадцать двадцати twenty",
    30: "тридцать тридцати thirty",
    40: "сорок сорока forty fourty",
    50: "пятьдесят пятидесяти полсотни fifty",
    60: "шестьдесят шестидесяти sixty",
    70: "семьдесят семидесяти seventy",
    80: "восемьдесят восьмидесяти eighty",
    90: "девяносто девяноста ninety",
    100: "сто ста сотня сотню сотни",
    200: "двести двухсот двумстам",
    300: "триста трехсот",
    400: "четыреста четырехсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}
_SCALES = {
    100: "hundred hundreds",
    1000: "тысяча тысячи тысячу тысяч тысячей тыща тыщу тыщи тыщ thousand thousands",
    10**6: "миллион миллиона миллионов миллиону million millions",
    10**9: "миллиард миллиарда миллиардов billion billions",
    10**12: "триллион триллиона триллионов trillion trillions",
}
_HALVES = {
    1.5: "полтора полторы полутора",
    500: "полтысячи полутысячи",
    500_000: "полмиллиона полумиллиона полляма",
    1_000_000: "лям",
}
_ORDINAL_STEMS = {
    1: "перв",
    2: "втор",
    4: "четверт",
    5: "пят",
    6: "шест",
    7: "седьм",
    8: "восьм",
    9: "девят",
    10: "десят",
    11: "одиннадцат",
    12: "двенадцат",
    13: "тринадцат",
    14: "четырнадцат",
    15: "пятнадцат",
    16: "шестнадцат",
    17: "семнадцат",
    18: "восемнадцат",
    19: "девятнадцат",
    20: "двадцат",
    30: "тридцат",
}
_ORDINALS_EN = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)


def _ordinals() -> dict[str, int]:
    endings = ("ый", "ой", "ая", "ое", "ого", "ому", "ом", "ую", "ым")
    table = {stem + ending: value for value, stem in _ORDINAL_STEMS.items() for ending in endings}
    table |= dict.fromkeys(("третий", "третье", "третьего", "третьему", "третьем", "третья", "третьей", "третью"), 3)
    table |= {stem + "ой": value for value, stem in _ORDINAL_STEMS.items()}
    table |= {word: place for place, word in enumerate(_ORDINALS_EN.split(), 1)}
    return table | {"thirtieth": 30}


_CARDINALS: dict[str, float] = {word: value for value, words in _UNITS.items() for word in words.split()}
_SCALE: dict[str, int] = {word: value for value, words in _SCALES.items() for word in words.split()}
_HALF: dict[str, float] = {word: value for value, words in _HALVES.items() for word in words.split()}
_ORDINAL = _ordinals()
_MANY_WORDS = "тысяч тыщ миллионов миллиардов триллионов hundred hundreds thousands millions billions trillions"
_MANY = frozenset(_MANY_WORDS.split())
_PAIR = {"пара": 2, "пару": 2, "пары": 2, "couple": 2, "half": 0.5, "quarter": 0.25}

CUES = frozenset({*_CARDINALS, *_HALF, *_ORDINAL, *_SCALE, *_PAIR})
"""Words that may begin or make a spelled number."""

_TOKEN = re.compile(r"(?<![^\W\d_])(?!and(?!\w))[^\W\d_]+|\d+")
_GAP = re.compile(r"[ -]| and |-and-")
_AND_HALF = re.compile(r" (?:с половиной|and a half)(?!\w)")


@dataclass(frozen=True, slots=True)
class Respelled:
    """A text whose spelled numbers are digits, and the way back: rows of (start, end, original start, original end)."""

    text: str
    edits: tuple[tuple[int, int, int, int], ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the text as it was for a place in the respelled one; a spelled number counts whole."""
        return self._back(start, at_end=False), self._back(end, at_end=True)

    def _back(self, position: int, *, at_end: bool) -> int:
        shift = 0
        for new_start, new_end, old_start, old_end in self.edits:
            if position < new_start or (at_end and position == new_start):
                break
            if new_start <= position < new_end or (at_end and position == new_end):
                return old_end if at_end else old_start
            shift = old_end - new_end
        return position + shift


@dataclass(slots=True)
class _Run:
    """A spelled number that is being put together, word by word."""

    total: float = 0
    current: float = 0
    room: float = 10**15
    lowest: float = 10**15
    open: bool = False

    def add(self, word: str) -> bool:
        """Take one more word if it can follow; False when the number ended before it."""
        if word in _SCALE:
            return self._scale(_SCALE[word])
        value = _CARDINALS.get(word, _HALF.get(word))
        if value is None or (self.open and not self._fits(value)):
            return False
        self.current += value
        self.lowest = 1 if value < 20 else (10 if value < 100 else 100)  # noqa: PLR2004 - the place a word fills
        self.open = True
        return True

    def _fits(self, value: float) -> bool:
        return 0 < value < self.lowest and value == int(value) and self.lowest > 1

    def _scale(self, scale: int) -> bool:
        if scale == 100:  # noqa: PLR2004 - English says two hundred, which multiplies within the thousand
            if self.current >= scale or not self.open:
                return False
            self.current *= scale
            self.lowest = scale
            return True
        if scale >= self.room:
            return False
        self.total += (self.current or 1) * scale
        self.current, self.room, self.lowest, self.open = 0, scale, 10**15, True
        return True

    @property
    def value(self) -> float:
        return self.total + self.current


def respell(lower: str) -> Respelled:
    """Write spelled numbers as digits: «две тысячи пятьсот» 2500, «полтора» 1.5, «пятнадцатое» 15th, "a dozen" 12.

    Whole thousands keep their word, as к: «сто тысяч» is 100к, and like 100к may be money without a sign.
    """
    tokens = list(_TOKEN.finditer(lower))
    parts: list[str] = []
    edits: list[tuple[int, int, int, int]] = []
    done, length, index = 0, 0, 0
    while index < len(tokens):
        spelled = _number_at(lower, tokens, index)
        if spelled is None:
            index += 1
            continue
        digits, after, end = spelled
        start = tokens[index].start()
        parts += (lower[done:start], digits)
        length += start - done + len(digits)
        edits.append((length - len(digits), length, start, end))
        done, index = end, after
    parts.append(lower[done:])
    return Respelled("".join(parts), tuple(edits))


def _number_at(lower: str, tokens: list[re.Match[str]], index: int) -> tuple[str, int, int] | None:
    """Read one spelled number that begins at a token: its digits, the next token, where its text ends."""
    word = tokens[index].group()
    if word in {"a", "an"} or word in _PAIR:
        return _article(lower, tokens, index)
    if word not in CUES or word in _MANY or (word in _SCALE and _after_digit(lower, tokens, index)):
        return None
    run, after, end = _Run(), index, tokens[index].start()
    while after < len(tokens):
        token = tokens[after]
        if after > index and not _joined(lower, run, tokens, end, after):
            break
        if token.group() in _ORDINAL and (not run.open or run._fits(_ORDINAL[token.group()])):  # noqa: SLF001
            return f"{run.value + _ORDINAL[token.group()]:.0f}th", after + 1, token.end()
        if not run.add(token.group()):
            break
        end, after = token.end(), after + 1
        end, after = _half_more(lower, run, tokens, end, after)
    if after == index:
        return None
    alone = after == index + 1 and word in _SCALE  # «миллион вопросов» is no sum
    return (str(_SCALE[word]) if alone else _digits(run.value)), after, end


def _joined(lower: str, run: _Run, tokens: list[re.Match[str]], end: int, after: int) -> bool:
    """Tell whether the next word may go on with the number: in "one hundred and two hundred" it may not."""
    if not _GAP.fullmatch(lower, end, tokens[after].start()):
        return False
    if "and" not in lower[end : tokens[after].start()]:
        return True
    coming = [_SCALE[word] for token in tokens[after : after + 3] if (word := token.group()) in _SCALE]
    return not coming or (coming[0] != 100 and coming[0] < run.room)  # noqa: PLR2004 - a second hundred begins a number


def _half_more(lower: str, run: _Run, tokens: list[re.Match[str]], end: int, after: int) -> tuple[int, int]:
    half = _AND_HALF.match(lower, end)
    if half is None or not run.open:
        return end, after
    run.current += 0.5
    while after < len(tokens) and tokens[after].end() <= half.end():
        after += 1
    return half.end(), after


def _article(lower: str, tokens: list[re.Match[str]], index: int) -> tuple[str, int, int] | None:
    """Read "a dozen", "a hundred", "half a million", "a couple of thousand", «пару тысяч»."""
    factor: float = _PAIR.get(tokens[index].group(), 1)
    after = index + 1
    while after < len(tokens) and tokens[after].group() in {"a", "an", "of", "couple", "half", "quarter"}:
        factor = _PAIR.get(tokens[after].group(), factor)
        after += 1
    if after == len(tokens) or lower[tokens[index].start() : tokens[after].start()].count(" ") != after - index:
        return None
    word = tokens[after].group()
    scale = _SCALE.get(word) or (_CARDINALS.get(word) if word == "dozen" else None)
    if scale is None:
        return None
    return _digits(factor * scale), after + 1, tokens[after].end()


def _after_digit(lower: str, tokens: list[re.Match[str]], index: int) -> bool:
    """Tell whether a scale word belongs to digits before it («20 тысяч»): money and quantity read those."""
    if index == 0:
        return False
    before, here = tokens[index - 1], tokens[index]
    return before.group().isdigit() and lower[before.end() : here.start()].strip() == ""


def _digits(value: float) -> str:
    if value >= 1000 and value % 1000 == 0:  # noqa: PLR2004 - whole thousands
        return f"{int(value) // 1000}к"
    return str(int(value)) if value == int(value) else str(value)


def has_run(words: tuple[str, ...]) -> bool:
    """Tell whether two number words stand side by side, as in a telephone number said aloud."""
    return any(left in CUES and right in CUES for left, right in pairwise(words))
