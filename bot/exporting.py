"""The export put together: columns by the company's flows, fields by its destinations."""

from bot.content import Content
from flows.ports.reading import Leads
from handlers.disclose import disclosure
from handlers.export import Export
from integrations.sheets import FileSheets

_OF_THE_CONTACT = frozenset({"contact", "consent"})


def export_of(content: Content, leads: Leads) -> Export:
    """Leads as files; what a contact and a consent hold have columns of their own."""
    slots = [name for name, kind in content.flows.slot_types.items() if kind not in _OF_THE_CONTACT]
    return Export(leads, FileSheets(), disclosure(content.knowledge.destinations, "export"), slots)
