"""A conversation as one desk may see it: its lead, its promises, who is who, and words without hidden contacts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.model import Conversation, Lead, Score
from flows.ports.ledger import Promise, Promises
from flows.ports.people import Staff
from flows.ports.reading import LeadRow, Leads
from flows.ports.turns import Conversations
from handlers.desk.who import name_of
from handlers.disclose import disclosure
from knowledge.destinations import Allowed, Destinations
from knowledge.masking import DOTS, mask_contacts

_SERVICES: Final[Mapping[str, str]] = {"telegram": "telegram_desk"}
"""Desks whose name in `destinations.yaml` is another one: there `telegram` would be the prospects' messenger."""

_USERNAME: Final = re.compile(r"[A-Za-z0-9_]{3,32}")


def service_of(desk: str) -> str:
    """The name under which `destinations.yaml` speaks of a desk."""
    return _SERVICES.get(desk, desk)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a conversation, as much as the desk may have of it.

    `row` is its lead, or what stands for one while there is none (`has_lead`); `people` names staff by id. `name` and
    `link` are the prospect's, empty where they may not be shown.
    """

    conversation: Conversation
    row: LeadRow
    has_lead: bool
    promises: tuple[Promise, ...]
    people: Mapping[str, str]
    transcript: Allowed
    agreed: bool  # that contacts are processed
    names: tuple[str, ...]  # the prospect's, hidden with the contacts before that
    name: str = ""
    link: str = ""

    def words(self, text: str) -> str:
        """Words of the transcript, contacts masked where they must not be seen."""
        if self.transcript not in {"full", "masked"}:
            return DOTS
        return mask_contacts(text) if self.agreed and self.transcript == "masked" else self.hide(text)

    def hide(self, text: str) -> str:
        """What was said or noted anywhere, without contacts and names before consent."""
        return text if self.agreed else mask_contacts(text, self.names)


class Knowing:
    """Reads what is known, fresh."""

    def __init__(
        self, conversations: Conversations, leads: Leads, promises: Promises, staff: Staff, destinations: Destinations
    ) -> None:
        self._conversations = conversations
        self._leads = leads
        self._promises = promises
        self._staff = staff
        self._destinations = destinations

    async def __call__(self, conversation: str, desk: str) -> Known | None:
        """None where there is no such conversation. Raises `StorageDown`."""
        found = await self._conversations.get(conversation)
        if found is None:
            return None
        lead, promises = await self._leads.get(conversation), await self._promises.of(conversation)
        people = {one.id: name_of(one) for one in await self._staff.list()}
        return self._as_seen(found, lead, promises, people, service_of(desk))

    async def again(self, known: Known) -> Known:
        """With the promises as they are now: what was said has been looked through for new ones."""
        return replace(known, promises=tuple(await self._promises.of(known.conversation.id)))

    def _as_seen(
        self,
        conversation: Conversation,
        lead: LeadRow | None,
        promises: Sequence[Promise],
        people: Mapping[str, str],
        service: str,
    ) -> Known:
        """What that service may have of it."""
        allows = self._destinations.allows
        consent = conversation.consents.get("processing")
        agreed = consent is not None and consent.granted
        profile, contact = conversation.profile, conversation.contact
        names = tuple(name for name in (contact.name if contact else "", profile.name) if name)
        transcript = allows(service, "transcript")
        row = disclosure(self._destinations, service)(lead or _beginning(conversation))
        shown = row.lead.contact.name if row.lead.contact else ""
        told = profile.name if agreed and allows(service, "name") == "full" else ""
        linked = agreed and allows(service, "telegram") == "full" and conversation.address.channel == "telegram"
        return Known(
            conversation,
            row,
            has_lead=lead is not None,
            promises=tuple(promises),
            people=people,
            transcript=transcript,
            agreed=agreed,
            names=names,
            name=shown or told,
            link=f"https://t.me/{profile.username}" if linked and _USERNAME.fullmatch(profile.username) else "",
        )


def _beginning(conversation: Conversation) -> LeadRow:
    """What stands for a lead while there is none."""
    slots = {name: value for name, value in conversation.slots.items() if value is not None}
    lead = Lead(conversation.id, "partial", Score(), slots, None, conversation.source, conversation.locale)
    started = datetime.fromisoformat(conversation.started_at or conversation.updated_at or "1970-01-01T00:00:00+00:00")
    channel = conversation.address.channel
    return LeadRow(conversation.id, lead, channel, "", None, None, {}, started, started)
