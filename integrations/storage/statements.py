"""What a turn writes, as statements: one for each table, prepared once."""

from typing import Final

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from integrations.storage.prepared import Among, Prepared, fixed
from integrations.storage.tables import (
    addresses,
    audit,
    consents,
    conversations,
    inbox,
    lead_statuses,
    leads,
    messages,
    outbox,
    people,
    turns,
)

REPS: Final = ("contacted", "quoted", "won", "lost", "not_a_fit")
"""Statuses that people and trackers give: no turn of the bot takes a lead back from them."""

_by_reps: Final = leads.c.status.in_([fixed(status) for status in REPS])

TURN: Final = Prepared(insert(turns), ("conversation", "version", "at", "flow", "step", "events", "dispatches"))

CONVERSATION_COLUMNS: Final = (
    "id",
    "address",
    "ordinal",
    "version",
    "person",
    "channel",
    "owner",
    "flow",
    "step",
    "status",
    "locale",
    "source",
    "wants_person",
    "unconsented_since",
    "contact_name",
    "started_at",
    "updated_at",
    "state",
)
_FIRST: Final = frozenset({"id", "address", "ordinal", "channel", "started_at"})  # of a conversation these never change
_conversation = insert(conversations)
CONVERSATION: Final = Prepared(
    _conversation.on_conflict_do_update(
        index_elements=[conversations.c.id],
        set_={
            **{name: _conversation.excluded[name] for name in CONVERSATION_COLUMNS if name not in _FIRST},
            # The first time stands until an answer or a redaction changes it, however long they chat.
            "unconsented_since": case(
                (conversations.c.unconsented_since > fixed(0), conversations.c.unconsented_since),
                else_=_conversation.excluded.unconsented_since,
            ),
            "contact_name": case(
                (_conversation.excluded.contact_name == fixed(""), conversations.c.contact_name),
                else_=_conversation.excluded.contact_name,
            ),
        },
    ),
    CONVERSATION_COLUMNS,
)

_address = insert(addresses)
NEW_CONVERSATION: Final = Prepared(
    _address.on_conflict_do_update(
        index_elements=[addresses.c.key],
        set_={"ordinal": _address.excluded.ordinal},
        where=addresses.c.ordinal < _address.excluded.ordinal,
    ),
    ("key", "channel", "bot", "chat", "thread", "ordinal"),
)

_person = insert(people)
PERSON: Final = Prepared(
    _person.on_conflict_do_update(
        index_elements=[people.c.id],
        set_={name: _person.excluded[name] for name in ("name", "username", "language", "updated_at")},
    ),
    ("id", "channel", "name", "username", "language", "created_at", "updated_at"),
)

MESSAGE: Final = Prepared(
    insert(messages).on_conflict_do_nothing(), ("id", "conversation", "by", "at", "text", "trace", "sources")
)
# What the prospect will read instead is what was said.
REWORDED: Final = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("line"), messages.c.conversation == bindparam("of"))
    .values(text=bindparam("words")),
    ("words", "line", "of"),
)

OUTBOX: Final = Prepared(
    insert(outbox).on_conflict_do_nothing(),
    (
        "key",
        "kind",
        "address",
        "target",
        "conversation",
        "version",
        "writer",
        "due",
        "attempts",
        "leased_by",
        "leased_until",
        "message",
        "payload",
    ),
)
CANCEL: Final = Prepared(
    update(outbox)
    .where(
        outbox.c.status == fixed("open"),
        outbox.c.address == bindparam("at"),
        outbox.c.conversation == bindparam("of"),
        outbox.c.writer == bindparam("by"),
        outbox.c.kind != fixed("notice"),  # what the desk should know stays true, whoever speaks
    )
    .values(status=fixed("cancelled"), leased_by=fixed("")),
    ("at", "of", "by"),
)
BEHIND: Final = Prepared(
    select(outbox.c.address, outbox.c.key).where(
        outbox.c.status == fixed("open"),
        outbox.c.kind == fixed("message"),
        Among(outbox.c.address, "addresses"),
        outbox.c.leased_by != bindparam("worker"),
    ),
    ("addresses", "worker"),
)
HOLD_BACK: Final = Prepared(
    update(outbox).where(Among(outbox.c.key, "keys")).values(leased_by=fixed(""), leased_until=fixed(0)), ("keys",)
)

# Before the lead itself is written: a row for every status it gets, none for one it keeps.
STATUS: Final = Prepared(
    insert(lead_statuses).from_select(
        ["lead", "status", "by", "at"],
        select(
            bindparam("lead", type_=leads.c.id.type),
            bindparam("status", type_=leads.c.status.type),
            bindparam("by", type_=leads.c.owner.type),
            bindparam("at", type_=leads.c.created_at.type),
        ).where(~exists().where(leads.c.id == bindparam("lead"), or_(leads.c.status == bindparam("status"), _by_reps))),
    ),
    ("lead", "status", "by", "at"),
)
LEAD_COLUMNS: Final = (
    "id",
    "conversation",
    "channel",
    "status",
    "temperature",
    "points",
    "reasons",
    "slots",
    "contact",
    "source",
    "locale",
    "owner",
    "search",
    "created_at",
    "updated_at",
    "phone",
    "email",
)
_lead = insert(leads)
LEAD: Final = Prepared(
    _lead.on_conflict_do_update(
        index_elements=[leads.c.id],
        set_={
            **{
                name: _lead.excluded[name]
                for name in LEAD_COLUMNS
                if name not in {"id", "conversation", "channel", "status", "owner", "created_at"}
            },
            "status": case((_by_reps, leads.c.status), else_=_lead.excluded.status),
            "owner": case((_lead.excluded.owner == fixed(""), leads.c.owner), else_=_lead.excluded.owner),
        },
    ),
    LEAD_COLUMNS,
)

CONSENT: Final = Prepared(
    insert(consents), ("conversation", "person", "channel", "purpose", "granted", "text", "locale", "at")
)
ANSWERED: Final = Prepared(
    update(conversations).where(conversations.c.id == bindparam("of")).values(unconsented_since=bindparam("since")),
    ("since", "of"),
)
AUDIT: Final = Prepared(insert(audit), ("by", "action", "details", "at"))

DONE: Final = Prepared(
    update(inbox).where(Among(inbox.c.id, "rows"), inbox.c.done_at.is_(None)).values(done_at=bindparam("now")),
    ("now", "rows"),
)
# An event that made no turn is in the transcript if it said anything: its body would only be one more copy to protect.
DONE_UNHEARD: Final = Prepared(
    update(inbox)
    .where(Among(inbox.c.id, "rows"), inbox.c.done_at.is_(None))
    .values(done_at=bindparam("now"), body=fixed("{}")),
    ("now", "rows"),
)

# ------------------------------------------------------------------ what a single turn checks after its group failed
SETTLED: Final = Prepared(
    select(func.count()).select_from(inbox).where(Among(inbox.c.id, "rows"), inbox.c.done_at.is_not(None)), ("rows",)
)
VERSION: Final = Prepared(select(conversations.c.version).where(conversations.c.id == bindparam("of")), ("of",))
LATER: Final = Prepared(
    select(func.count())
    .select_from(conversations)
    .where(
        and_(
            conversations.c.address == bindparam("at"),
            conversations.c.ordinal >= bindparam("ordinal", type_=literal(0).type),
        )
    ),
    ("at", "ordinal"),
)
