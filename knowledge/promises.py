"""What was promised to a prospect in so many words, Russian and English: the quote, and by when it is due."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import islice
from typing import Any, Final

import yaml

from knowledge.promise_times import due_of

LIMIT: Final = 4000
"""Characters of a message that are read."""
_QUOTE: Final = 300
_MOST: Final = 20
"""Promises that are looked for in one sentence."""
_AFTER: Final = 60
"""Characters behind a promise in which a condition takes it back."""


def _words() -> dict[str, Any]:
    """The vocabulary, beside the other rules of what words mean."""
    raw: Any = yaml.safe_load(files("knowledge.understanding").joinpath("promises.yaml").read_text("utf-8"))
    ru, en = ("|".join(one.strip() for one in raw[tag].split(" | ")) for tag in ("ru", "en"))
    outright = "|".join(raw["outright"]).replace("{en}", en)
    return {
        "en": en,
        "outright": re.compile(rf"(?<!\w)(?:{ru})(?!\w*(?:те|шь)(?!\w))|(?<!\w)(?:{outright})"),
        "timed": re.compile(rf"(?<!\w)(?:{'|'.join(raw['timed'])})(?!\w)"),
    }


_WORDS: Final = _words()
_OUTRIGHT: Final[re.Pattern[str]] = _WORDS["outright"]
_TIMED: Final[re.Pattern[str]] = _WORDS["timed"]
_NOT: Final = re.compile(
    r"(?<!\w)(?:не|вряд ли|никогда|not|never|won't|can't|cannot|don't) (?:\w+ ){0,2}$|n't (?:\w+ )?$"
)
_UNSURE: Final = re.compile(
    r"(?<!\w)(?:если|когда вы|при условии|в случае|как только вы|могу ли|может,? я|давайте я|хотите,? я?|"
    r"if|unless|in case|once you|when you|as soon as you|should you|shall i|should i|do you want|would you like)(?!\w)"
)
_TAG: Final = re.compile(
    r"[,–—-] ?(?:удобно|хорошо|ок|okay|ok|подойдет|договорились|идет|верно|да|is that (?:ok|okay|fine|all right)|"
    r"does that (?:work|suit)(?: for you)?|all right|alright|will that do|deal|yes)[^?]*\?\W*$"
)
_TALK: Final = re.compile(r"^\s*(?::|, что(?!\w)|, почему| сразу[:,]| честно| прямо[:,])")
_SENTENCE: Final = re.compile(r"[^.!?\n…]*(?:(?:\.(?=\S)|[.!?…](?!\s|$))[^.!?\n…]*)*[.!?…]*", re.DOTALL)
_GOES_ON: Final = re.compile(rf"(?<!\w)and (?:then )?(?=(?:{_WORDS['en']})(?!\w))")
"""What is promised in one breath: "I'll email it today and call you on Thursday"."""
_LOOSE: Final = re.compile(r",? (?:и|а|and|then|потом)$")
_WHETHER: Final = re.compile(r"(?:check|find out|ask|confirm|clarify|look into)$")
_JOINT: Final = re.compile(r",? (?:и|а|then|and|а затем|потом)(?= )|[,;] ")


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise: the words as they were said, and when it is due (None: no time was named)."""

    quote: str
    due: datetime | None


def find_promises(text: str, now: datetime) -> tuple[Promised, ...]:
    """The promises in somebody's words; `now` is aware, and its zone is the one that hours are meant in.

    Offers, questions, conditions, refusals and what others are to do are none. Two things with a time each are two.
    """
    found: list[Promised] = []
    for sentence in _sentences(text[:LIMIT]):
        found += [Promised(piece[:_QUOTE], due_of(piece, now)) for piece in _pieces(sentence, now)]
    return tuple(found)


def _sentences(text: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(text):
        if sentence := match.group().strip():
            yield sentence


def _pieces(sentence: str, now: datetime) -> Iterator[str]:
    """The parts of a sentence that promise something of their own."""
    lower = sentence.lower().replace("ё", "е").replace("’", "'")
    places = sorted(match.start() for match in islice(_matches(lower, now), _MOST))
    if places:
        places += [match.end() for match in islice(_GOES_ON.finditer(lower, places[-1]), _MOST)]
    if not places or (lower.rstrip().endswith("?") and not _TAG.search(lower)):
        return
    cuts = [0]
    for place in places[1:]:
        joints = [joint.end() for joint in _JOINT.finditer(lower, cuts[-1], place) if joint.end() > cuts[-1]]
        if not joints:
            continue
        cut = joints[-1]
        if due_of(sentence[cuts[-1] : cut], now) and due_of(sentence[cut:], now):
            cuts.append(cut)
    for begins, ends in zip(cuts, [*cuts[1:], len(sentence)], strict=True):
        yield _LOOSE.sub("", sentence[begins:ends].strip(" ,;"))


def _matches(lower: str, now: datetime) -> Iterator[re.Match[str]]:
    patterns = (_OUTRIGHT, _TIMED) if _TIMED.search(lower) and due_of(lower, now) else (_OUTRIGHT,)
    for pattern in patterns:
        for match in pattern.finditer(lower):
            ahead = lower[: match.start()]
            rest = lower[match.end() :]
            if _NOT.search(ahead) or (_TALK.search(rest) and not match.group().startswith(("обеща", "гарант"))):
                continue
            if _WHETHER.search(match.group()):
                rest = re.sub(r"(?<!\w)if(?!\w)", "", rest, count=1)
            if not (_UNSURE.search(ahead) or _UNSURE.search(rest[:_AFTER])):
                yield match
