"""What the objections that are understood are called on a card."""

from collections.abc import Mapping
from typing import Final

from locales.operators import N_, Messages

PREFIX: Final = "objection_"
"""What the signal of an objection begins with."""
_NAMES: Final[Mapping[str, str]] = {
    "bad_experience": N_("bad experience"),
    "trust": N_("lacks trust"),
    "authority": N_("decides with others"),
    "competitor": N_("compares with others"),
    "already_have": N_("has one already"),
    "no_budget": N_("no budget"),
    "complexity": N_("too complicated"),
    "price": N_("price"),
    "brush_off": N_("wants to be left alone"),
    "no_time": N_("no time"),
    "later": N_("later"),
    "think": N_("wants to think"),
    "not_needed": N_("not needed"),
}


def objection(signal: str, texts: Messages) -> str:
    """An objection's name, by its signal; its type where it has none."""
    kind = signal.removeprefix(PREFIX)
    return texts.gettext(_NAMES[kind]) if kind in _NAMES else kind.replace("_", " ")
