"""Figures in words: the same rows for the terminal, the desk and a chart, in the language of whoever reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal, get_currency_precision

from flows.model import Json
from flows.ports.reading import Charts, Figures, Panel
from locales.operators import N_, Messages

NAMELESS: Final = "–"
_STEPS: Final = 12
"""Rows of a panel: more are not read at a glance."""
_MINUTES: Final = 120
"""Seconds from which on a time is told in minutes."""


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together, each with its name."""

    title: str
    rows: tuple[tuple[str, str], ...]


def period(figures: Figures, texts: Messages) -> str:
    """From which day until which."""
    return texts.gettext("From {since} to {until}", since=_day(figures.get("from")), until=_day(figures.get("to")))


def sections(figures: Figures, texts: Messages, names: Mapping[str, str] | None = None) -> Iterator[Section]:
    """All figures; groups without any are left out. `names` are people's, by staff id."""
    gettext = texts.gettext
    counts = {gettext("People"): figures.get("people"), gettext("Conversations"): figures.get("conversations")}
    made = (
        Section("", tuple((name, str(count)) for name, count in counts.items() if count is not None)),
        Section(gettext("Leads"), tuple(_leads(_group(figures, "leads"), texts))),
        Section(gettext("Funnel"), tuple(_funnel(figures, texts))),
        Section(gettext("Amounts"), tuple(_amounts(_group(figures, "amounts"), texts))),
        Section(gettext("Answers"), tuple(_answers(_group(figures, "answers"), texts))),
        Section(gettext("Response times"), tuple(_times(_group(figures, "response_times"), texts))),
        Section(gettext("Sources"), tuple(_sources(_group(figures, "sources"), texts))),
        Section(gettext("Reps"), tuple(_reps(_group(figures, "reps"), texts, names or {}))),
    )
    yield from (section for section in made if section.rows)


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


class Drawing:
    """The charts of a report: leads by status, and how far conversations came."""

    def __init__(self, charts: Charts) -> None:
        self._charts = charts

    async def __call__(self, figures: Figures, texts: Messages) -> Sequence[bytes]:
        """PNG pictures; none where there is nothing to see. Raises `Retry` when they cannot be drawn now."""
        panels = tuple(panel for panel in self._panels(figures, texts) if any(value for _, value, _ in panel.rows))
        return [await self._charts.draw(period(figures, texts), panels)] if panels else []

    def _panels(self, figures: Figures, texts: Messages) -> Iterator[Panel]:
        words = lead_words(texts)
        leads = {words[name]: count for name, count in _group(figures, "leads").items() if name in words}
        counts = [(name, count) for name, count in leads.items() if name != words["total"] and isinstance(count, int)]
        yield Panel(texts.gettext("Leads by status"), tuple((name, count, str(count)) for name, count in counts))
        steps = [(_step(row), _count(row, "conversations"), _share(row.get("share"))) for row in _funnel_rows(figures)]
        shown = tuple((name, count, f"{count} · {share}".strip(" ·")) for name, count, share in steps[:_STEPS])
        yield Panel(texts.gettext("Conversations that came to a step"), shown)


# ------------------------------------------------------------------ groups
def _leads(leads: Mapping[str, Json], texts: Messages) -> Iterator[tuple[str, str]]:
    words = lead_words(texts)
    yield from ((words.get(status, status), str(count)) for status, count in leads.items() if count is not None)


def _funnel(figures: Figures, texts: Messages) -> Iterator[tuple[str, str]]:
    for row in _funnel_rows(figures):
        shown = str(_count(row, "conversations"))
        if share := _share(row.get("share")):
            shown += f" ({share})"
        if "went_on" in row:
            count, part = _count(row, "went_on"), _share(row.get("conversion"))
            shown = texts.gettext("{shown}, went on: {count} ({share})", shown=shown, count=count, share=part)
        yield _step(row), shown


def _amounts(amounts: Mapping[str, Json], texts: Messages) -> Iterator[tuple[str, str]]:
    gettext = texts.gettext
    for currency, sums in amounts.items():
        if isinstance(sums, dict):
            names = {
                "pipeline": ("open", gettext("in work")),
                "won": ("sales", gettext("won")),
                "average": ("", gettext("average sale")),
            }
            for name, (count, label) in names.items():
                shown = _money(_count(sums, name), currency, texts)
                yield f"{label}, {currency}", f"{shown} ({_count(sums, count)})" if count else shown


def _answers(answers: Mapping[str, Json], texts: Messages) -> Iterator[tuple[str, str]]:
    gettext = texts.gettext
    words = {
        "bot": gettext("lines of the bot"),
        "sourced": gettext("of these by facts"),
        "unanswered": gettext("of these without an answer"),
        "reps": gettext("lines of reps"),
    }
    yield from ((label, str(answers[name])) for name, label in words.items() if answers.get(name) is not None)


def _times(times: Mapping[str, Json], texts: Messages) -> Iterator[tuple[str, str]]:
    who = {"bot": texts.gettext("bot"), "rep": texts.gettext("reps")}
    for name, found in times.items():
        if isinstance(found, dict):
            yield who.get(name, name), _waits(found, _count(found, "count"), texts)


def _sources(sources: Mapping[str, Json], texts: Messages) -> Iterator[tuple[str, str]]:
    gettext, words = texts.gettext, lead_words(texts)
    labels = {"conversations": gettext("conversations"), "leads": gettext("leads"), **words}
    for source, counts in sources.items():
        if isinstance(counts, dict):
            yield source or NAMELESS, _listed(counts, labels)


def _reps(reps: Mapping[str, Json], texts: Messages, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    gettext = texts.gettext
    labels = {"leads": gettext("leads"), "won": lead_words(texts)["won"], "messages": gettext("messages")}
    for rep, counts in reps.items():
        if isinstance(counts, dict):
            replies = _count(counts, "replies")
            waits = f"; {_waits(counts, replies, texts)}" if replies else ""
            yield names.get(rep, rep), _listed(counts, labels) + waits


# ------------------------------------------------------------------ values
def _group(figures: Figures, name: str) -> Mapping[str, Json]:
    group = figures.get(name)
    return group if isinstance(group, dict) else {}


def _funnel_rows(figures: Figures) -> list[dict[str, Json]]:
    funnel = figures.get("funnel")
    return [row for row in funnel if isinstance(row, dict)] if isinstance(funnel, list) else []


def _step(row: Mapping[str, Json]) -> str:
    return f"{row.get('flow')}.{row.get('step')}"


def _count(counts: Mapping[str, Json], name: str) -> int:
    value = counts.get(name)
    return value if isinstance(value, int) else 0


def _share(value: Json) -> str:
    return f"{value:.0%}" if isinstance(value, int | float) else ""


def _listed(counts: Mapping[str, Json], labels: Mapping[str, str]) -> str:
    return ", ".join(f"{label} {counts[name]}" for name, label in labels.items() if counts.get(name) is not None)


def _waits(times: Mapping[str, Json], count: int, texts: Messages) -> str:
    half, most = times.get("median"), times.get("p90")
    line = N_("{count} replies, half within {half}, nine in ten within {most}")
    return texts.gettext(line, count=count, half=_seconds(half, texts), most=_seconds(most, texts))


def _seconds(value: Json, texts: Messages) -> str:
    if not isinstance(value, int | float):
        return NAMELESS
    if value < _MINUTES:
        return texts.gettext("{seconds} s", seconds=format_decimal(value, "0.##", locale=texts.language))
    return texts.gettext("{minutes} min", minutes=round(value / 60))


def _money(minor: int, currency: str, texts: Messages) -> str:
    digits = get_currency_precision(currency)
    value = Decimal(minor).scaleb(-digits)
    fraction = "" if value == value.to_integral_value() else f".{'0' * digits}"
    return format_currency(value, currency, f"#,##0{fraction} ¤", locale=texts.language, currency_digits=False)


def _day(value: Json) -> str:
    return str(value)[:10]
