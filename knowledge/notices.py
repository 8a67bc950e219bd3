"""Of what the desk is told at once, what waits for the daily digest, and what is not told: rules of `notices.yaml`."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel

from knowledge.parts import STRICT, Day, minutes

Kind = Literal[
    "hot_lead",
    "person_asked",
    "delivery_failed",
    "lead_new",
    "lead_qualified",
    "unanswered",
    "call_back",
    "answer_later",
    "guard_blocked",
    "tracker_moved",
    "promise_due",
]
When: TypeAlias = Literal["now", "digest", "never"]
_NOW: Final = frozenset({"hot_lead", "person_asked", "delivery_failed"})


def _clock(text: str) -> str:
    minutes(text)
    return text


TimeOfDay = Annotated[str, AfterValidator(_clock)]


class Rules(BaseModel):
    """When each kind of notice is told; the digest comes at `digest_at` on `digest_days`, the report on `weekly_on`."""

    model_config = STRICT

    digest_at: TimeOfDay = "09:00"
    digest_days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    weekly_on: Day = "mon"
    rules: Mapping[Kind, When] = {}

    def of(self, kind: str) -> When:
        """When a kind is told; what nobody ruled is kept for the digest, but the three that cannot wait."""
        found = {str(name): when for name, when in self.rules.items()}.get(kind)
        return found or ("now" if kind in _NOW else "digest")
