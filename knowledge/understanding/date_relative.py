"""Dates told from today: «через две недели», "by end of next week", «в следующую пятницу», «срочно»."""

import re
from datetime import date, datetime, timedelta

from knowledge.understanding.date_named import which_part
from knowledge.understanding.date_rule import Group, group, on, span
from knowledge.understanding.date_words import (
    DAY_WORDS,
    DAYS,
    LAST,
    LONG_WEEKDAY,
    MONTHS,
    NEXT,
    SEASON,
    THIS,
    UNIT,
    WEEKDAY,
    season_month,
    shift_of,
    unit_name,
    weekday_number,
)
from knowledge.understanding.periods import (
    Period,
    When,
    later,
    part,
    season,
    unit_at,
    week,
    weekend,
    working_days,
    year,
)

_WHOLE = frozenset({"week", "fortnight", "month", "quarter", "year"})
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_FAR = 100_000  # of any unit; more is no date


def _moved(now: datetime, count: float, unit: str) -> date | None:
    """Go on from now by a count of units; business days count five a week."""
    if abs(count) > _FAR:
        return None
    if unit in _SECONDS:
        return (now + timedelta(seconds=count * _SECONDS[unit])).date()
    if unit in DAYS:
        return later(now.date(), days=count * DAYS[unit])
    return later(now.date(), months=count * MONTHS[unit])


def _count(match: re.Match[str], group: str = "n") -> float:
    said = match.groupdict()
    if said.get("pair"):
        return 2
    return float((said.get(group) or "1").replace(",", "."))


def _in(match: re.Match[str], now: datetime) -> When | None:
    groups = match.groupdict()
    unit = unit_name(match["u"])
    if groups.get("n2"):
        first, last = _moved(now, _count(match), unit), _moved(now, _count(match, "n2"), unit)
        return When(last, Period(first, last)) if first and last else None
    return on(_ahead(match, now))


def _ahead(match: re.Match[str], now: datetime) -> date | None:
    if match["u"].startswith(("раб", "bus", "work")):
        return working_days(now.date(), int(_count(match)))
    return _moved(now, _count(match), unit_name(match["u"]))


def _half_year(_match: re.Match[str], now: datetime) -> When | None:
    return on(_moved(now, 6, "month"))


def _ago(match: re.Match[str], now: datetime) -> When | None:
    found = _moved(now, -_count(match), unit_name(match["u"]))
    if found and match["u2"] and unit_name(match["u2"]) == "hour" and unit_name(match["u"]) == "day":
        found = (now - timedelta(days=_count(match), hours=_count(match, "n2"))).date()
    return on(found)


def _back(match: re.Match[str], now: datetime) -> When | None:
    return on(_moved(now, -_count(match), unit_name(match["u"])))


def _within(match: re.Match[str], now: datetime) -> When | None:
    last = _ahead(match, now)
    return When(last, Period(now.date(), last)) if last else None


def _past(match: re.Match[str], now: datetime) -> When | None:
    return _calendar(now, unit_name(match["u"]), -int(_count(match)), -1)


def _next(match: re.Match[str], now: datetime) -> When | None:
    """Read "next 3 months" as whole months from the next; days and weeks run from today."""
    unit = unit_name(match["u"])
    return _calendar(now, unit, 1, int(_count(match))) if unit in {"month", "year", "quarter"} else _within(match, now)


def _upcoming(match: re.Match[str], now: datetime) -> When | None:
    """Read "two upcoming quarters" as the second of them; days run from today."""
    unit, count = unit_name(match["u"]), int(_count(match))
    return _calendar(now, unit, count, count) if unit in {"year", "quarter"} else _within(match, now)


def _weekdays_on(match: re.Match[str], now: datetime) -> When | None:
    """Read "3 fridays from now" as the third Friday after today."""
    ahead = (weekday_number(match["wd"]) - now.weekday() - 1) % 7 + 1
    return on(later(now.date(), days=ahead + 7 * (int(_count(match)) - 1)))


def _calendar(now: datetime, unit: str, first: int, last: int) -> When | None:
    """Give the whole weeks, months, quarters or years from `first` to `last`, counted from the present one."""
    if max(abs(first), abs(last)) > _FAR or unit in _SECONDS:
        return None
    begin, end = unit_at(now.date(), unit, first), unit_at(now.date(), unit, last)
    return When(None, Period(begin.start, end.end)) if begin and end else None


def _day_word(match: re.Match[str], now: datetime) -> When | None:
    return on(later(now.date(), days=DAY_WORDS[match["w"]]))


def _today(_match: re.Match[str], now: datetime) -> When | None:
    return When(now.date(), None)


def _weekday(match: re.Match[str], now: datetime) -> When | None:
    groups = match.groupdict()
    wanted = weekday_number(groups.get("wd") or match["wd2"])
    which = groups.get("which")
    if which:
        whole = week(now.date(), shift_of(which))
        found = whole and whole.start and whole.start + timedelta(wanted)
        if found and shift_of(which) == 0 and found < now.date() and not groups.get("of"):
            found += timedelta(7)
        return on(found or None)
    return on(later(now.date(), days=(wanted - now.weekday() - 1) % 7 + 1))


def _whole(match: re.Match[str], now: datetime) -> tuple[Period | None, str]:
    """Give the week, month, quarter, year or season that is meant, and what it is."""
    groups = match.groupdict()
    today, shift = now.date(), shift_of(groups.get("which"))
    if groups.get("s"):
        return season(today, season_month(match["s"])), "season"
    if groups.get("y"):
        return year(int(match["y"])), "year"
    said = match["u"]
    if said.startswith(("выход", "weekend")):
        return weekend(today, shift), "week"
    unit = unit_name(said)
    return (unit_at(today, unit, shift), "week" if unit == "fortnight" else unit) if unit in _WHOLE else (None, unit)


def _period(match: re.Match[str], now: datetime) -> When | None:
    return span(_whole(match, now)[0])


def _part(match: re.Match[str], now: datetime) -> When | None:
    whole, unit = _whole(match, now)
    which = which_part(match["part"])
    piece = whole and part(whole, unit, which)
    if piece is None or piece.end is None:
        return None
    return When(piece.end, piece) if which == "end" else span(piece)


def _short_end(match: re.Match[str], now: datetime) -> When | None:
    unit = {"w": "week", "m": "month", "y": "year", "q": "quarter"}[match["e"][2]]
    whole = unit_at(now.date(), unit, 0)
    piece = whole and part(whole, unit, "end" if match["e"].startswith("eo") else "begin")
    return When(piece.end if match["e"].startswith("eo") else None, piece) if piece else None


_N = r"(?P<n>\d{1,6}(?:[.,]\d)?)"
_UNITS = rf"(?P<u>{UNIT})"
_PAIR = r"(?P<pair>пар[уы] |(?:a )?couple (?:of )?)"
_UNTIL = (
    r"(?:(?:до|к|ко|by|before|until|till|no later than|не поздн?ее|не позже|in|at|в|"
    r"на) )?(?:the )?(?:(?:самого|very) )?"
)
_PART = r"(?P<part>начал[оеуа]|середин[аеуы]|кон(?:ец|це|ца|цу)|beginning|start|middle|mid|end)"
_BIG = r"(?P<u>недел\w{1,2}|месяц\w{0,2}|квартал\w{0,2}|год[ауе]?(?!\w)|week|month|quarter|qtr|year|yr)(?!\w)"
_DAYWORD = "|".join(sorted(DAY_WORDS, key=len, reverse=True))
_ABLE = rf"(?:(?P<which>{THIS}|{NEXT}|{LAST}) )"

_UNITISH = (
    r"мин|час|сут|дн[яеи]|ден|нед|мес|кварт|год|лет|ч\b|зим|весн|осен|сек|sec|min|hour|hr|day|week|wk|"
    r"fortn|month|quarter|qtr|year|yr|"
    r"winter|spring|summer|autumn|fall|20\d\d"
)

DATES: tuple[Group[datetime], ...] = (
    group(
        _UNITISH,
        (rf"(?<!\w){_UNTIL}{_PART} (?:of )?(?:the )?{_ABLE}?{_BIG}", _part),
        (rf"(?<!\w){_UNTIL}{_PART} (?:of )?(?:(?P<s>{SEASON})|(?P<y>20\d\d)(?!\d)(?: год[ауе])?)", _part),
        (rf"(?<!\w)(?:через|спустя|in) {_N} ?(?:-|или|or|to) ?(?P<n2>\d{{1,6}}) {_UNITS}", _in),
        (
            (
                rf"(?<!\w)(?:через|спустя|in|(?:не )?позже чем через)(?: about| около| примерно| ровно|"
                rf" где-то)? (?:{_N} ?|{_PAIR}|an? )?{_UNITS}(?! ago)"
            ),
            _in,
        ),
        (r"(?<!\w)(?:через полгода|in half a year|in six months)(?!\w)", _half_year),
        (rf"(?<!\w){_UNITS} через {_N}(?!\w)", _in),
        (rf"(?<![\w.,])(?:{_N} ?|{_PAIR}|an? ){_UNITS} (?:from now|from today|hence|спустя|later|time(?!\w))", _in),
        (
            (
                rf"(?<![\w.,])-? ?(?:{_N} ?|{_PAIR}|"
                rf"an? )?{_UNITS}(?: (?P<n2>\d{{1,4}}) (?P<u2>{UNIT}))? (?:тому )?(?:назад|ago)(?!\w)"
            ),
            _ago,
        ),
        (rf"(?<![\w.,])\+ ?{_N} {_UNITS}", _in),
        (rf"(?<![\w.,])-{_N} {_UNITS}", _back),
        (
            (
                rf"(?<!\w)(?:в течени[еи]|within|in the next|за ближайши[ех]|(?:в )?ближайши[ех]|"
                rf"not? later than in|не позднее)"
                rf"(?: (?:the )?next)? (?:{_N} |{_PAIR}|an? ){_UNITS}"
            ),
            _within,
        ),
        (rf"(?<!\w)(?:(?:the )?(?:next|coming|following)|следующ\w+) (?:{_N} |{_PAIR}){_UNITS}", _next),
        (rf"(?<!\w)(?:the )?upcoming {_N} {_UNITS}", _upcoming),
        (rf"(?<!\w){_N} upcoming {_UNITS}", _upcoming),
        (rf"(?<!\w){_N} (?P<wd>(?:mon|tues|wednes|thurs|fri|satur|sun)day)s from now(?!\w)", _weekdays_on),
        (rf"(?<![\w.,]){_N} (?:next|coming|ближайших|следующих) {_UNITS}", _within),
        (rf"(?<!\w)(?:в течени[еи]|within|не позже чем через)(?: an?)? {_UNITS}", _within),
        (
            (
                rf"(?<!\w)(?:(?:за )?(?:последни[ех]|прошлы[ех])|(?:the )?(?:last|past|previous)) (?:{_N} |"
                rf"{_PAIR}){_UNITS}"
            ),
            _past,
        ),
    ),
    group(
        r"",
        (r"(?<!\w)(?:(?:by|at|the) )*(?P<e>[eb]o[mwyq])(?!\w)", _short_end),
        (rf"(?<!\w)(?:the )?(?P<w>{_DAYWORD})(?!\w)", _day_word),
        (r"(?<!\w)(?:этим утром|этим вечером|this (?:morning|afternoon|evening))(?!\w)", _today),
        (
            (
                rf"(?<!\w)(?P<wd>{WEEKDAY}),? (?P<of>(?:of|from|on|in)? ?|на |в )(?:the )?(?P<which>{THIS}|{NEXT}|"
                rf"{LAST}) (?:недел\w+|week)(?!\w)"
            ),
            _weekday,
        ),
        (
            (
                rf"(?<!\w)(?:на )?(?P<which>{THIS}|{NEXT}|{LAST}) (?P<of>недел\w+|week)(?:'s)?,? ?(?:- ?|в |во |"
                rf"on )?(?P<wd>{WEEKDAY})"
            ),
            _weekday,
        ),
        (
            rf"(?<!\w)(?:в |во |к |до |by |on |until )?(?:this )?(?P<which>{THIS}|{NEXT}|{LAST}) (?P<wd>{WEEKDAY})",
            _weekday,
        ),
        (
            (
                rf"(?<!\w)(?<!каждый )(?<!каждую )(?<!every )(?:(?:в|во|к|ко|до|на|со|с|by|on|until|till|before|"
                rf"from|due|for) (?P<wd>{WEEKDAY})|(?P<wd2>{LONG_WEEKDAY}))"
            ),
            _weekday,
        ),
        (rf"^\W*(?P<wd>{WEEKDAY})\W*$", _weekday),
        (
            (
                rf"(?<!\w)(?:на |в |over |on |at |by )?(?:the )?(?P<which>{THIS}|{NEXT}|"
                rf"{LAST})? ?(?P<u>выходны[еxх]|weekend)(?!\w)"
            ),
            _period,
        ),
        (
            (
                r"(?<!\w)(?<!не )(?<!not )(?<!no )(?:срочн[оаыи]\w?|сверхсрочно|немедленно|как можно (?:скорее|"
                r"быстрее)|прямо сейчас|горит|asap|"
                r"as soon as possible|urgent(?:ly)?|immediately|right (?:now|away))(?!\w)"
            ),
            _today,
        ),
    ),
    group(
        _UNITISH,
        (rf"(?<!\w)(?:на |в |к |до )?{_ABLE}{_BIG}", _period),
    ),
)
"""Dates told from now."""
