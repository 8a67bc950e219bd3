"""Choices as Telegram keyboards; built once per set of choices, since building costs more than sending."""

from functools import lru_cache

from flows.errors import Refused
from flows.model import Json
from flows.outbound import Choice

DATA_BYTES = 64
# How many buttons of that many characters a phone shows side by side without cutting their labels.
FITS_IN_ROW = ((6, 4), (10, 3), (18, 2))
REMOVE: dict[str, Json] = {"remove_keyboard": True}


def per_row(label: str) -> int:
    """How many buttons with a label of this length stand in one row."""
    return next((count for length, count in FITS_IN_ROW if len(label) <= length), 1)


def rows(choices: tuple[Choice, ...]) -> list[list[Choice]]:
    """Lay choices out in their order: a row takes as many as its longest label allows."""
    laid: list[list[Choice]] = []
    for choice in choices:
        row = laid[-1] if laid else []
        if row and len(row) < min(per_row(member.label) for member in (*row, choice)):
            row.append(choice)
        else:
            laid.append([choice])
    return laid


@lru_cache(maxsize=4096)
def inline(choices: tuple[Choice, ...]) -> dict[str, Json]:
    """Buttons under the message. Raises `Refused` for data that no button can carry. Do not change what it returns."""
    return {"inline_keyboard": [[_button(choice) for choice in row] for row in rows(choices)]}


def _button(choice: Choice) -> Json:
    if choice.url:
        return {"text": choice.label, "url": choice.url}
    if not 1 <= len(choice.data.encode()) <= DATA_BYTES:
        raise Refused(reason=f"a button's data must have 1 to {DATA_BYTES} bytes", state="invalid", detail=choice.data)
    return {"text": choice.label, "callback_data": choice.data}


@lru_cache(maxsize=1024)
def contact(label: str, choices: tuple[Choice, ...]) -> dict[str, Json]:
    """Keys in place of the phone's keyboard: sharing one's contact, then the choices, which are typed as their labels.

    Telegram gives a message either these or buttons, and only a key can share a contact. Do not change what it returns.
    """
    typed = tuple(choice for choice in choices if not choice.url)
    keys: list[Json] = [[{"text": label, "request_contact": True}]]
    keys += [[{"text": choice.label} for choice in row] for row in rows(typed)]
    return {
        "keyboard": keys,
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
