"""The shapes of slots: what a value of each type looks like, and what a prepared choice stands for.

text, name, company, city, choice: str · number: {"min", "max"} · money: {"min", "max", "currency"} in major units ·
date: {"from", "to"} as ISO dates · consent: kept in `Conversation.consents` · contact: kept in `Conversation.contact`.
"""

import re
from datetime import date, timedelta
from typing import Literal

from flows.model import Json

SlotType = Literal["text", "name", "company", "city", "choice", "number", "money", "date", "consent", "contact"]
FREE: frozenset[SlotType] = frozenset({"text", "name", "company", "city"})
"""Types that take any words as they are."""

_RANGE = re.compile(r"^(?P<low>\d+)(?:-(?P<high>\d+)|(?P<open>\+))?$")
_DAYS: dict[str, tuple[int, int | None]] = {
    "now": (0, 7),
    "week": (0, 7),
    "month": (0, 30),
    "quarter": (0, 92),
    "half_year": (0, 183),
    "later": (92, None),
}


def choice_value(kind: SlotType, value: str, today: date, currency: str) -> Json:
    """What the prepared choice `value` means: `6-20`, `100+` and `12` are ranges, date words count from `today`.

    Raises `ValueError` for a choice that the type cannot hold; the loader proves that none ships.
    """
    if kind in {"number", "money"}:
        found = _RANGE.match(value)
        if not found:
            message = f"{value!r} is no number, range or open range"
            raise ValueError(message)
        low = int(found["low"])
        high = int(found["high"]) if found["high"] else None if found["open"] else low
        bounds: dict[str, Json] = {"min": low, "max": high}
        return {**bounds, "currency": currency} if kind == "money" else bounds
    if kind == "date":
        if value not in _DAYS:
            message = f"{value!r} is none of {', '.join(_DAYS)}"
            raise ValueError(message)
        first, last = _DAYS[value]
        start = (today + timedelta(days=first)).isoformat()
        return {"from": start, "to": None if last is None else (today + timedelta(days=last)).isoformat()}
    return value
