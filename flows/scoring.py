"""What becomes of a lead: its score as the sum of shown reasons, and its status."""

from collections.abc import Mapping
from datetime import date

from flows.conditions import holds
from flows.model import Contact, Conversation, Json, Lead, LeadStatus, Reason, Score
from flows.schema import Flows


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
    values["consent"] = {purpose: consent.granted for purpose, consent in conversation.consents.items()}
    values["signal"] = dict.fromkeys(conversation.signals, True)
    values["contact"] = reachable(conversation.contact) and may_keep_contact(conversation)
    values["services"] = bool(flows.services)
    values["locale"] = conversation.locale
    values["channel"] = conversation.address.channel
    values["source"] = conversation.source
    return values


def with_score(flows: Flows, values: dict[str, Json]) -> dict[str, Json]:
    """The same facts with `score` and `temperature`, for branches."""
    score = rate(flows, values, {})
    return {**values, "score": score.points, "temperature": score.temperature}


def rate(flows: Flows, values: Mapping[str, Json], quotes: Mapping[str, str]) -> Score:
    """Sum the rules that hold; every point has its rule and the words that prove it."""
    rules = flows.score
    reasons = tuple(
        Reason(rule.points, rule.rule, quotes.get(rule.quote, "")) for rule in rules.rules if holds(rule.when, values)
    )
    points = sum(reason.points for reason in reasons)
    return Score(points, reasons, "hot" if points >= rules.hot else "warm" if points >= rules.warm else "cold")


def lead_of(flows: Flows, conversation: Conversation, today: date) -> Lead | None:
    """The lead as the conversation now has it; None while nothing is known of a need or a person."""
    known = {name: value for name, value in conversation.slots.items() if value is not None}
    values = facts(flows, conversation, today)
    if not (known or conversation.signals or values["contact"]):
        return None
    score = rate(flows, values, conversation.quotes)
    status: LeadStatus = "partial"
    if values["contact"]:
        wanted = score.points >= flows.score.qualified or "buy" in conversation.signals
        status = "qualified" if conversation.qualified and wanted else "new"
    contact = conversation.contact if values["contact"] else None
    return Lead(conversation.id, status, score, known, contact, conversation.source, conversation.locale)


def _with_days(value: dict[str, Json], today: date) -> Json:
    """A date slot with the days left until its end, or its start when it is open."""
    limit = value.get("to") or value.get("from")
    return {**value, "days": (date.fromisoformat(str(limit)) - today).days if limit else None}
