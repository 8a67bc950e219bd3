"""The words of a conversation file: what a prospect does, and what must come of it; keys and values, never prose."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

FOLDER = Path(__file__).parent
Kind = Literal["sticker", "voice", "photo", "document", "video", "location", "foreign_contact", "other", "album"]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(_Part):
    """One thing that happens, exactly one of the first group, and what must be true after it.

    `types` is a text, or several that follow each other within a second; a number with `times` repeats it.
    `says` are the keys of all texts the bot said in order, `offers` the options under its last message, `figures`
    amounts that must stand in it. `slots` are compared where they are named; a null is a question passed over.
    `lead` is a status or null. What is not named is not looked at.
    """

    types: Texts = ()
    times: int = 1
    presses: str = ""
    presses_data: str = ""
    shares: str = ""
    sends: Kind | None = None
    caption: str = ""
    edits: str = ""
    in_group: str = ""
    waits: str = ""
    takes_over: str = ""
    hands_back: str = ""
    rep_says: str = ""

    says: tuple[str, ...] | None = None
    mentions: tuple[str, ...] = ()
    offers: tuple[str, ...] | None = None
    figures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    replies: int | None = None
    asks: str | None = None
    slots: Mapping[str, Any] = {}
    unknown: tuple[str, ...] = ()
    lead: str | None = ""
    contact: Mapping[str, str] | None = {}
    held: Mapping[str, str] = {}
    agreed: Mapping[str, bool] | None = None
    notices: tuple[str, ...] | None = None
    reasons: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    owner: str = ""
    wants: str | None = None
    locale: str = ""
    status: str = ""
    outcome: str | None = None
    source: str | None = None
    ordinal: int = 0
    name: str = ""

    @property
    def from_prospect(self) -> bool:
        """Whether the prospect did it, so that a reply is owed."""
        return not (self.waits or self.takes_over or self.hands_back or self.rep_says)


class Script(_Part):
    """One file: who the prospect is, and the acts in their order.

    `setting` changes settings of the product; `stored` plays it over SQLite and PostgreSQL too.
    """

    shows: str
    locale: str = "ru"
    name: str = "Анна"
    setting: Mapping[str, Any] = {}
    stored: bool = False
    acts: tuple[Act, ...] = Field(min_length=1)


def scripts() -> dict[str, Path]:
    """Every conversation by its name, `<flow>/<theme>`."""
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(FOLDER.glob("*/*.yaml"))}


def read(path: Path) -> Script:
    """Read one file; what it says wrongly is told with its place."""
    return Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
