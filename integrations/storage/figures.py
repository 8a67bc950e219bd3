"""The figures of a period, added up from the tallies; docs/figures.md defines each of them.

The same statements run on SQLite and PostgreSQL. What a bound of the period cuts through is counted line by line.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from flows.model import BOT, Json
from integrations.storage.codec import loads
from integrations.storage.figure_tables import DAY, replies, spoken, tallies
from integrations.storage.tables import leads, messages
from integrations.storage.tallies import PROSPECT, UNANSWERED

_PART: Final = 500  # names in one statement
_SECOND: Final = 1_000_000  # in microseconds
_SHARES: Final = {"median": 0.5, "p90": 0.9, "p95": 0.95}
_STATUSES: Final = ("partial", "new", "qualified", "contacted", "quoted", "won", "lost", "not_a_fit")
_CLOSED: Final = frozenset({"won", "lost", "not_a_fit"})
_s, _r, _t, _l = spoken.c, replies.c, tallies.c, leads.c


def figures(connection: Connection, since: int, until: int) -> dict[str, Json]:
    """All figures of [since, until), times in microseconds; the tallies are up to date."""
    began = (_t.started_at >= since) & (_t.started_at < until)
    made = _made(connection, since, until)
    said = _said(connection, since, until)
    waits = _rep_waits(connection, since, until)
    begun = connection.execute(select(_t.source, _t.way, func.count()).where(began).group_by(_t.source, _t.way)).all()
    started: dict[str, int] = {}
    ways: dict[str, int] = {}
    for source, way, count in begun:
        started[source] = started.get(source, 0) + count
        ways[way] = ways.get(way, 0) + count
    conversations = sum(started.values())
    return {
        "people": said.people,
        "conversations": conversations,
        "leads": _leads(made),
        "funnel": _funnel(ways, conversations),
        "amounts": _amounts(made),
        "answers": _answers(said.lines),
        "response_times": _response_times(connection, since, until, waits),
        "sources": _sources(started, made),
        "reps": _reps(made, said.lines, waits),
    }


# ------------------------------------------------------------------ lines
@dataclass(frozen=True, slots=True)
class _Said:
    """Who said how much: lines, those that rest on facts, and those that tell of no answer; and how many were heard."""

    people: int
    lines: Mapping[str, tuple[int, int, int]]


def _said(connection: Connection, since: int, until: int) -> _Said:
    """Days of a conversation that lie in the period are added up; of days that are cut, the lines are looked at."""
    whole = (_s.first_at >= since) & (_s.last_at < until)
    sums = (func.sum(_s.lines), func.sum(_s.sourced), func.sum(_s.unanswered))
    counted = connection.execute(select(_s.by, *sums).where(whole).group_by(_s.by)).all()
    lines = {by: (int(said), int(sourced), int(unanswered)) for by, said, sourced, unanswered in counted}
    heard = whole & (_s.by == PROSPECT)
    once = select(_s.person).where(heard).distinct().subquery()  # PostgreSQL would sort for `count(distinct)`
    people = connection.execute(select(func.count()).select_from(once)).scalar_one()
    persons: set[str] = set()
    for person, by, sources, trace in _cut(connection, whole, since, until):
        said, sourced, unanswered = lines.get(by, (0, 0, 0))
        lines[by] = (said + 1, sourced + (sources > 0), unanswered + (UNANSWERED in trace))
        if by == PROSPECT:
            persons.add(person)
    known: set[str] = set()
    for some in _parts(sorted(persons)):
        known.update(connection.execute(select(_s.person).where(heard, _s.person.in_(some)).distinct()).scalars())
    return _Said(people + len(persons - known), lines)


def _cut(
    connection: Connection, whole: ColumnElement[bool], since: int, until: int
) -> Iterator[tuple[str, str, int, str]]:
    """Person, speaker, sources and trace of the lines of days that one of the bounds cuts through."""
    m = messages.c
    across = (_s.first_at < until) & (_s.last_at >= since) & ~whole
    days = connection.execute(select(_s.conversation, _s.day, _s.by, _s.person).where(across)).all()
    cut = {(conversation, day, by): person for conversation, day, by, person in days}
    for some in _parts(sorted({conversation for conversation, _, _ in cut})):
        columns = (m.conversation, m.by, m.at, m.sources, m.trace)
        statement = select(*columns).where(m.conversation.in_(some), m.at >= since, m.at < until)
        for conversation, by, at, sources, trace in connection.execute(statement).all():
            if (person := cut.get((conversation, at // DAY, by))) is not None:
                yield person, by, sources, trace


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + _PART] for start in range(0, len(names), _PART))


def _answers(lines: Mapping[str, tuple[int, int, int]]) -> dict[str, Json]:
    bot, sourced, unanswered = lines.get(BOT, (0, 0, 0))
    reps = sum(counts[0] for by, counts in lines.items() if by not in {BOT, PROSPECT})
    return {"bot": bot, "sourced": sourced, "reps": reps, "unanswered": unanswered}


# ------------------------------------------------------------------ waits
def _rep_waits(connection: Connection, since: int, until: int) -> Mapping[str, list[int]]:
    """The waits for each rep, shortest first."""
    no_bot = or_(_r.by < BOT, _r.by > BOT)  # so said, most of the index is passed by
    statement = select(_r.by, _r.wait).where(no_bot, _r.at >= since, _r.at < until)
    found: dict[str, list[int]] = {}
    for by, wait in connection.execute(statement.order_by(_r.by, _r.wait)).all():
        found.setdefault(by, []).append(wait)
    return found


def _response_times(connection: Connection, since: int, until: int, waits: Mapping[str, list[int]]) -> dict[str, Json]:
    times: dict[str, Json] = {}
    chosen = (_r.by == BOT) & (_r.at >= since) & (_r.at < until)
    if count := connection.execute(select(func.count()).select_from(replies).where(chosen)).scalar_one():
        times["bot"] = {"count": count} | {
            name: connection.execute(_nth(chosen, count, _place(count, share))).scalar_one() / _SECOND
            for name, share in _SHARES.items()
        }
    if together := sorted(wait for own in waits.values() for wait in own):
        times["rep"] = {"count": len(together), **_shares(together, _SHARES)}
    return times


def _nth(chosen: ColumnElement[bool], count: int, place: int) -> Select[Any]:
    """The wait at a place of all, shortest first, counted from the nearer end."""
    ordered = select(_r.wait).where(chosen).limit(1)
    if place * 2 < count:
        return ordered.order_by(_r.wait).offset(place)
    return ordered.order_by(_r.wait.desc()).offset(count - 1 - place)


def _shares(ordered: Sequence[int], shares: Mapping[str, float]) -> dict[str, Json]:
    """The smallest wait that such a share of the replies did not exceed, in seconds, by name."""
    return {name: ordered[_place(len(ordered), share)] / _SECOND for name, share in shares.items()}


def _place(count: int, share: float) -> int:
    return math.ceil(share * count) - 1


# ------------------------------------------------------------------ ways
def _funnel(ways: Mapping[str, int], conversations: int) -> list[Json]:
    """Of each step how many stood there, and how many of these at a later one of their own way."""
    stood: dict[tuple[str, str], int] = {}
    stayed: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], int] = {}
    for way, count in ways.items():
        known = loads(way)
        steps = (
            [(str(one[0]), str(one[1])) for one in known if isinstance(one, list)] if isinstance(known, list) else []
        )
        for place, step in enumerate(steps):
            stood[step] = stood.get(step, 0) + count
            first[step] = min(first.get(step, place), place)
        if steps:
            stayed[steps[-1]] = stayed.get(steps[-1], 0) + count
    return [
        {
            "flow": flow,
            "step": step,
            "conversations": count,
            "share": round(count / conversations, 4),
            "went_on": count - stayed.get((flow, step), 0),
            "conversion": round(1 - stayed.get((flow, step), 0) / count, 4),
        }
        for (flow, step), count in sorted(stood.items(), key=lambda one: (first[one[0]], -one[1], one[0]))
    ]


def _steps(way: str) -> list[tuple[str, str]]:
    known = loads(way)
    return [(str(one[0]), str(one[1])) for one in known if isinstance(one, list)] if isinstance(known, list) else []


# ------------------------------------------------------------------ leads
def _made(connection: Connection, since: int, until: int) -> Sequence[Any]:
    """The leads of the period, counted by everything that figures tell them apart by."""
    columns = (_l.status, _l.source, _l.owner, _l.amount_currency)
    sums = (func.count().label("leads"), func.sum(_l.amount_minor).label("minor"))
    created = (_l.created_at >= since) & (_l.created_at < until) & (_l.merged_into == "")
    return connection.execute(select(*columns, *sums).where(created).group_by(*columns)).all()


def _leads(made: Sequence[Any]) -> dict[str, Json]:
    counts = dict.fromkeys(("total", *_STATUSES), 0)
    for row in made:
        counts["total"] += row.leads
        counts[row.status] = counts.get(row.status, 0) + row.leads
    return {**counts}


def _amounts(made: Sequence[Any]) -> dict[str, Json]:
    """In minor units, by currency; an average is rounded to the nearest one."""
    found: dict[str, dict[str, int]] = {}
    for row in made:
        if not row.amount_currency:
            continue
        sums = found.setdefault(row.amount_currency, {"open": 0, "pipeline": 0, "sales": 0, "won": 0, "average": 0})
        if row.status == "won":
            sums["sales"] += row.leads
            sums["won"] += int(row.minor or 0)
        elif row.status not in _CLOSED:
            sums["open"] += row.leads
            sums["pipeline"] += int(row.minor or 0)
    for sums in found.values():
        if sums["sales"]:
            sums["average"] = (2 * sums["won"] + sums["sales"]) // (2 * sums["sales"])
    return {currency: {**found[currency]} for currency in sorted(found)}


def _sources(started: Mapping[str, int], made: Sequence[Any]) -> dict[str, Json]:
    found = {
        source: {"conversations": count, "leads": 0, "qualified": 0, "won": 0} for source, count in started.items()
    }
    for row in made:
        known = found.setdefault(row.source, {"conversations": 0, "leads": 0, "qualified": 0, "won": 0})
        known["leads"] += row.leads
        if row.status in {"qualified", "won"}:
            known[row.status] += row.leads
    return {source: {**found[source]} for source in sorted(found)}


def _reps(
    made: Sequence[Any], lines: Mapping[str, tuple[int, int, int]], waits: Mapping[str, list[int]]
) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    owned: dict[str, list[int]] = {}
    for row in made:
        if row.owner:
            counts = owned.setdefault(row.owner, [0, 0])
            counts[0] += row.leads
            counts[1] += row.leads if row.status == "won" else 0
    for rep in sorted({*owned, *waits, *lines} - {BOT, PROSPECT}):
        leads_made, won = owned.get(rep, (0, 0))
        said, own = lines.get(rep, (0, 0, 0))[0], waits.get(rep, [])
        found[rep] = {"leads": leads_made, "won": won, "messages": said, "replies": len(own)}
        if own:
            found[rep] |= _shares(own, {"median": 0.5, "p90": 0.9})
    return {**found}
