"""What a tracker's columns say of a lead: the file `trackers.yaml`."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from flows.model import LeadStatus

Names: TypeAlias = tuple[Annotated[str, Field(min_length=1, max_length=100)], ...]
Columns: TypeAlias = Mapping[LeadStatus, Names]
Spoken: TypeAlias = Literal["contacted", "quoted", "won"]
"""Statuses that may be said to a prospect: never that they are lost, or no fit."""
_SIGNS: Final = re.compile(r"[\W_]+")


class Pipeline(BaseModel):
    """Columns by status, for all trackers and for each; `say` are the words that a status has for the prospect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Columns = {}
    trackers: Mapping[str, Columns] = {}
    say: Mapping[Spoken, Mapping[str, Annotated[str, Field(min_length=1, max_length=600)]]] = {}

    def status(self, tracker: str, column: str) -> LeadStatus | None:
        """What a column means; a tracker's own names come first, then all others, then the statuses' own names."""
        wanted = _plain(column)
        for columns in (self.trackers.get(tracker, {}), self.columns):
            for status, names in columns.items():
                if wanted and wanted in map(_plain, names):
                    return status
        return next((status for status in self.columns if _plain(status) == wanted), None)

    def named(self, tracker: str, status: LeadStatus) -> tuple[str, ...]:
        """The columns that a lead of this status may be in, the likeliest first."""
        own, common = self.trackers.get(tracker, {}).get(status, ()), self.columns.get(status, ())
        return tuple(dict.fromkeys((*own, *common, status.replace("_", " "))))


def _plain(name: str) -> str:
    return _SIGNS.sub(" ", name.casefold().replace("ё", "е")).strip()
