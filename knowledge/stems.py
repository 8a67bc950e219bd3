"""Words cut down to what they mean: stems, without the words that carry no subject, in Russian and English alike."""

from functools import lru_cache
from typing import Final

import snowballstemmer

from knowledge.understanding.city import find_city
from knowledge.understanding.text import plain

LIMIT: Final = 600
"""Characters of a question that are read; who needs more writes to a person."""

_LOOKALIKES: Final = str.maketrans("авекмнорстух", "abekmhopctyx")
"""Cyrillic letters that hide in model names: «Х8» is X8."""

_EMPTY: Final = """
    а ага без будет буду будут бы бывает бывают был была было быть в весь вечер включена включено во возможен
    возможна возможно вообще вот все входит где да давай делаете делать день для до добрый его ее если есть еще
    ж же за здесь здравствуйте и из или им именно интересно интересует интересуют их к как какая какие какое
    какой какую кто ли либо лишь меня мне много могу может можете можно мой мочь мы на надо нам нас наш не него
    нее нет ни но ну нужен нужна нужно нужны о об ок оказываете он она они от очень по под подскажите пожалуйста
    предлагаете предоставляете привет прислать пришлите про происходит просто раз с свой сделайте сделать себя
    сейчас скажи скажите со спасибо так такая такие такое такой там те теперь то тоже только тут у уж уже утро
    хорошо хотел хотела хотелось хотим хочу чем что чтобы эта эти это этой этот я

    a about afternoon also am an and any are as at be been but by can could d did do does evening for from get
    give go good got had happen happens has have hello hey hi how i if in include included includes interested
    into is it its just know let like ll m me mine morning my need no not now of off offer ok okay on one or our
    please possible provide re really s send so some t tell thank thanks that the their them then there these
    they this those to too us ve want wanted was we well were what when where which who whose why will with
    wonder wondering would yes
"""
"""Words that say nothing of the subject, as they are after folding (ё is е)."""


_TOWN: Final = "(town)"
YOU: Final = "вы"
_YOURS: Final = """
    вы вас вам вами ваш ваша ваше ваши вашей ваших вашу вашем вашим вашего ты тебя тебе твой you your yours
"""
_RESPELT: Final = {
    # The stemmer would take instalments for "install".
    **dict.fromkeys(("instalment", "instalments", "installments"), "instalment"),
    # "Where are you?" is asked of us, "where is Osh?" is not.
    **dict.fromkeys(_YOURS.split(), YOU),
}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of one lower-case word; the script tells the language, and names with digits stay whole."""
    if any(char.isdigit() for char in word):
        return word.translate(_LOOKALIKES)
    if word in _RESPELT:
        return _RESPELT[word]
    stemmer = _ENGLISH if word.isascii() else _RUSSIAN
    return str(stemmer.stemWord(word))


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text in their order, each once, without empty words."""
    found = dict.fromkeys(stem(word) for word in plain(text[:LIMIT]).split() if word not in _SILENT)
    return tuple(found)


def topic(text: str) -> tuple[str, ...]:
    """The stems of a question whose town is any town: who asks about Perm asks what those in Omsk ask."""
    text = text[:LIMIT]
    town = find_city(text)
    return (*stems(f"{text[: town.start]} {text[town.end :]}"), _TOWN) if town else stems(text)


_SILENT: Final = frozenset(_EMPTY.split())
_ENGLISH: Final = snowballstemmer.stemmer("english")
_RUSSIAN: Final = snowballstemmer.stemmer("russian")
