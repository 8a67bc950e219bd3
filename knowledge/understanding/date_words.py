"""Words of the calendar, Russian and English, as pieces of regular expressions with what they mean."""

_MONTHS = (
    "янв jan",
    "фев feb",
    "мар mar",
    "апр apr",
    "май мая мае маю may",
    "июн jun",
    "июл jul",
    "авг aug",
    "сен sep",
    "окт oct",
    "ноя nov",
    "дек dec",
)
_MONTH = {stem: number for number, stems in enumerate(_MONTHS, 1) for stem in stems.split()}

FULL_MONTH = (
    r"(?:январ[ьяею]|феврал[ьяею]|март[аеу]?|апрел[ьяею]|июн[ьяею]|июл[ьяею]|август[аеу]?|"
    r"сентябр[ьяею]|октябр[ьяею]|ноябр[ьяею]|"
    r"декабр[ьяею]|january|february|april|june|july|august|september|october|november|december)(?!\w)"
)
MONTH = (
    r"(?:январ[ьяею]|янв|феврал[ьяею]|февр?|март[аеу]?|мар|апрел[ьяею]|апр|ма[йяею]|июн[ьяею]?|"
    r"июл[ьяею]?|август[аеу]?|авг|"
    r"сентябр[ьяею]|сент?|октябр[ьяею]|окт|ноябр[ьяею]|нояб?|декабр[ьяею]|дек|january|jan|february|"
    r"feb|march|mar|april|apr|may|june?|july?|"
    r"august|aug|september|sept?|october|oct|november|nov|december|dec)(?!\w)\.?"
)
DAY = (
    r"(?<![\d.,:])(?:\b0)?(?P<d{at}>[1-9]|[12]\d|3[01])(?!\d|[.,:]\d)(?: ?-?(?:го|е|ое|ого|его|му|th|st|nd|rd)(?!\w))?"
)
YEAR = r"(?:,? ?(?:of |in )?(?P<y{at}>(?:19|20)\d\d)(?!\d|[.,:]\d)(?: ?(?:г(?!\w)\.?|год[ауе]?(?!\w)))?)"

_WEEKDAYS = (
    "понедельник понедельника понедельнику пн monday mon",
    "вторник вторника вторнику вт tuesday tue tues",
    "среда среду среды ср wednesday wed",
    "четверг четверга четвергу чт thursday thu thur thurs",
    "пятница пятницу пятницы пятнице пт friday fri",
    "суббота субботу субботы субботе сб saturday sat",
    "воскресенье воскресенья воскресенью воскресение вс вск sunday sun",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_LONG = 5  # letters of a weekday that cannot be another word: "sun" and "вс" need a preposition

WEEKDAY = "(?:" + "|".join(sorted(_WEEKDAY, key=len, reverse=True)) + r")(?!\w)\.?"
LONG_WEEKDAY = "(?:" + "|".join(name for name in _WEEKDAY if len(name) >= _LONG) + r")(?!\w)"

UNIT = (
    r"(?:секунд\w?|сек(?!\w)\.?|минут\w{0,2}|мин(?!\w)\.?|час\w{0,2}|ч(?!\w)\.?|"
    r"(?:рабочи[хй] )?(?:дн(?:я|ей|и)|день)|сут(?:ок|ки)|недел\w{1,3}|нед(?!\w)\.?|"
    r"месяц\w{0,3}|мес(?!\w)\.?|квартал\w{0,3}|год\w{0,2}|лет(?!\w)|seconds?|secs?|minutes?|mins?|"
    r"hours?|hrs?|(?:business |working )?days?|weeks?|wks?|"
    r"fortnights?|months?|quarters?|qtrs?|years?|yrs?)(?!\w)"
)
_UNITS = (
    ("сек", "second"),
    ("sec", "second"),
    ("мин", "minute"),
    ("min", "minute"),
    ("ч", "hour"),
    ("h", "hour"),
    ("нед", "week"),
    ("w", "week"),
    ("fort", "fortnight"),
    ("мес", "month"),
    ("mon", "month"),
    ("ква", "quarter"),
    ("q", "quarter"),
    ("год", "year"),
    ("лет", "year"),
    ("y", "year"),
)
DAYS: dict[str, float] = {"day": 1, "week": 7, "fortnight": 14}
MONTHS: dict[str, float] = {"month": 1, "quarter": 3, "year": 12}

THIS = r"(?:эт(?:ой|ом|от|ого|у|а|и|их)|текущ\w+|нынешн\w+|this|current)"
NEXT = r"(?:следующ\w+|след(?!\w)\.?|будущ\w+|грядущ\w+|(?:around )?next|(?:the )?following|coming|upcoming)"
LAST = r"(?:прошл\w+|предыдущ\w+|last|past|previous)"
_SHIFTS = (("прошл", -1), ("преды", -1), ("last", -1), ("past", -1), ("previous", -1))
_NOW = ("эт", "текущ", "нынешн", "this", "current")

SEASON = (
    r"(?:зим(?:а|ой|у|ы|е)|весн(?:а|ой|у|ы|е)|лет(?:о|ом|а|у)|осен(?:ь|ью|и)|winter|spring|summer|autumn|fall)(?!\w)"
)
_SEASON = {"зим": 12, "вес": 3, "лет": 6, "осе": 9, "win": 12, "spr": 3, "sum": 6, "aut": 9, "fal": 9}

DAY_WORDS = {
    "позапозавчера": -3,
    "позавчера": -2,
    "day before yesterday": -2,
    "вчера": -1,
    "yesterday": -1,
    "сегодня": 0,
    "today": 0,
    "tonight": 0,
    "послепослезавтра": 3,
    "послезавтра": 2,
    "day after tomorrow": 2,
    "завтра": 1,
    "tomorrow": 1,
    "tmrw": 1,
    "tmr": 1,
}

_CUES_WORDS = (
    "янва февр март апре июн июня июне июль июля июле авгу сент октя нояб дека янв фев мар апр май мая мае маю "
    "авг сен окт ноя дек janu febr marc apri may june july augu sept octo nove dece jan feb mar apr jun jul aug "
    "sep oct nov dec поне втор сред четв пятн субб воск пн вт ср чт пт сб вс вск mond tues wedn thur frid satu "
    "sund mon tue wed thu fri sat sun сего завт посл вчер поза toda toni tomo tmrw tmr yest нед неде меся мес "
    "квар кв год года году лет дня дней день дни суто сутк час часа часо мину мин week mont quar qtr q year yr "
    "days day hour hrs minu mins fort полг зима зимо зиму зимы зиме весн лето лету летом лета осен wint spri summ "
    "autu fall числ eom eoy eow выхо asap urge imme сроч неме гори прям righ soon скор быст ново new рожд chri "
    "xmas г конц коне нача сере end begi star утро утра nigh morn even noon afte"
)
CUES = frozenset(_CUES_WORDS.split())
"""First four letters of words that may be part of a date; shorter ones stand for themselves."""


def month_number(said: str) -> int:
    """Give 1-12 for a word that `MONTH` matched."""
    return _MONTH[said[:3]]


def weekday_number(said: str) -> int:
    """Give 0 (Monday) to 6 for a word that `WEEKDAY` matched."""
    return _WEEKDAY[said.rstrip(".")]


def unit_name(said: str) -> str:
    """Give the English unit for a word that `UNIT` matched."""
    return next((name for stem, name in _UNITS if said.startswith(stem)), "day")


def shift_of(said: str | None) -> int:
    """Give -1, 0 or 1 for last, this and next."""
    if not said or said.startswith(_NOW):
        return 0
    return next((shift for stem, shift in _SHIFTS if said.startswith(stem)), 1)


def season_month(said: str) -> int:
    """Give the first month of a season that `SEASON` matched."""
    return _SEASON[said[:3]]
