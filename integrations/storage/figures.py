"""The figures of a period, each with its definition; the same statements on SQLite and PostgreSQL.

people          distinct persons who wrote anything in the period (addresses, where the messenger names no person)
conversations   conversations that began in the period
leads           leads created in the period by the status they have now; `total`: all, `partial` too. One person, one
                lead: a lead that was merged into another is counted nowhere (its conversation is)
funnel          of the conversations that began in the period, how many ever stood at a step; by order of arrival
answers         lines in the period: of the `bot`, of these resting on facts of the knowledge (`sourced`), of `reps`;
                `unanswered`: notices that a question could not be answered
response_times  seconds from a prospect's line in the period to the next line, where that is the bot's or a rep's:
                count, median and 95th percentile (the smallest wait that so many replies did not exceed)
sources         by the source of the conversation: conversations that began, and leads created, in the period, and of
                these leads how many are `qualified` and `won` now; "" is no source
reps            by owner of the lead: leads created in the period, of these `won`; and lines written in the period
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from flows.model import BOT, Json
from integrations.storage.tables import conversations, leads, messages, outbox, turns

_PROSPECT = "prospect"
_SECOND = 1_000_000  # in microseconds


def figures(connection: Connection, since: int, until: int) -> dict[str, Json]:
    """All figures of [since, until), times in microseconds."""
    began = _within(conversations.c.started_at, since, until)
    created = _within(leads.c.created_at, since, until) & (leads.c.merged_into == "")
    said = _within(messages.c.at, since, until)
    return {
        "people": connection.execute(_people(said)).scalar_one(),
        "conversations": connection.execute(select(func.count()).select_from(conversations).where(began)).scalar_one(),
        "leads": _leads(connection, created),
        "funnel": _funnel(connection, began),
        "answers": _answers(connection, said, since, until),
        "response_times": _response_times(connection, since, until),
        "sources": _sources(connection, began, created),
        "reps": _reps(connection, created, said),
    }


def _within(column: ColumnElement[int], since: int, until: int) -> ColumnElement[bool]:
    return (column >= since) & (column < until)


def _people(said: ColumnElement[bool]) -> Select[Any]:
    joined = messages.join(conversations, conversations.c.id == messages.c.conversation)
    wrote = messages.c.by == _PROSPECT
    return select(func.count(conversations.c.person.distinct())).select_from(joined).where(said, wrote)


def _leads(connection: Connection, created: ColumnElement[bool]) -> dict[str, Json]:
    rows = connection.execute(select(leads.c.status, func.count()).where(created).group_by(leads.c.status)).all()
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    order = ("partial", "new", "qualified", "contacted", "quoted", "won", "lost", "not_a_fit")
    return {"total": sum(counts.values()), **{status: counts.get(status, 0) for status in order}}


def _funnel(connection: Connection, began: ColumnElement[bool]) -> list[Json]:
    reached = func.count(turns.c.conversation.distinct())
    statement = (
        select(turns.c.flow, turns.c.step, reached)
        .select_from(turns.join(conversations, conversations.c.id == turns.c.conversation))
        .where(began, turns.c.step != "")
        .group_by(turns.c.flow, turns.c.step)
        .order_by(func.min(turns.c.version), reached.desc(), turns.c.flow, turns.c.step)
    )
    rows = connection.execute(statement).all()
    return [{"flow": flow, "step": step, "conversations": count} for flow, step, count in rows]


def _answers(connection: Connection, said: ColumnElement[bool], since: int, until: int) -> dict[str, Json]:
    by_bot = messages.c.by == BOT
    statement = select(
        func.count(case((by_bot, 1))),
        func.count(case((by_bot & (messages.c.sources > 0), 1))),
        func.count(case((~by_bot & (messages.c.by != _PROSPECT), 1))),
    ).where(said)
    bot, sourced, reps = connection.execute(statement).one()
    unknown = (outbox.c.kind == "notice") & outbox.c.payload.contains('"unanswered"')
    asked = select(func.count()).select_from(outbox).where(unknown, _within(outbox.c.due, since, until))
    return {"bot": bot, "sourced": sourced, "reps": reps, "unanswered": connection.execute(asked).scalar_one()}


def _response_times(connection: Connection, since: int, until: int) -> dict[str, Json]:
    said = _within(messages.c.at, since, until)
    lines = select(
        messages.c.by,
        messages.c.at,
        func.lead(messages.c.by).over(partition_by=messages.c.conversation, order_by=messages.c.seq).label("next_by"),
        func.lead(messages.c.at).over(partition_by=messages.c.conversation, order_by=messages.c.seq).label("next_at"),
    ).where(messages.c.conversation.in_(select(messages.c.conversation).where(said)))
    line = lines.subquery("line")
    who = case((line.c.next_by == BOT, "bot"), else_="rep").label("who")
    waits = (
        select(who, (line.c.next_at - line.c.at).label("wait"))
        .where(line.c.by == _PROSPECT, line.c.next_by != _PROSPECT, _within(line.c.at, since, until))
        .subquery("waits")
    )
    ranked = select(
        waits.c.who,
        waits.c.wait,
        func.row_number().over(partition_by=waits.c.who, order_by=waits.c.wait).label("place"),
        func.count().over(partition_by=waits.c.who).label("replies"),
    ).subquery("ranked")
    statement = select(
        ranked.c.who,
        func.max(ranked.c.replies),
        func.min(case((ranked.c.place * 2 >= ranked.c.replies, ranked.c.wait))),
        func.min(case((ranked.c.place * 100 >= ranked.c.replies * 95, ranked.c.wait))),
    ).group_by(ranked.c.who)
    return {
        name: {"count": count, "median": median / _SECOND, "p95": p95 / _SECOND}
        for name, count, median, p95 in connection.execute(statement.order_by(ranked.c.who)).all()
    }


def _sources(connection: Connection, began: ColumnElement[bool], created: ColumnElement[bool]) -> dict[str, Json]:
    started = select(conversations.c.source, func.count()).where(began).group_by(conversations.c.source)
    made = select(
        leads.c.source,
        func.count(),
        func.count(case((leads.c.status == "qualified", 1))),
        func.count(case((leads.c.status == "won", 1))),
    )
    found: dict[str, dict[str, int]] = {}
    for source, count in connection.execute(started).all():
        found[source] = {"conversations": count, "leads": 0, "qualified": 0, "won": 0}
    for source, count, qualified, won in connection.execute(made.where(created).group_by(leads.c.source)).all():
        known = found.setdefault(source, {"conversations": 0})
        known |= {"leads": count, "qualified": qualified, "won": won}
    return {source: {**found[source]} for source in sorted(found)}


def _reps(connection: Connection, created: ColumnElement[bool], said: ColumnElement[bool]) -> dict[str, Json]:
    owned = select(leads.c.owner, func.count(), func.count(case((leads.c.status == "won", 1))))
    wrote = select(messages.c.by, func.count()).where(said, messages.c.by.not_in([BOT, _PROSPECT]))
    found: dict[str, dict[str, int]] = {}
    for owner, count, won in connection.execute(
        owned.where(created, leads.c.owner != "").group_by(leads.c.owner)
    ).all():
        found[owner] = {"leads": count, "won": won, "messages": 0}
    for rep, count in connection.execute(wrote.group_by(messages.c.by)).all():
        found.setdefault(rep, {"leads": 0, "won": 0})["messages"] = count
    return {rep: {**found[rep]} for rep in sorted(found)}
