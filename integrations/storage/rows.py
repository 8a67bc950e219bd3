"""A turn as rows: the values for the statements of `integrations.storage.statements`, table by table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from flows.model import BOT, Address, Contact, Conversation, Json, Lead
from flows.outbound import Dispatch, Line
from flows.ports.turns import Agreement, Commit
from integrations.storage.codec import dumps, iso_micros, micros, storable
from integrations.storage.leases import LEASE
from integrations.storage.shapes import write_state

Row: TypeAlias = tuple[Any, ...]
PURPOSE: Final = "processing"
"""The purpose without which no contact may be kept."""
_NOTHING: Final = "{}"
_SIGN: Final = re.compile(r"[@＠\d]")
_REACH: Final = re.compile(r"\S*[@＠]\S*|\d(?:[^\w\n]{0,4}\d){6,}")  # wider than what is masked: a search can spare it


@dataclass(slots=True)
class TurnRows:
    """One turn taken apart: a row, or rows, for each table that it writes; None where it writes nothing."""

    commit: Commit
    key: str  # of the address
    turn: Row
    conversation: Row
    begun: Row | None = None
    person: Row | None = None
    messages: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    reworded: list[Row] = field(default_factory=list)
    cancel: Row | None = None
    status: Row | None = None
    lead: Row | None = None
    consents: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    audit: Row | None = None


def turn_rows(commit: Commit, key: str, worker: str, known: Conversation | None, lead: Lead | None) -> TurnRows:
    """Take a turn apart while it is at hand; `known` and `lead` are what was stored before it, as far as is known."""
    conversation, now = commit.turn.conversation, micros(commit.now)
    version = commit.before + 1
    person = person_of(conversation, key)
    events = f"[{commit.done[0]}]" if len(commit.done) == 1 else dumps(commit.done)
    keys = dumps([dispatch.key for dispatch in commit.dispatches])
    slots = dumps(conversation.slots)
    rows = TurnRows(
        commit,
        key,
        (conversation.id, version, now, conversation.flow, conversation.step, events, keys),
        conversation_row(conversation, key, version, person, slots, now),
        messages=[line_row(line) for line in commit.heard],
    )
    if commit.before == 0:
        rows.begun = (key, *address_parts(conversation.address), conversation.ordinal)
    if known is None or (known.profile is not conversation.profile and known.profile != conversation.profile):
        profile = conversation.profile
        names = (storable(profile.name), storable(profile.username), storable(profile.language))
        rows.person = (person, conversation.address.channel, *names, now, now)
    for dispatch in commit.dispatches:
        _add_dispatch(rows, dispatch, worker, now)
    if commit.turn.lead is not None:
        _add_lead(rows, commit.turn.lead, known, lead, slots, now)
    _add_rare(rows, person, now)
    return rows


def _add_dispatch(rows: TurnRows, dispatch: Dispatch, worker: str, now: int) -> None:
    commit = rows.commit
    due = now if dispatch.due is commit.now else micros(dispatch.due)
    own = dispatch.address is commit.turn.conversation.address
    target = rows.key if own else storable(dispatch.address.key)
    mine = due <= now
    rows.outbox.append(
        (
            dispatch.key,
            dispatch.kind,
            target,
            "" if target == rows.key else dumps(dispatch.address),
            dispatch.conversation,
            commit.before + 1,
            dispatch.writer,
            due,
            dispatch.attempts,
            worker if mine else "",
            now + LEASE if mine else 0,
            dumps(dispatch.message),
            dumps(dispatch.payload) if dispatch.payload else _NOTHING,
        )
    )
    if dispatch.message is None:
        return
    text = storable(dispatch.message.text)
    if dispatch.kind == "message":
        trace = _trace(commit.traces.get(dispatch.key))
        by = str(dispatch.payload.get("by") or dispatch.writer)
        rows.messages.append((dispatch.key, dispatch.conversation, by, now, text, *trace))
    elif dispatch.kind == "edit":
        rows.reworded.append((text, str(dispatch.payload.get("of", "")), dispatch.conversation))


def _add_lead(
    rows: TurnRows, lead: Lead, known: Conversation | None, before: Lead | None, slots: str, now: int
) -> None:
    """Nothing where the lead is what it was, and so is its owner."""
    conversation = rows.commit.turn.conversation
    if known is not None and known.owner == conversation.owner and lead == before:
        return
    if before is None or before.status != lead.status:
        rows.status = (conversation.id, lead.status, BOT, now)
    own = lead.slots is conversation.slots
    rows.lead = lead_row(lead, conversation, slots if own else dumps(lead.slots), now)


def _add_rare(rows: TurnRows, person: str, now: int) -> None:
    commit = rows.commit
    if commit.cancel:
        rows.cancel = (rows.key, commit.turn.conversation.id, commit.cancel)
    if commit.agreements:
        rows.consents = [_consent_row(agreed, commit.turn.conversation, person) for agreed in commit.agreements]
        rows.answers = [
            (0 if agreed.granted else micros(agreed.at), commit.turn.conversation.id)
            for agreed in commit.agreements
            if agreed.purpose == PURPOSE
        ]
    if commit.audit:
        rows.audit = audit_row(commit.audit, now)


def conversation_row(conversation: Conversation, key: str, version: int, person: str, slots: str, now: int) -> Row:
    """The row of a conversation in the order of `CONVERSATION_COLUMNS`; `slots` are its slots as JSON."""
    return (
        conversation.id,
        key,
        conversation.ordinal,
        version,
        person,
        conversation.address.channel,
        conversation.owner,
        conversation.flow,
        conversation.step,
        conversation.status,
        conversation.locale,
        storable(conversation.source),
        storable(conversation.wants_person),
        now if conversation.contact is not None and not _granted(conversation) else 0,
        storable(conversation.contact.name) if conversation.contact else "",
        now if version > 1 else iso_micros(conversation.started_at, now),  # written with the first turn only
        now,
        write_state(conversation, slots),
    )


def _granted(conversation: Conversation) -> bool:
    """Whether the prospect agreed that a contact is kept."""
    consent = conversation.consents.get(PURPOSE)
    return consent is not None and consent.granted


def person_of(conversation: Conversation, key: str) -> str:
    """Who it is, as far as the messenger tells: the same person under two bots of a channel is one."""
    profile = conversation.profile.id
    return storable(f"{conversation.address.channel}:{profile}") if profile else key


def address_parts(address: Address) -> tuple[str, str, str, str]:
    """The columns of an address beside its key."""
    return storable(address.channel), storable(address.bot), storable(address.chat), storable(address.thread)


def line_row(line: Line) -> Row:
    """The row of a line that was heard."""
    return (line.id, line.conversation, line.by, micros(line.at), storable(line.text), *_trace(line.trace))


def audit_row(details: Mapping[str, Json], now: int) -> Row:
    """The row of an audit entry: `by` and `action` have their own columns."""
    by, action = str(details.get("by", "")), str(details.get("action", "turn"))
    return (storable(by), storable(action), dumps(details), now)


def lead_row(lead: Lead, conversation: Conversation, slots: str, now: int) -> Row:
    """The row of a lead in the order of `LEAD_COLUMNS`; `slots` are its slots as JSON."""
    granted = _granted(conversation)
    return (
        conversation.id,
        lead.conversation,
        conversation.address.channel,
        lead.status,
        lead.score.temperature,
        lead.score.points,
        dumps(lead.score.reasons),
        slots,
        dumps(lead.contact) if lead.contact else "null",
        storable(lead.source),
        lead.locale,
        conversation.owner if conversation.owner != BOT else "",
        search_text(lead.contact, lead.slots, granted=granted),
        now,
        now,
        *(_known_by(lead.contact) if granted and lead.contact else ("", "")),
    )


def _known_by(contact: Contact) -> tuple[str, str]:
    """By what the same person is known again: the phone and the e-mail, letter case aside."""
    return storable(contact.phone), storable(contact.email.casefold())


def search_text(contact: Contact | None, slots: Mapping[str, Json], *, granted: bool) -> str:
    """The words by which a lead can be found, case-folded: its contact and what was said in words.

    Without consent nobody is found by a contact: neither by their own nor by one among the words.
    """
    words = [value for value in slots.values() if isinstance(value, str)]
    if granted and contact:
        words = [contact.name, contact.phone, contact.email, contact.telegram, *words]
    text = "\n".join(words)
    if not granted and _SIGN.search(text):  # few words have a sign of a contact at all
        text = _REACH.sub(" ", text)
    return storable(text.casefold())


def _trace(trace: Mapping[str, Json] | None) -> tuple[str, int]:
    if not trace:
        return _NOTHING, 0
    sources = trace.get("sources")
    return dumps(trace), len(sources) if isinstance(sources, Sequence) and not isinstance(sources, str) else 0


def _consent_row(agreed: Agreement, conversation: Conversation, person: str) -> Row:
    return (
        conversation.id,
        person,
        conversation.address.channel,
        agreed.purpose,
        agreed.granted,
        agreed.text,
        agreed.locale,
        micros(agreed.at),
    )
