"""The JSON shapes in which leads, conversations, messages and deliveries leave the product: promises to programs."""

from datetime import UTC, datetime

from flows.model import Json
from flows.outbound import Line
from flows.ports.people import Mask
from flows.ports.reading import ConversationRow, Delivery, LeadRow


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def lead_json(row: LeadRow) -> dict[str, Json]:
    """A lead; what is not known is null."""
    lead = row.lead
    contact = lead.contact
    return {
        "id": row.id,
        "conversation_id": lead.conversation,
        "channel": row.channel,
        "source": lead.source,
        "locale": lead.locale,
        "amount": row.amount,
        "status": lead.status,
        "score": lead.score.points,
        "reasons": [
            {"points": reason.points, "rule": reason.rule, "quote": reason.quote} for reason in lead.score.reasons
        ],
        "contact": {
            "name": (contact and contact.name) or None,
            "phone": (contact and contact.phone) or None,
            "email": (contact and contact.email) or None,
            "telegram": (contact and contact.telegram) or None,
        },
        "slots": dict(lead.slots),
        "consent": row.consent,
        "trackers": dict(row.trackers),
        "owner": row.owner or None,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def conversation_json(row: ConversationRow) -> dict[str, Json]:
    """A conversation as lists show it."""
    return {
        "id": row.id,
        "channel": row.channel,
        "locale": row.locale,
        "owner": row.owner,
        "flow": row.flow or None,
        "step": row.step or None,
        "status": row.status,
        "wants_person": row.wants_person or None,
        "started_at": instant(row.started_at),
        "updated_at": instant(row.updated_at),
    }


def line_json(line: Line, mask: Mask | None) -> dict[str, Json]:
    """A message of the transcript; `mask` hides contacts while there is no consent to keep them."""
    return {
        "id": line.id,
        "from": line.by,
        "at": instant(line.at),
        "text": mask(line.text) if mask else line.text,
    }


def delivery_json(delivery: Delivery) -> dict[str, Json]:
    """What has to leave, or could not."""
    return {
        "id": delivery.key,
        "kind": delivery.kind,
        "conversation_id": delivery.conversation,
        "status": delivery.status,
        "due": instant(delivery.due),
        "attempts": delivery.attempts,
        "error": delivery.error or None,
    }
