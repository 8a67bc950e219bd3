"""What the law and the prospect want forgotten: contacts that nobody has agreed to keep."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Column, Connection, Table, and_, insert, select, update

from flows.model import Conversation, Json
from flows.ports import Mask
from integrations.storage.cache import Recent
from integrations.storage.codec import dumps, loads, mapping, micros, storable
from integrations.storage.database import Database
from integrations.storage.rows import search_text
from integrations.storage.shapes import read_state, write_state
from integrations.storage.tables import addresses, conversations, inbox, leads, messages, outbox, turns

_WORDS: Final = ("text", "question")  # of an event: what a person typed; the rest are names and numbers of machines


class SqlPrivacy:
    """The port `Privacy` over a database."""

    def __init__(self, database: Database, recent: Recent) -> None:
        self._database = database
        self._recent = recent

    async def unconsented(self, before: datetime, limit: int) -> Sequence[str]:
        """Conversations with a contact that nobody agreed to keep, silent since before that time; longest first."""
        statement = (
            select(conversations.c.id)
            .where(conversations.c.unconsented, conversations.c.updated_at < micros(before))
            .order_by(conversations.c.updated_at)
            .limit(limit)
        )
        return await self._database.read(lambda connection: connection.execute(statement).scalars().all())

    async def redact(self, conversation: str, mask: Mask, now: datetime) -> int:
        """Mask every stored copy of what was said; the contact itself is dropped.

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
    row = connection.execute(select(c.id, c.version, c.ordinal, c.state).where(c.id == conversation)).one()
    state = _masked_state(read_state(*row), mask)
    version = row.version + 1
    turn = {"conversation": conversation, "version": version, "at": now, "flow": state.flow, "step": state.step}
    connection.execute(insert(turns).values(turn))
    connection.execute(
        update(conversations)
        .where(c.id == conversation)
        .values(version=version, unconsented=False, state=write_state(state, dumps(state.slots)))
    )
    kept = and_(outbox.c.conversation == conversation, outbox.c.version == row.version, outbox.c.status == "open")
    connection.execute(update(outbox).where(outbox.c.address == key, kept).values(version=version))
    _mask_events(connection, conversation, mask)
    _mask_lead(connection, conversation, mask)
    _mask_outbox(connection, conversation, mask)
    return _mask_lines(connection, conversation, mask), key


def _masked_state(conversation: Conversation, mask: Mask) -> Conversation:
    slots = {name: _masked(value, mask) for name, value in conversation.slots.items()}
    quotes = {name: mask(words) for name, words in conversation.quotes.items()}
    return replace(conversation, contact=None, slots=slots, quotes=quotes)


def _mask_lines(connection: Connection, conversation: str, mask: Mask) -> int:
    changed = 0
    m = messages.c
    for row in connection.execute(select(m.seq, m.text, m.trace).where(m.conversation == conversation)).all():
        changed += _change(connection, messages, m.seq, row.seq, {"text": row.text, "trace": row.trace}, mask)
    return changed


def _mask_events(connection: Connection, conversation: str, mask: Mask) -> None:
    """The events of its turns; those that made no turn left no body."""
    for row in _of_turns(connection, conversation, turns.c.events):
        body = connection.execute(select(inbox.c.body).where(inbox.c.id == row)).scalar()
        event = mapping(body or "{}")
        masked = {name: _masked(value, mask) if name in _WORDS else value for name, value in event.items()}
        if masked.get("contact") is not None:
            masked["contact"] = None
        if masked != event:
            connection.execute(update(inbox).where(inbox.c.id == row).values(body=dumps(masked)))


def _mask_lead(connection: Connection, conversation: str, mask: Mask) -> None:
    lead = connection.execute(select(leads.c.slots, leads.c.reasons).where(leads.c.id == conversation)).first()
    if lead is None:
        return
    slots = {name: _masked(value, mask) for name, value in mapping(lead.slots).items()}
    reasons = _masked(loads(lead.reasons), mask)
    values = {"slots": dumps(slots), "reasons": dumps(reasons), "contact": "null", "search": search_text(None, slots)}
    connection.execute(update(leads).where(leads.c.id == conversation).values(values))


def _mask_outbox(connection: Connection, conversation: str, mask: Mask) -> None:
    keys = _of_turns(connection, conversation, turns.c.dispatches)
    columns = (outbox.c.id, outbox.c.message, outbox.c.payload)
    for row in connection.execute(select(*columns).where(outbox.c.key.in_(keys))).all():
        texts = {"message": row.message, "payload": row.payload}
        _change(connection, outbox, outbox.c.id, row.id, texts, mask)


def _of_turns(connection: Connection, conversation: str, column: Column[str]) -> list[Any]:
    """What the turns of a conversation list in one of their JSON columns."""
    lists = connection.execute(select(column).where(turns.c.conversation == conversation)).scalars()
    return [one for text in lists for one in cast("list[Json]", loads(text) or [])]


def _change(
    connection: Connection, table: Table, column: Column[Any], key: int, texts: dict[str, str], mask: Mask
) -> int:
    """Write the masked texts where they differ; how many rows that were."""
    masked = {name: mask(text) if name == "text" else _masked_json(text, mask) for name, text in texts.items()}
    if masked == texts:
        return 0
    connection.execute(update(table).where(column == key).values(masked))
    return 1


def _masked_json(text: str, mask: Mask) -> str:
    value = loads(text)
    masked = _masked(value, mask)
    return text if masked == value else storable(dumps(masked))


def _masked(value: Json, mask: Mask) -> Json:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    if isinstance(value, dict):
        return {name: item if name in _MACHINE else _masked(item, mask) for name, item in value.items()}
    return value


_MACHINE: Final = frozenset({"sources", "data", "url", "ref", "message"})
"""Parts of traces and messages that machines read: a long number there is no phone."""
