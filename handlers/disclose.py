"""What of a lead may leave to a service: `destinations.yaml` applied to the lead itself."""

from collections.abc import Callable
from dataclasses import replace

from flows.model import Json
from flows.ports import LeadRow
from knowledge.destinations import Destinations
from knowledge.masking import mask_contacts, mask_value


def disclosure(destinations: Destinations, service: str) -> Callable[[LeadRow], LeadRow]:
    """A view of leads for one service: a field in full, masked, or (not allowed, or only as a link) taken out."""

    def view(row: LeadRow) -> LeadRow:
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
        if form == "masked" and isinstance(value, str):
            return mask_contacts(value)
        return value if form in {"full", "masked"} else None

    return view
