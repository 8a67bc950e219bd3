"""What the people who run the product read: figures with one definition each, and transcripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.model import Json
from flows.ports.people import Mask
from flows.ports.reading import Figures, Reports
from flows.ports.turns import Conversations
from handlers.figures import period, sections
from handlers.shapes import line_json
from locales.operators import Messages

LONGEST = 3660
"""Days that a report may cover."""


class Stats:
    """The figures of the last days."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def __call__(self, days: int, now: datetime) -> Figures:
        """The shape of INTERFACE, "Stats", from `days` before `now` until `now`."""
        return await self._reports.stats(now - timedelta(days=min(max(days, 1), LONGEST)), now)


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    """Messages oldest first, as JSON; `next` is empty on the last page."""

    items: tuple[dict[str, Json], ...]
    total: int
    next: str


class Transcript:
    """What was said in a conversation, contacts masked while nobody has agreed to their keeping."""

    def __init__(self, conversations: Conversations, reports: Reports, mask: Mask) -> None:
        self._conversations = conversations
        self._reports = reports
        self._mask = mask

    async def __call__(self, conversation: str, limit: int, cursor: str) -> TranscriptPage | None:
        """One page; None when there is no such conversation."""
        found = await self._conversations.get(conversation)
        if found is None:
            return None
        consent = found.consents.get("processing")
        mask = None if consent and consent.granted else self._mask
        lines, total, following = await self._reports.transcript(conversation, limit, cursor)
        return TranscriptPage(tuple(line_json(line, mask) for line in lines), total, following)


def stats_text(figures: Figures, texts: Messages, names: Mapping[str, str] | None = None) -> str:
    """The figures for a person: a line each, groups under their name; `names` are people's, by staff id."""
    lines = [period(figures, texts)]
    for section in sections(figures, texts, names):
        lines += [section.title] if section.title else []
        indent = "  " if section.title else ""
        width = max(len(name) for name, _ in section.rows)
        lines += [f"{indent}{name.ljust(width)}  {shown}" for name, shown in section.rows]
    return "\n".join(lines)
