"""Sentences of rooms that know no human language, found in the catalogue by their shape and said in the operator's."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from bot.sentences_of_content import OF_CONTENT
from bot.sentences_of_work import OF_WORK
from bot.settings_faults import InvalidSettings
from flows.errors import AssistantError, BrokenContent, Defect, Misconfigured, StorageDown
from locales.operators import Messages

_FIELD = re.compile(r"\\{(\w+)\\}")
_STATED = re.compile(r"(.+) \(\w+\)", re.DOTALL)
"""A refusal with its state, a word for programs."""


def sentence(text: str, texts: Messages) -> str:
    """The sentence in the operator's language; itself where the catalogue has none of its shape."""
    for shape, message in _shapes():
        if found := shape.fullmatch(text):
            values = {
                name: sentence(value, texts) if name == "said" else value for name, value in found.groupdict().items()
            }
            return texts.gettext(message, **values)
    if (stated := _STATED.fullmatch(text)) and (told_of := sentence(stated[1], texts)) != stated[1]:
        return told_of
    field, colon, rest = text.partition(": ")
    return f"{field}: {sentence(rest, texts)}" if colon else text


def said(error: AssistantError, texts: Messages) -> str:
    """What an error says, in the operator's language."""
    match error:
        case InvalidSettings():
            return str(error)  # made of the catalogue already
        case BrokenContent():
            return "\n".join(str(defect) for defect in told(error.defects, texts))
        case Misconfigured():
            return str(replace(error, reason=sentence(error.reason, texts), remedy=sentence(error.remedy, texts)))
        case StorageDown():
            return str(replace(error, reason=sentence(error.reason, texts)))
        case _:
            return sentence(str(error), texts)


def told(defects: Sequence[Defect], texts: Messages) -> tuple[Defect, ...]:
    """Defects in the operator's language."""
    return tuple(
        replace(defect, problem=sentence(defect.problem, texts), remedy=sentence(defect.remedy, texts))
        for defect in defects
    )


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every text as a pattern of the sentences made from it; what says more of its own words comes first."""
    texts = (*OF_CONTENT, *OF_WORK)
    found = [(re.compile(_FIELD.sub(r"(?P<\1>.+?)", re.escape(text)), re.DOTALL), text) for text in texts]
    return tuple(sorted(found, key=lambda pair: -len(_FIELD.sub("", re.escape(pair[1])))))
