"""What becomes of a lead: its score as the sum of shown reasons, and its status."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias

from flows.model import Contact, Conversation, Json, Lead, LeadStatus, Reason, Score
from flows.schema import Flows, Rule

Temperature: TypeAlias = Literal["hot", "warm", "cold"]


def reachable(contact: Contact | None) -> bool:
    """Whether a contact lets anybody answer."""
    return contact is not None and bool(contact.phone or contact.email or contact.telegram)


def may_keep_contact(conversation: Conversation) -> bool:
    """Whether the prospect agreed that their contact is processed."""
    consent = conversation.consents.get("processing")
    return consent is not None and consent.granted


def facts(flows: Flows, conversation: Conversation, today: date) -> dict[str, Json]:
    """Everything that a condition may look at, but the score itself."""
    values: dict[str, Json] = {
        name: _with_days(value, today) if isinstance(value, dict) and "from" in value else value
        for name, value in conversation.slots.items()
    }
    known = reachable(conversation.contact) and may_keep_contact(conversation)
    values.update(dict.fromkeys(flows.contact_slots, known))
    values["contact"] = known
    values["consent"] = {purpose: consent.granted for purpose, consent in conversation.consents.items()}
    values["signal"] = dict.fromkeys(conversation.signals, True)
    values["services"] = bool(flows.services)
    values["locale"] = conversation.locale
    values["channel"] = conversation.address.channel
    values["source"] = conversation.source
    return values


def rate(flows: Flows, held: Sequence[Rule], quotes: Mapping[str, str]) -> Score:
    """Sum the rules that hold; every point has its rule and the words that prove it."""
    points = points_of(held)
    reasons = tuple([Reason(rule.points, rule.rule, quotes.get(rule.quote, "")) for rule in held])
    return Score(points, reasons, temperature(flows, points))


def held_rules(flows: Flows, values: Mapping[str, Json]) -> Sequence[Rule]:
    """The rules that hold of these facts."""
    return [rule for rule in flows.score.rules if rule.holds(values)]


def points_of(held: Sequence[Rule]) -> int:
    """The score of rules that hold."""
    return sum([rule.points for rule in held])


def temperature(flows: Flows, points: int) -> Temperature:
    """How warm a score makes a lead."""
    return "hot" if points >= flows.score.hot else "warm" if points >= flows.score.warm else "cold"


def lead_of(flows: Flows, conversation: Conversation, values: Mapping[str, Json], held: Sequence[Rule]) -> Lead | None:
    """The lead as the conversation now has it; None while nothing is known of a need or a person.

    `values` are the `facts` of the same conversation, `held` the rules that hold of them.
    """
    known = {name: value for name, value in conversation.slots.items() if value is not None}
    if not (known or conversation.signals or values["contact"]):
        return None
    score = rate(flows, held, conversation.quotes)
    status: LeadStatus = "partial"
    if values["contact"]:
        wanted = score.points >= flows.score.qualified or "buy" in conversation.signals
        status = "qualified" if conversation.qualified and wanted else "new"
    contact = conversation.contact if values["contact"] else None
    return Lead(conversation.id, status, score, known, contact, conversation.source, conversation.locale)


def _with_days(value: dict[str, Json], today: date) -> Json:
    """A date slot with the days left until its end, or its start when it is open."""
    limit = value.get("to") or value.get("from")
    try:
        days = (date.fromisoformat(str(limit)) - today).days if limit else None
    except ValueError:  # a value that an older version stored
        days = None
    return {**value, "days": days}
