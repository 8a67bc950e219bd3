"""What the people who run the product read: figures with one definition each, and transcripts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.model import Json
from flows.ports.people import Mask
from flows.ports.reading import Figures, Reports
from flows.ports.turns import Conversations
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


def stats_text(figures: Figures, texts: Messages) -> str:
    """The figures for a person: a line each, groups under their name; groups without figures are left out."""
    gettext = texts.gettext
    titles = {
        "leads": gettext("Leads"),
        "funnel": gettext("Funnel"),
        "answers": gettext("Answers"),
        "response_times": gettext("Response times, seconds"),
        "sources": gettext("Sources"),
        "reps": gettext("Reps"),
    }
    lines = [
        gettext("From {since} to {until}", since=_day(figures.get("from")), until=_day(figures.get("to"))),
        *_columns(
            {gettext("People"): figures.get("people"), gettext("Conversations"): figures.get("conversations")}, ""
        ),
    ]
    for name, title in titles.items():
        if rows := list(_columns(_named(figures.get(name), texts), "  ")):
            lines += [title, *rows]
    return "\n".join(lines)


def _named(group: Json, texts: Messages) -> dict[str, Json]:
    """A group as names and figures; of a row of a list, its texts and its first number."""
    if isinstance(group, dict):
        words = lead_words(texts)
        return {words.get(name, name) or "–": value for name, value in group.items()}
    rows: dict[str, Json] = {}
    for row in group if isinstance(group, list) else ():
        if isinstance(row, dict):
            name = ".".join(value for value in row.values() if isinstance(value, str))
            rows[name] = next((value for value in row.values() if isinstance(value, int | float)), None)
    return rows


def _columns(figures: Mapping[str, Json], indent: str) -> Iterator[str]:
    width = max((len(name) for name in figures), default=0)
    for name, value in figures.items():
        if value is not None:
            shown = f"{value:g}" if isinstance(value, float) else _inline(value)
            yield f"{indent}{name.ljust(width)}  {shown}"


def _inline(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_inline(item)}" for name, item in value.items())
    return "–" if value is None else str(value)


def _day(value: Json) -> str:
    return str(value)[:10]


def lead_words(texts: Messages) -> dict[str, str]:
    """What a lead's status is called, by status."""
    gettext = texts.gettext
    return {
        "total": gettext("total"),
        "partial": gettext("unfinished"),
        "new": gettext("new"),
        "qualified": gettext("qualified"),
        "contacted": gettext("contacted"),
        "quoted": gettext("quoted"),
        "won": gettext("won"),
        "lost": gettext("lost"),
        "not_a_fit": gettext("not a fit"),
    }
