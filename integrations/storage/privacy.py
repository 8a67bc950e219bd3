"""What the law and the prospect want forgotten: contacts that nobody has agreed to keep."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import Column, Connection, Table, and_, insert, select, update

from flows.model import Conversation, Json
from flows.ports.people import Mask
from integrations.storage.cache import Recent
from integrations.storage.codec import dumps, loads, mapping, micros, storable
from integrations.storage.database import Database
from integrations.storage.desk_tables import gathered, holds, promises, waits
from integrations.storage.prepared import fixed
from integrations.storage.rows import search_text
from integrations.storage.shapes import read_state, write_state
from integrations.storage.tables import addresses, conversations, inbox, leads, messages, outbox, people, turns
from integrations.storage.twins import forget

Hide: TypeAlias = Callable[[str], str]
"""A `Mask` that knows the names."""
_WORDS: Final = ("text", "question")  # of an event: what a person typed; the rest are names and numbers of machines


class SqlPrivacy:
    """The port `Privacy` over a database."""

    def __init__(self, database: Database, recent: Recent) -> None:
        self._database = database
        self._recent = recent

    async def unconsented(self, before: datetime, limit: int) -> Sequence[str]:
        """Conversations with a contact that nobody agreed to keep, since before that time; longest first."""
        statement = (
            select(conversations.c.id)
            .where(conversations.c.unconsented_since > fixed(0), conversations.c.unconsented_since < micros(before))
            .order_by(conversations.c.unconsented_since)
            .limit(limit)
        )
        return await self._database.read(lambda connection: connection.execute(statement).scalars().all())

    async def redact(self, conversation: str, mask: Mask, now: datetime) -> int:
        """Mask every stored copy of what was said; the contact itself is dropped, and its name with it.

        It counts as a turn, so that one which is being computed from the old state is stale; open wake-ups live on.
        """
        changed, address = await self._database.write(
            lambda connection: _redact(connection, conversation, mask, micros(now))
        )
        self._recent.drop(address)
        return changed


def _redact(connection: Connection, conversation: str, mask: Mask, now: int) -> tuple[int, str]:
    c = conversations.c
    key = connection.execute(select(c.address).where(c.id == conversation)).scalar()
    if key is None:
        return 0, ""
    connection.execute(select(addresses.c.key).where(addresses.c.key == key).with_for_update())
    columns = (c.id, c.version, c.ordinal, c.state, c.person, c.contact_name, c.unconsented_since)
    row = connection.execute(select(*columns).where(c.id == conversation)).one()
    if not row.unconsented_since:  # agreed to, or forgotten, since it was listed
        return 0, key
    known = read_state(*row[:4])
    hide = _hiding(connection, known, row.contact_name, mask)
    state, version = _masked_state(known, hide), row.version + 1
    turn = {"conversation": conversation, "version": version, "at": now, "flow": state.flow, "step": state.step}
    connection.execute(insert(turns).values(turn))
    connection.execute(
        update(conversations)
        .where(c.id == conversation)
        .values(
            version=version,
            unconsented_since=0,
            contact_name="",
            wants_person=state.wants_person,
            state=write_state(state, dumps(state.slots)),
        )
    )
    kept = and_(outbox.c.conversation == conversation, outbox.c.version == row.version, outbox.c.status == "open")
    connection.execute(update(outbox).where(outbox.c.address == key, kept).values(version=version))
    _mask_events(connection, conversation, hide)
    _mask_lead(connection, conversation, hide)
    _mask_outbox(connection, conversation, hide)
    _mask_desk(connection, conversation, hide)
    forget(connection, conversation)
    connection.execute(update(people).where(people.c.id == row.person).values(name=state.profile.name))
    return _mask_lines(connection, conversation, hide), key


def _hiding(connection: Connection, known: Conversation, last: str, mask: Mask) -> Hide:
    """The mask with every name of the contact: of the one held, the last one, and those on shared cards."""
    names = {last, known.contact.name if known.contact else ""}
    for event in _of_turns(connection, known.id, turns.c.events):
        body = mapping(connection.execute(select(inbox.c.body).where(inbox.c.id == event)).scalar() or "{}")
        contact = body.get("contact")
        if isinstance(contact, dict):
            names.add(str(contact.get("name") or ""))
    spelled = sorted(names - {""})
    return lambda text: mask(text, spelled)


def _masked_state(conversation: Conversation, hide: Hide) -> Conversation:
    slots = {name: _masked(value, hide) for name, value in conversation.slots.items()}
    quotes = {name: hide(words) for name, words in conversation.quotes.items()}
    profile = replace(conversation.profile, name=hide(conversation.profile.name))
    person = hide(conversation.wants_person)
    return replace(conversation, contact=None, slots=slots, quotes=quotes, profile=profile, wants_person=person)


def _mask_lines(connection: Connection, conversation: str, hide: Hide) -> int:
    changed = 0
    m = messages.c
    for row in connection.execute(select(m.seq, m.text, m.trace).where(m.conversation == conversation)).all():
        changed += _change(connection, messages, m.seq, row.seq, {"text": row.text, "trace": row.trace}, hide)
    return changed


def _mask_events(connection: Connection, conversation: str, hide: Hide) -> None:
    """The events of its turns; those that made no turn left no body."""
    for row in _of_turns(connection, conversation, turns.c.events):
        body = connection.execute(select(inbox.c.body).where(inbox.c.id == row)).scalar()
        event = mapping(body or "{}")
        masked = {name: _masked(value, hide) if name in _WORDS else value for name, value in event.items()}
        if masked.get("contact") is not None:
            masked["contact"] = None
        if isinstance(profile := masked.get("profile"), dict):
            masked["profile"] = {**profile, "name": _masked(profile.get("name"), hide)}
        if masked != event:
            connection.execute(update(inbox).where(inbox.c.id == row).values(body=dumps(masked)))


def _mask_lead(connection: Connection, conversation: str, hide: Hide) -> None:
    lead = connection.execute(select(leads.c.slots, leads.c.reasons).where(leads.c.id == conversation)).first()
    if lead is None:
        return
    slots = {name: _masked(value, hide) for name, value in mapping(lead.slots).items()}
    reasons = _masked(loads(lead.reasons), hide)
    search = search_text(None, slots, granted=False)
    values = {
        "slots": dumps(slots),
        "reasons": dumps(reasons),
        "contact": "null",
        "search": search,
        "phone": "",
        "email": "",
    }
    connection.execute(update(leads).where(leads.c.id == conversation).values(values))


def _mask_outbox(connection: Connection, conversation: str, hide: Hide) -> None:
    keys = _of_turns(connection, conversation, turns.c.dispatches)
    columns = (outbox.c.id, outbox.c.message, outbox.c.payload)
    for row in connection.execute(select(*columns).where(outbox.c.key.in_(keys))).all():
        texts = {"message": row.message, "payload": row.payload}
        _change(connection, outbox, outbox.c.id, row.id, texts, hide)


def _mask_desk(connection: Connection, conversation: str, hide: Hide) -> None:
    """What reps wrote and was held, what was promised and asked for, and what waits for a digest."""
    for table, name in ((holds, "text"), (promises, "quote"), (waits, "reason"), (gathered, "text"), (holds, "files")):
        column, mine = table.c[name], table.c.conversation == conversation
        for told in connection.execute(select(column).where(mine).distinct()).scalars().all():
            masked = _masked_json(told, hide) if name == "files" else hide(told)
            if masked != told:
                connection.execute(update(table).where(mine, column == told).values({name: masked}))


def _of_turns(connection: Connection, conversation: str, column: Column[str]) -> list[Any]:
    """What the turns of a conversation list in one of their JSON columns."""
    lists = connection.execute(select(column).where(turns.c.conversation == conversation)).scalars()
    return [one for text in lists for one in cast("list[Json]", loads(text) or [])]


def _change(
    connection: Connection, table: Table, column: Column[Any], key: int, texts: dict[str, str], hide: Hide
) -> int:
    """Write the masked texts where they differ; how many rows that were."""
    masked = {name: hide(text) if name == "text" else _masked_json(text, hide) for name, text in texts.items()}
    if masked == texts:
        return 0
    connection.execute(update(table).where(column == key).values(masked))
    return 1


def _masked_json(text: str, hide: Hide) -> str:
    value = loads(text)
    masked = _masked(value, hide)
    return text if masked == value else storable(dumps(masked))


def _masked(value: Json, hide: Hide) -> Json:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_masked(item, hide) for item in value]
    if isinstance(value, dict):
        return {name: item if name in _MACHINE else _masked(item, hide) for name, item in value.items()}
    return value


_MACHINE: Final = frozenset({"sources", "data", "url", "ref", "message"})
"""Parts of traces and messages that machines read: a long number there is no phone."""
