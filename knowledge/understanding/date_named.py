"""Dates named by words: «15 декабря», "July 13-15", «в третьем квартале», "October 2027", «весной»."""

import re
from datetime import date, timedelta

from knowledge.understanding.date_rule import Group, between, day_piece, group, on, span, year_piece
from knowledge.understanding.date_words import (
    FULL_MONTH,
    LAST,
    MONTH,
    NEXT,
    SEASON,
    THIS,
    WEEKDAY,
    month_number,
    season_month,
    shift_of,
    weekday_number,
)
from knowledge.understanding.periods import Period, When, coming, day, later, month, part, quarter, season


def _named(number: str, month_: str, year_: str | None, today: date) -> date | None:
    if year_:
        return day(int(year_), month_number(month_), int(number))
    return coming(today, month_number(month_), int(number))


def _day_month(match: re.Match[str], today: date) -> When | None:
    return on(_named(match["d1"], match["m"], match["y1"], today))


def _days_of_month(match: re.Match[str], today: date) -> When | None:
    last = _named(match["d2"], match["m"], match["y1"], today)
    return between(day(last.year, last.month, int(match["d1"])), last) if last else None


def _two_days(match: re.Match[str], today: date) -> When | None:
    last = _named(match["d2"], match["m2"], match["y2"], today)
    if last is None:
        return None
    first = day(int(match["y1"] or last.year), month_number(match["m1"]), int(match["d1"]))
    return between(first, last)


def _whole_month(match: re.Match[str], today: date) -> When | None:
    groups = match.groupdict()
    number = month_number(match["m"])
    if groups.get("y1"):
        return span(month(int(match["y1"]), number))
    return span(month(today.year + (number < today.month), number))


def _months(match: re.Match[str], today: date) -> When | None:
    first, last = month_number(match["m1"]), month_number(match["m2"])
    ends = month(int(match["y1"] or today.year + (last < today.month)), last)
    if ends is None or ends.end is None:
        return None
    begins = month(ends.end.year - (first > last), first)
    return When(None, Period(begins.start, ends.end)) if begins else None


def _part_of_month(match: re.Match[str], today: date) -> When | None:
    return _parted(_whole_month(match, today), "month", match["part"])


def _part_of_quarter(match: re.Match[str], today: date) -> When | None:
    return _parted(_quarter(match, today), "quarter", match["part"])


def _parted(whole: When | None, unit: str, said: str) -> When | None:
    piece = part(whole.period, unit, which_part(said)) if whole and whole.period else None
    if piece is None:
        return None
    return When(piece.end, piece) if which_part(said) == "end" else span(piece)


def which_part(said: str) -> str:
    """Give "begin", "middle" or "end" for the words that mean it."""
    if said.startswith(("нач", "beg", "start", "early", "bo")):
        return "begin"
    return "middle" if said.startswith(("сер", "mid")) else "end"


def _quarter(match: re.Match[str], today: date) -> When | None:
    number = int(match["n"] or match["q"])
    chosen = quarter(int(match["y1"]) if match["y1"] else today.year, number)
    if chosen and not match["y1"] and chosen.end and chosen.end < today:
        chosen = quarter(today.year + 1, number)
    return span(chosen)


def _half_year(match: re.Match[str], today: date) -> When | None:
    number = int(match["n"])
    base = int(match["y1"]) if match["y1"] else today.year
    first, last = quarter(base, number * 2 - 1), quarter(base, number * 2)
    return When(None, Period(first.start, last.end)) if first and last else None


def _season(match: re.Match[str], today: date) -> When | None:
    if match["y1"]:
        first = month(int(match["y1"]), season_month(match["s"]))
        return span(season(first.start, season_month(match["s"]))) if first and first.start else None
    chosen = season(today, season_month(match["s"]))
    if chosen and chosen.start and chosen.start <= today and shift_of(match["next"]) == 1 and match["next"]:
        chosen = season(chosen.start + timedelta(200), season_month(match["s"]))
    return span(chosen)


def _nth_weekday(match: re.Match[str], today: date) -> When | None:
    if match["m"]:
        whole = _whole_month(match, today)
        period = whole and whole.period
    else:
        period = month(today.year, today.month + shift_of(match["which"]))
    if not period or not period.start or not period.end:
        return None
    wanted = weekday_number(match["wd"])
    if match["n"] == "last":
        return on(period.end - timedelta((period.end.weekday() - wanted) % 7))
    found = period.start + timedelta((wanted - period.start.weekday()) % 7 + 7 * (int(match["n"][0]) - 1))
    return on(found) if found <= period.end else None


def _day_of_this_month(match: re.Match[str], today: date) -> When | None:
    """Read «15 числа», "the 20th of next month", "Tuesday the 19th": the next such day, or that of the month."""
    groups = match.groupdict()
    if groups.get("which"):
        whole = month(today.year, today.month + shift_of(match["which"]))
        return on(day(whole.start.year, whole.start.month, int(match["d1"]))) if whole and whole.start else None
    this = day(today.year, today.month, int(match["d1"]))
    if this and this >= today:
        return on(this)
    onward = later(today.replace(day=1), months=1)
    return on(day(onward.year, onward.month, int(match["d1"]))) if onward else None


def _new_year(match: re.Match[str], today: date) -> When | None:
    eve = match["eve"] is not None
    return on(coming(today, 12, 31) if eve else coming(today, 1, 1))


def _christmas(match: re.Match[str], today: date) -> When | None:
    return on(coming(today, 12, 25) if match["en"] else coming(today, 1, 7))


_D1, _D2, _Y1, _Y2 = day_piece("1"), day_piece("2"), year_piece("1"), year_piece("2")
_TO = r" ?(?:-|по|до|to|through|thru|till|until|and|и|/) ?"
_THE = r"(?:the )?"
_FROM = r"(?:(?:с|со|from|between|между) )?"
_PART = (
    r"(?:начал[оеуа]|середин[аеуы]|кон(?:ец|це|ца|цу)|(?:the )?(?:beginning|start|middle|end)(?: of)?|early|mid|late)"
)
_QUARTER = (
    r"(?:(?P<n>[1-4])(?:-?(?:й|ый|ий|ом|м|го|th|st|nd|rd))? ?(?:квартал\w{0,3}|кв(?!\w)\.?|quarter|"
    r"qtr)|q(?P<q>[1-4]))(?!\w)"
)


DATES: tuple[Group[date], ...] = (
    group(
        r"янв|фев|мар|апр|ма[йяею]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|month",
        (
            rf"(?<![\w.,]){_FROM}{_THE}{_D1} ?(?P<m1>{MONTH}){_Y1}?{_TO}{_THE}{_D2} ?(?:of )?(?P<m2>{MONTH}){_Y2}?",
            _two_days,
        ),
        (rf"(?<![\w.,]){_FROM}(?P<m1>{MONTH}) {_THE}{_D1}{_Y1}?{_TO}(?P<m2>{MONTH}) {_THE}{_D2}{_Y2}?", _two_days),
        (rf"(?<![\w.,]){_FROM}{_THE}{_D1}{_TO}{_THE}{_D2}[ /-]?(?:of )?(?P<m>{MONTH}){_Y1}?", _days_of_month),
        (rf"(?<![\w.,]){_FROM}(?P<m>{MONTH}) {_THE}{_D1}{_TO}{_THE}{_D2}{_Y1}?", _days_of_month),
        (rf"(?<![\w.,]){_THE}{_D1}[ /-]?(?:day )?(?:of )?(?P<m>{MONTH})[-/]?{_Y1}?", _day_month),
        (rf"(?<!\w)(?P<m>{MONTH})[ /]?{_THE}{_D1}{_Y1}?", _day_month),
        (
            (
                rf"(?<!\w)(?P<n>[1-5](?:th|st|nd|rd)|last) (?P<wd>{WEEKDAY}) (?:of|"
                rf"in) (?:(?:the )?(?P<which>{THIS}|{NEXT}|{LAST})? ?month|the month|(?P<m>{MONTH}){_Y1}?)"
            ),
            _nth_weekday,
        ),
        (rf"(?<!\w)(?P<part>{_PART})[ -](?P<m>{MONTH}){_Y1}?", _part_of_month),
        (rf"(?<!\w)(?P<m1>{MONTH}) ?- ?(?P<m2>{MONTH}){_Y1}?", _months),
        (rf"(?<!\w)(?:с|from) (?P<m1>{MONTH}) (?:по|до|to|till|until) (?P<m2>{MONTH}){_Y1}?", _months),
        (
            (
                rf"(?<!\w)(?<!\d )(?<!\d-)(?<!th )(?<!\d/)(?:{NEXT} |{THIS} |of )?(?P<m>{FULL_MONTH}|"
                rf"{MONTH}(?= (?:of )?(?:19|20)\d\d)){_Y1}?"
            ),
            _whole_month,
        ),
        (
            (
                rf"(?<!\w)(?:в|к|до|с|на|весь|после|in|by|until|till|before|after|during|since|for|{NEXT}|{THIS}|"
                rf"^) ?(?P<m>(?:ма[йяею]|may|march|мар|янв|фев|апр|авг|сент?|окт|нояб?|дек|"
                rf"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?!\w)){_Y1}?(?! i | we | be )"
            ),
            _whole_month,
        ),
    ),
    group(
        r"\d",
        (
            rf"(?<!\w){_THE}{_D1} (?:(?:day )?of )?(?:the )?(?P<which>{THIS}|{NEXT}|{LAST}) (?:month|месяца)(?!\w)",
            _day_of_this_month,
        ),
        (rf"(?<!\w)(?:{WEEKDAY}),? (?:the )?{_D1}(?=\W*$|[,.!?;]| at )", _day_of_this_month),
        (rf"(?<![\w.,]){_D1} числа(?: (?P<which>{THIS}|{NEXT}|{LAST}) месяца)?", _day_of_this_month),
        (
            r"(?<!\w)(?:the|on|by|until) (?:the )?(?P<d1>[1-9]|[12]\d|3[01])(?:th|st|nd|rd)(?=\W*$|[,.!?;])",
            _day_of_this_month,
        ),
        (
            r"(?<!\w)(?:до|к|с|после|на|ко) (?P<d1>[1-9]|[12]\d|3[01])-?(?:го|ое|е|му)(?=\W*$|[,.!?;])",
            _day_of_this_month,
        ),
        (rf"(?<!\w)(?P<part>{_PART}) (?:the )?{_QUARTER}{_Y1}?", _part_of_quarter),
        (rf"(?<![\w.,]){_QUARTER}{_Y1}?", _quarter),
        (rf"(?<![\w.,])(?P<n>[12])(?:-?(?:й|ом|м|го|th|st|nd))? (?:полугоди\w+|half of the year){_Y1}?", _half_year),
    ),
    group(
        r"зим|весн|лет|осен|winter|spring|summer|autumn|fall|нов|рожд|year|mas(?!\w)",
        (
            (
                r"(?<!\w)(?P<eve>до |before |накануне |канун\w* )?(?:нов(?:ого|ому|ый|ым) год(?:а|у|ом)?(?!\w)|"
                r"new year(?:'?s)?(?: day)?(?!\w))"
            ),
            _new_year,
        ),
        (r"(?<!\w)(?:рождеств\w+(?: христов\w+)?|(?P<en>christmas|xmas)(?: day)?)(?!\w)", _christmas),
        (
            (
                rf"(?<!\w)(?:(?P<next>{NEXT}|{THIS}|{LAST}) )?(?:(?<=in )|(?<=this )|(?<=next )|(?<=by )|(?<=the )|"
                rf"(?=[а-я])|(?=summer|winter|autumn))(?P<s>{SEASON}){_Y1}?"
            ),
            _season,
        ),
    ),
)
"""Dates with a word of the calendar."""
