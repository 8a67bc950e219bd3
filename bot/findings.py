"""What `assistant doctor` finds."""

from dataclasses import dataclass

from flows.errors import AssistantError, Misconfigured


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: fine, or what is wrong and how to mend it."""

    part: str
    fine: bool
    text: str
    remedy: str = ""


def broken(part: str, error: AssistantError) -> Finding:
    """What an error says about a part."""
    if isinstance(error, Misconfigured):
        return Finding(part, fine=False, text=f"{error.setting}: {error.reason}", remedy=error.remedy)
    return Finding(part, fine=False, text=str(error))
