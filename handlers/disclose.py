"""What of a lead may be seen: nothing to reach a person by without consent, and to a service what it is allowed."""

from collections.abc import Callable
from dataclasses import replace

from flows.model import Json
from flows.ports.reading import LeadRow
from knowledge.destinations import Destinations
from knowledge.masking import mask_contacts, mask_value


def guarded(row: LeadRow) -> LeadRow:
    """The lead as anybody may see it: without consent there is no contact, nor one among its words."""
    if row.consent is not None:
        return row
    lead = row.lead
    reasons = tuple(replace(reason, quote=mask_contacts(reason.quote)) for reason in lead.score.reasons)
    slots = {name: _masked(value) for name, value in lead.slots.items()}
    return replace(row, lead=replace(lead, contact=None, slots=slots, score=replace(lead.score, reasons=reasons)))


def _masked(value: Json) -> Json:
    if isinstance(value, str):
        return mask_contacts(value)
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return {name: _masked(item) for name, item in value.items()} if isinstance(value, dict) else value


def disclosure(destinations: Destinations, service: str) -> Callable[[LeadRow], LeadRow]:
    """A view of leads for one service: a field in full, masked, or (not allowed, or only as a link) taken out."""

    def view(row: LeadRow) -> LeadRow:
        row = guarded(row)
        lead, contact = row.lead, row.lead.contact
        keeps_reasons = destinations.allows(service, "reasons") == "full"
        shown = replace(
            lead,
            contact=contact
            and replace(
                contact,
                name=allowed("name", contact.name),
                phone=allowed("phone", contact.phone),
                email=allowed("email", contact.email),
                telegram=allowed("telegram", contact.telegram),
            ),
            slots={name: allowed_value(name, value) for name, value in lead.slots.items()},
            source=allowed("source", lead.source),
            score=lead.score if keeps_reasons else replace(lead.score, reasons=()),
        )
        return replace(row, lead=shown)

    def allowed(field: str, value: str) -> str:
        form = destinations.allows(service, field)
        if form == "masked":
            return mask_value(field, value)
        return value if form == "full" else ""

    def allowed_value(field: str, value: Json) -> Json:
        form = destinations.allows(service, field)
        if form == "masked":
            return _masked(value)
        return value if form == "full" else None

    return view
