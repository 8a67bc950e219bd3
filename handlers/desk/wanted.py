"""What stands behind a command, read: a period, a kind of file, a status; in any order, in either language."""

import re
from dataclasses import dataclass
from typing import Final, get_args

from flows.model import LeadStatus
from flows.tables import Format
from handlers.figures import lead_words
from handlers.report import LONGEST
from locales.operators import LANGUAGES, messages

_PERIOD: Final = re.compile(r"(\d{1,5})\s?(d|w|m|д|дн|дней|дня|день|н|нед|м|мес|days?|weeks?|months?)?")
_DAYS: Final = {"w": 7, "н": 7, "m": 30, "м": 30}
_NAMED: Final = {
    "day": 1, "день": 1, "week": 7, "неделя": 7, "month": 30, "месяц": 30, "quarter": 91, "квартал": 91,
    "year": 365, "год": 365,
}  # fmt: skip
_FILES: Final[dict[str, Format]] = {"csv": "csv", "xlsx": "xlsx", "excel": "xlsx"}
_STATUS: Final = re.compile(r"(?:status|статус)\s*[=:]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; `days` is 0 where no period was named, `unclear` the words that mean nothing here."""

    days: int = 0
    kind: Format | None = None
    status: LeadStatus | None = None
    unclear: tuple[str, ...] = ()


def wanted(arguments: str) -> Wanted:
    """Read `xlsx 7d status=won` and the like; a status of two words is written with `_`, or stands last."""
    text = _STATUS.sub("", arguments.casefold().replace("ё", "е"))
    for words, status in sorted(_statuses().items(), key=lambda one: -len(one[0])):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", status, text)
    days, kind, status_found, unclear = 0, None, None, []
    for word in text.replace(",", " ").split():
        if length := _days(word):
            days = length
        elif word in _FILES:
            kind = _FILES[word]
        elif word in get_args(LeadStatus):
            status_found = next(status for status in get_args(LeadStatus) if status == word)
        else:
            unclear.append(word)
    return Wanted(days, kind, status_found, tuple(unclear))


def _days(word: str) -> int:
    """How many days a word names, no more than a report may cover; 0 for none."""
    if named := _NAMED.get(word):
        return named
    found = _PERIOD.fullmatch(word)
    return min(int(found[1]) * _DAYS.get((found[2] or "d")[0], 1), LONGEST) if found else 0


def _statuses() -> dict[str, str]:
    """The statuses by what they are called in any language."""
    return {
        words.casefold().replace("ё", "е"): status
        for language in LANGUAGES
        for status, words in lead_words(messages(language)).items()
        if status != "total"
    }
