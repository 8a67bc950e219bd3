"""A turn as rows: the values for the statements of `integrations.storage.statements`, a list for each table."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from flows.model import BOT, Address, Contact, Conversation, Dispatch, Json, Lead, Line
from flows.ports import Agreement, Commit
from integrations.storage.cache import Recent
from integrations.storage.codec import dumps, iso_micros, micros, storable
from integrations.storage.leases import LEASE
from integrations.storage.shapes import write_state

Row: TypeAlias = tuple[Any, ...]
PURPOSE: Final = "processing"
"""The purpose without which no contact may be kept."""
_NOTHING: Final = "{}"


class Rows:
    """What a group of turns writes, gathered table by table."""

    def __init__(self, worker: str, recent: Recent) -> None:
        self._worker = worker
        self._recent = recent
        self.turns: list[Row] = []
        self.conversations: list[Row] = []
        self.begun: list[Row] = []
        self.people: list[Row] = []
        self.messages: list[Row] = []
        self.outbox: list[Row] = []
        self.cancels: list[Row] = []
        self.statuses: list[Row] = []
        self.leads: list[Row] = []
        self.consents: list[Row] = []
        self.audit: list[Row] = []
        self.done: list[int] = []

    def add(self, commit: Commit) -> None:
        """Take a turn apart."""
        conversation = commit.turn.conversation
        key = storable(conversation.address.key)
        now = micros(commit.now)
        version = commit.before + 1
        known, lead = self._recent.before(key, conversation.id, commit.before)
        person = person_of(conversation, key)
        events = dumps(commit.done) if commit.done else "[]"
        keys = dumps([dispatch.key for dispatch in commit.dispatches]) if commit.dispatches else "[]"
        slots = dumps(conversation.slots)
        self.turns.append((conversation.id, version, now, conversation.flow, conversation.step, events, keys))
        self.conversations.append(conversation_row(conversation, key, version, person, slots, now))
        if commit.before == 0:
            self.begun.append((key, *address_parts(conversation.address), conversation.ordinal))
        if known is None or (known.profile is not conversation.profile and known.profile != conversation.profile):
            profile = conversation.profile
            names = (storable(profile.name), storable(profile.username), storable(profile.language))
            self.people.append((person, conversation.address.channel, *names, now, now))
        if commit.cancel:
            self.cancels.append((key, conversation.id, commit.cancel))
        self.done += commit.done
        self.messages += [line_row(line) for line in commit.heard]
        self._add_dispatches(commit, key, version, now)
        same = known is not None and known.owner == conversation.owner and commit.turn.lead == lead
        if commit.turn.lead is not None and not same:
            self._add_lead(commit.turn.lead, lead, conversation, slots, now)
        self.consents += [_consent_row(agreed, conversation, person) for agreed in commit.agreements]
        if commit.audit:
            self.audit.append(audit_row(commit.audit, now))

    def _add_dispatches(self, commit: Commit, key: str, version: int, now: int) -> None:
        for dispatch in commit.dispatches:
            self.outbox.append(self._outbox_row(dispatch, key, version, now))
            if dispatch.message is not None and dispatch.kind == "message":
                trace = commit.traces.get(dispatch.key)
                text = storable(dispatch.message.text)
                self.messages.append((dispatch.key, dispatch.conversation, dispatch.writer, now, text, *_trace(trace)))

    def _outbox_row(self, dispatch: Dispatch, key: str, version: int, now: int) -> Row:
        due = micros(dispatch.due)
        target = storable(dispatch.address.key)
        mine = due <= now
        return (
            dispatch.key,
            dispatch.kind,
            target,
            "" if target == key else dumps(dispatch.address),
            dispatch.conversation,
            version,
            dispatch.writer,
            due,
            dispatch.attempts,
            self._worker if mine else "",
            now + LEASE if mine else 0,
            dumps(dispatch.message),
            dumps(dispatch.payload) if dispatch.payload else _NOTHING,
        )

    def _add_lead(self, lead: Lead, before: Lead | None, conversation: Conversation, slots: str, now: int) -> None:
        if before is None or before.status != lead.status:
            self.statuses.append((conversation.id, lead.status, BOT, now))
        same = lead.slots is conversation.slots
        self.leads.append(lead_row(lead, conversation, slots if same else dumps(lead.slots), now))


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
        holds_contact(conversation),
        iso_micros(conversation.started_at, now),
        now,
        write_state(conversation, slots),
    )


def holds_contact(conversation: Conversation) -> bool:
    """Whether there is a contact that nobody has agreed to keep."""
    if conversation.contact is None:
        return False
    consent = conversation.consents.get(PURPOSE)
    return consent is None or not consent.granted


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
        search_text(lead.contact, lead.slots),
        now,
        now,
    )


def search_text(contact: Contact | None, slots: Mapping[str, Json]) -> str:
    """The words by which a lead can be found, case-folded: its contact and what was said in words."""
    words = [contact.name, contact.phone, contact.email, contact.telegram] if contact else []
    words += [value for value in slots.values() if isinstance(value, str)]
    return storable("\n".join(words).casefold())


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
