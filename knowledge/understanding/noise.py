"""Whether a message says nothing that could be kept as an answer: smileys, figures, a mere "ok", keys hit at random."""

import re
from itertools import pairwise

from knowledge.understanding.text import Reading, read

_EMPTY_WORDS = (
    "да нет ага угу неа не ок окей ладно хорошо понятно понял поняла ясно ну эм эмм хм мм а э о и лол кек "
    "ok okay okey k kk yes yeah yep yup no nope nah sure fine hm hmm uh um er lol xd oh ah"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
_SMILEY = re.compile(r"(?<!\w)[:;=xх8][-'^]?[dpoрзсc](?!\w)|(?<!\w)[:;=8][-'^]?[)(\]\[*]+")
_TOKEN = re.compile(r"\S*[^\W_]\S*")
_LETTERS = re.compile(r"[a-z]+|[а-я]+")
_SAME = re.compile(r"(.{1,2})\1{2,}.?")
_LONG_MASH, _VOWELLESS, _RUN = 7, 6, 3
_NO_VOWEL = re.compile(r"[bcdfghjkmnpqstvxz]+|[бвгджзкмнпстфхцчшщ]+")
"""Without l, r, w and л, р, which carry syllables of their own in some languages."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_WIDEST_STEP = 3


def is_noise(text: str | Reading) -> bool:
    """Tell that no word of a message means anything by itself, in whatever language.

    True for marks, emoji and smileys alone, figures alone (a phone as well: look for contacts before), words of assent
    or refusal alone, and letters hit at random. One meaningful word makes it False; so does any script but Latin and
    Cyrillic.
    """
    reading = read(text)
    bare = _SMILEY.sub(" ", reading.lower)
    capitals = reading.text.isupper()
    return all(_empty(token, capitals=capitals) for token in _TOKEN.findall(bare))


def _empty(token: str, *, capitals: bool) -> bool:
    word = "".join(char for char in token if char.isalnum())
    if word.isascii() and word.isdigit():
        return True
    return word in _EMPTY or (_LETTERS.fullmatch(word) is not None and _mashed(word, capitals=capitals))


def _mashed(word: str, *, capitals: bool) -> bool:
    """Tell keys hit at random from a word: repeated, run along a row, or held in one corner of it."""
    if len(word) > _RUN and _SAME.fullmatch(word):
        return True
    if len(word) >= _VOWELLESS and not capitals and _NO_VOWEL.fullmatch(word):
        return True
    row = next((keys for keys in _ROWS if set(word) <= set(keys)), None)
    if row is None:
        return _in_runs(word)
    places = [row.index(char) for char in word]
    steps = [abs(after - before) for before, after in pairwise(places)]
    corner = len(word) >= _LONG_MASH and max(steps) <= _WIDEST_STEP and len(set(word)) * 2 <= len(word)
    return corner or _in_runs(word)


def _in_runs(word: str) -> bool:
    """Tell whether neighbouring keys, three at least and all one way, make up the whole word: "qweasd", «йцукен»."""
    if len(word) < 2 * _RUN:
        return False
    left = word
    while left:
        length = next((size for size in range(len(left), _RUN - 1, -1) if _is_run(left[:size])), 0)
        if not length:
            return False
        left = left[length:]
    return True


def _is_run(keys: str) -> bool:
    return any(keys in row or keys in row[::-1] for row in _ROWS)
