"""Until when something was promised: the day by the rules of dates, the hour by words, all told from a given now."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from knowledge.understanding.dates import find_date

EVENING: Final = time(18)
"""By when a thing is due that was promised for a day."""
_NUMBER_WORDS: Final = (
    {"полтора": 1.5, "пол": 0.5, "пару": 2.0, "пары": 2.0, "two": 2.0, "три": 3.0, "two or three": 3.0, "half": 0.5}
    | dict.fromkeys(("", "a", "an", "один", "одного", "one"), 1.0)
    | dict.fromkeys(("два", "две", "двух", "couple of", "a couple of"), 2.0)
    | dict.fromkeys(("three", "трёх", "трех", "few", "a few", "несколько"), 3.0)
)
_MANY: Final = "|".join(sorted((re.escape(word) for word in _NUMBER_WORDS if word), key=len, reverse=True))
_SPAN: Final = re.compile(
    r"(?<!\w)(?:через|в течени[еи]|за|не позже чем через|within|in|inside|in about|within the next)"
    rf"(?: ближайши[ей]| next| the next| примерно| about)? "
    rf"(?:(?P<low>\d{{1,3}})(?:[-–](?P<high>\d{{1,3}}))? ?|(?P<word>{_MANY}) ?)?"
    r"(?P<unit>час\w{0,2}|мин\w{0,3}|hours?|hrs?|minutes?|mins?)(?!\w)(?! ночи| дня| утра| вечера)"
)
_HALF: Final = re.compile(r"(?<!\w)(?:(?:через|в течени[еи]|за) полчаса|(?:in|within) half an hour)(?!\w)")
_SOON: Final = re.compile(
    r"(?<!\w)(?:прямо сейчас|сейчас|сию минуту|right now|right away|straight away|in a moment|in a minute|now|"
    r"через минут\w|в ближайшее время|in a bit|shortly)(?!\w)"
)
_CLOCK: Final = re.compile(
    r"(?<![\w.,:])(?:(?:в|к|до|после|около|не позже|at|by|before|until|till|around|after) )"
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d)| ?час\w{0,2}| o'?clock)?"
    r" ?(?P<half>утра|дня|вечера|a\.?m\.?|p\.?m\.?)?(?![\w%:]|[.,]\d| ?(?:янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|"
    r"ноя|дек|числ|st|nd|rd|th|процент|руб|тыс|дн|ден|недел|месяц|человек|шт|january|february|march|april|may|june|"
    r"july|august|september|october|november|december|days?|weeks?))"
)
_PARTS: Final = (
    (
        (
            r"до обеда|к обеду|до полудня|утром|с утра|by noon|before lunch|by lunch\w*|in the morning|first thing|"
            r"this morning|(?:tomorrow|monday|tuesday|wednesday|thursday|friday) morning"
        ),
        time(12),
    ),
    (r"после обеда|днем|in the afternoon|this afternoon|after lunch|tomorrow afternoon", time(17)),
    (
        (
            r"вечером|к вечеру|до вечера|завтрашнего вечера|tonight|this evening|in the evening|by the evening|"
            r"tomorrow evening"
        ),
        time(20),
    ),
    (
        (
            r"до конца (?:рабочего )?дня|к концу (?:рабочего )?дня|end of (?:the )?(?:business |working )?day|eod|"
            r"end of today|close of (?:business|play)|cob|в течени[еи] дня|later today|during the day"
        ),
        EVENING,
    ),
)
_DAY_PARTS: Final = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), hour) for words, hour in _PARTS)
_TODAY: Final = re.compile(r"(?<!\w)(?:в течени[еи] (?:этого |рабочего )?дня|later today|during the day)(?!\w)")
_TOMORROW: Final = re.compile(r"(?<!\w)завтрашн\w+")
_ORDINAL: Final = re.compile(r"(?<![\w.])([12]?\d|3[01])-?(?:го|му|е)(?!\w)")
_WEEK: Final = re.compile(r"(?<!\w)(?:недел\w+|week)(?!\w)")
_FRIDAY: Final = 4
"""The last day of a week in which something is promised, Monday being 0."""
_NOON: Final = 12
_EARLY: Final = 8
"""An hour below this without "am" is one of the afternoon: nobody calls at three in the morning."""


def due_of(text: str, now: datetime) -> datetime | None:
    """The moment by which it is due, in the zone of `now`; None when no time is named."""
    lower = text.lower().replace("ё", "е")
    if span := _SPAN.search(lower):
        return now + _length(span)
    if _HALF.search(lower):
        return now + timedelta(minutes=30)
    day = _day(text, now)
    hour = _hour(lower)
    if day is None and hour is None:
        return now + timedelta(hours=1) if _SOON.search(lower) else None
    found = _moment(day or now.date(), hour or EVENING, now)
    if day is None and found <= now:  # said at four: «позвоню в 11» is tomorrow's
        found = _moment(now.date() + timedelta(days=1), hour or EVENING, now)
    return found if found > now else now + timedelta(hours=1)


def _moment(day: date, hour: time, now: datetime) -> datetime:
    return datetime.combine(day, hour, tzinfo=now.tzinfo)


def _length(span: re.Match[str]) -> timedelta:
    said = span["high"] or span["low"]
    count = float(said) if said else _NUMBER_WORDS.get(span["word"] or "", 1.0)
    return timedelta(minutes=count) if span["unit"][0] == "м" or span["unit"][:3] == "min" else timedelta(hours=count)


def _day(text: str, now: datetime) -> date | None:
    """The last day that was meant."""
    if _TODAY.search(text.lower()):
        return now.date()
    if _TOMORROW.search(text.lower()):
        return now.date() + timedelta(days=1)
    found = find_date(text, now) or find_date(_ORDINAL.sub(r"\1 числа", text), now)
    if found is None:
        return None
    when = found.value
    day = when.date or (when.period and (when.period.end or when.period.start)) or None
    if day and day.weekday() > _FRIDAY and _WEEK.search(text.lower()):
        day -= timedelta(days=day.weekday() - _FRIDAY)
    return day if day and day >= now.date() else None


def _hour(lower: str) -> time | None:
    """The hour, by the clock or by the part of the day."""
    for found in _CLOCK.finditer(lower):
        hour, half = int(found["hour"]), (found["half"] or "").replace(".", "")
        if (half in {"pm", "дня", "вечера"} and hour < _NOON) or (not half and not found["minute"] and hour < _EARLY):
            hour += _NOON
        if half or found["minute"] or found["hour"]:
            return time(hour % 24, int(found["minute"] or 0))
    return next((hour for pattern, hour in _DAY_PARTS if pattern.search(lower)), None)
