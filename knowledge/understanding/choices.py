"""Which of the choices that were shown a typed answer means; no match is better than a wrong one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from knowledge.understanding.money import find_money
from knowledge.understanding.number import NumberRange, find_quantity, find_range
from knowledge.understanding.numerals import respell
from knowledge.understanding.text import plain, read
from knowledge.understanding.yesno import yes_no

_TYPO_FROM = 5  # letters of a label that a slip may be forgiven in; "да" and "нет" are one slip from other words
_TWO_SLIPS_FROM = 10
_PART_FROM = 4  # letters of an answer that may stand for a longer label
_LONGEST_ANSWER = 400
_BY_FAR = 50  # times below the lowest bound
_ORDINAL = re.compile(
    r"(?:№|#|номер|вариант|пункт|option|number|no|the)? ?(?P<n>\d{1,2})(?:th|st|nd|rd)?(?: ?(?:-?й|"
    r"-?е|-?я|вариант|пункт|option|one|1(?!\d)))?",
)
_REFUSED = re.compile(r"(?<!\w)(?:не|кроме|без|ни|not|no|except|without|don t|dont|neither|любой кроме)(?: \w+)?$")
_MONEY_MARK = re.compile(r"[₽$€£₸₴]|руб|тыс|млн|\bр\b|usd|eur|\d ?[кk](?!\w)|000")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice: its value, and every label and synonym that means it, the shown one first."""

    value: str
    labels: tuple[str, ...]


def match_choice(text: str, choices: Sequence[Choice], *, numbered: bool = False) -> str | None:
    """Give the value of the one choice that is meant: by label, ordinal, words of it, a slip, or a number in range.

    `numbered` says that the choices were shown with numbers: then "2" is the second even among "1-5", "6-20".
    None when nothing or more than one thing matches.
    """
    said = plain(text[:_LONGEST_ANSWER])
    if not said:
        return _only([choice for choice in choices if text.strip() in choice.labels] or _yes_or_no(text, said, choices))
    exact = [choice for choice in choices if said in _names(choice)]
    if exact:
        return _only(exact)
    ranged = any(_label_range(choice.labels[0]) for choice in choices if choice.labels)
    if numbered or not ranged:
        ordinal = _ordinal(text, choices)
        if ordinal is not None:
            return ordinal
    for matching in (_within_range, _named, _part_of, _slipped, _yes_or_no):
        found = matching(text, said, choices)
        if found:
            return _only(found)
    return None


def _only(found: Sequence[Choice]) -> str | None:
    return found[0].value if len({choice.value for choice in found}) == 1 else None


def _names(choice: Choice) -> list[str]:
    names = [plain(label) for label in (*choice.labels, choice.value)]
    return [name for name in names if name]


def _ordinal(text: str, choices: Sequence[Choice]) -> str | None:
    """Read "2", «второй», "option 3", counted from one."""
    lower = respell(read(text).lower).text.strip(" .,!)(")
    match = _ORDINAL.fullmatch(lower)
    if match and 1 <= int(match["n"]) <= len(choices):
        return choices[int(match["n"]) - 1].value
    return None


def _named(_text: str, said: str, choices: Sequence[Choice]) -> list[Choice]:
    """Find labels that stand in the answer as words; the longest wins over those inside it, a refused one is out."""
    padded = f" {said} "
    hits: list[tuple[int, int, Choice]] = []
    for choice in choices:
        for name in _names(choice):
            at = padded.find(f" {name} ")
            if at < 0 or len(name) < 3 or name.isdigit():  # noqa: PLR2004 - two letters mean too many things
                continue
            if _REFUSED.search(padded[:at].rstrip()):
                return []
            hits.append((at, at + len(name), choice))
    return [
        choice
        for start, end, choice in hits
        if not any(low <= start and end <= high and high - low > end - start for low, high, _ in hits)
    ]


def _part_of(_text: str, said: str, choices: Sequence[Choice]) -> list[Choice]:
    """Find labels of which the answer is some whole words: «кофе» for «Кофе в зёрнах»."""
    if len(said) < _PART_FROM or said.isdigit():
        return []
    return [choice for choice in choices if any(f" {said} " in f" {name} " for name in _names(choice))]


def _slipped(_text: str, said: str, choices: Sequence[Choice]) -> list[Choice]:
    """Find labels that are one slip away, two in long ones; of two near ones neither."""
    near: list[Choice] = []
    for choice in choices:
        for name in _names(choice):
            allowed = 0 if min(len(name), len(said)) < _TYPO_FROM else 1 + (len(name) >= _TWO_SLIPS_FROM)
            alike = name[0] == said[0] or len(name) > _TYPO_FROM
            figures = _FIGURE.findall(name) == _FIGURE.findall(said)
            if allowed and alike and figures and OSA.distance(name, said, score_cutoff=allowed) <= allowed:
                near.append(choice)
    return near


def _yes_or_no(text: str, _said: str, choices: Sequence[Choice]) -> list[Choice]:
    answer = yes_no(text)
    return [choice for choice in choices if choice.value == answer]


def _within_range(text: str, _said: str, choices: Sequence[Choice]) -> list[Choice]:
    """Find the one range that holds the number, or the whole range, of the answer."""
    ranges = [(choice, found) for choice in choices if choice.labels and (found := _label_range(choice.labels[0]))]
    if not ranges:
        return []
    money = any(_MONEY_MARK.search(choice.labels[0].lower()) for choice in choices if choice.labels)
    answered = _answer_range(text, money=money)
    if answered is None or (money and _far_below(answered, [found for _, found in ranges])):
        return []
    same = [choice for choice, found in ranges if found == answered]
    return same or [choice for choice, found in ranges if _holds(found, answered)]


def _holds(label: NumberRange, answer: NumberRange) -> bool:
    if (answer.low is None and label.low is not None) or (answer.high is None and label.high is not None):
        return False
    above = label.low is None or answer.low is None or label.low <= answer.low
    below = label.high is None or answer.high is None or answer.high <= label.high
    return above and below


def _far_below(answer: NumberRange, labels: Sequence[NumberRange]) -> bool:
    """Tell an answer such as «70», where thousands are meant or nothing is: it fits the lowest range by chance only."""
    bounds = [bound for found in labels for bound in (found.low, found.high) if bound]
    said = max(bound for bound in (answer.low, answer.high, 0) if bound is not None)
    return bool(bounds) and said * _BY_FAR < min(bounds)


def _label_range(label: str) -> NumberRange | None:
    """Read "6–20", "100+", «до 50 000 ₽», «50–150 тыс.»; None for a label that is more than a range."""
    if not _FIGURE.search(label):
        return None
    found = _as_money(label) if _MONEY_MARK.search(label.lower()) else find_range(label)
    return None if found is None or found.low == found.high else found


def _answer_range(text: str, *, money: bool) -> NumberRange | None:
    if money:
        return _as_money(text)
    quantity = find_quantity(text)
    figures = re.findall(r"\d+", respell(read(text).lower).text)
    if quantity and len(figures) == 1:
        return NumberRange(quantity.value, quantity.value)
    span = find_range(text)
    if len(figures) == 2 and span and span.low == span.high:  # noqa: PLR2004 - two numbers that are no range
        return None
    return span if len(figures) in {1, 2} else None


def _as_money(text: str) -> NumberRange | None:
    """Read one sum as a range; a plus after it opens it upwards."""
    found = find_money(text, asked=True)
    if len(found) != 1:
        return None
    low, high = found[0].value.min, found[0].value.max
    if low == high and text[found[0].end :].lstrip().startswith("+"):
        high = None
    return NumberRange(None if low is None else float(low), None if high is None else float(high))
