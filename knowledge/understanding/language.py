"""Which language a message is written in, by its letters; a short text is not trusted."""

import re
from typing import Literal

from knowledge.understanding.text import Reading, read

Language = Literal["ru", "en", "other"]

TRUSTED_LETTERS = 12
"""Fewer letters than this ("ok", "Москва") say nothing about the language that a person wants to be spoken to in."""

_MOSTLY = 0.75  # the share of letters that one script must have; the rest are names of products and towns

_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_RUSSIAN = re.compile(r"[іїєґўәңғүұқөһђћљњџѓќј]", re.IGNORECASE)
_NOT_ENGLISH = re.compile(r"[äöüßàâçèêëîïôùûñáéíóúãõąćęłńóśźżčďěňřšťžğışőű]", re.IGNORECASE)
_WISHED: tuple[tuple[re.Pattern[str], Language], ...] = (
    (re.compile(r"(?<!\w)(?:русск|рус(?!\w)|russian|rus(?!\w))"), "ru"),
    (re.compile(r"(?<!\w)(?:английск|англ(?!\w)|english|eng(?!\w))"), "en"),
)
_ENGLISH_WORDS = (
    "the a an is are am was i we you it he she they my our your this that these what how when where who why which "
    "do does did can could would will should have has had not no yes and or but for with from to of in on at by "
    "about need want please thanks thank hello hi price much many there here me us if be get like just so okay "
    "call send"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FOREIGN_WORDS = (
    "der die das und ist nicht ich wir sie ein eine mit für auf wie was le la les une des est pas je vous nous "
    "avec pour que el los las una por para con como cuanto quiero il che di sono per non bir ve için ne bu nasıl "
    "o que um uma não het een van niet jest nie się i w na och att det som"
)
_FOREIGN = frozenset(_FOREIGN_WORDS.split())


def guess_language(text: str | Reading) -> Language | None:
    """Guess "ru", "en" or "other"; None when there are too few letters to trust a guess."""
    reading = read(text)
    letters = len(_LETTER.findall(reading.lower))
    if letters < TRUSTED_LETTERS:
        return None
    if len(_CYRILLIC.findall(reading.lower)) >= letters * _MOSTLY:
        return "other" if len(_NOT_RUSSIAN.findall(reading.lower)) * 30 >= letters else "ru"
    if len(_LATIN.findall(reading.lower)) < letters * _MOSTLY:
        return _mixed(reading)
    known = sum(word in _ENGLISH for word in reading.words)
    foreign = sum(word in _FOREIGN for word in reading.words)
    accents = len(_NOT_ENGLISH.findall(reading.lower))
    return "other" if foreign > known or (accents > 1 and not known) else "en"


def script_language(text: str | Reading) -> Language | None:
    """Give the language that a text of any length is read in: "ru" if it has a Cyrillic letter, "en" if a Latin one."""
    reading = read(text)
    if _CYRILLIC.search(reading.lower):
        return "ru"
    return "en" if _LATIN.search(reading.lower) else None


def wished_language(text: str | Reading) -> Language | None:
    """Give the language that a wish for one names; None where it names none («сменить язык»), or both."""
    reading = read(text)
    named = [language for pattern, language in _WISHED if pattern.search(reading.lower)]
    return named[0] if len(named) == 1 else None


def _mixed(reading: Reading) -> Language:
    """Read a text in two scripts: Russian words around foreign names are Russian."""
    cyrillic = len(_CYRILLIC.findall(reading.lower))
    latin = len(_LATIN.findall(reading.lower))
    letters = len(_LETTER.findall(reading.lower))
    if cyrillic + latin < letters * _MOSTLY:
        return "other"
    return "ru" if cyrillic * 3 >= latin else "en"
