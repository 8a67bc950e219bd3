"""What is forgotten in memory: contacts that nobody has agreed to keep."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from flows.events import Said
from flows.model import Slots
from flows.ports.people import Mask
from flows.ports.reading import LeadRow
from flows.ports.turns import Stored
from tests.fakes.memory_data import Memory


class MemoryPrivacy:
    """The port `Privacy`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def unconsented(self, before: datetime, limit: int) -> Sequence[str]:
        """Contacts that nobody agreed to keep."""
        since = sorted(self._memory.unconsented_since.items(), key=lambda item: item[1])
        return [conversation for conversation, at in since if at < before][:limit]

    async def redact(self, conversation: str, mask: Mask, now: datetime) -> int:
        """Mask lines, events, lead and state."""
        known = self._memory.conversations.get(conversation)
        if known is None or self._memory.unconsented_since.pop(conversation, None) is None:
            return 0
        rows = set(self._memory.turn_events.get(conversation, ()))
        name = self._memory.contact_names.pop(conversation, "")
        cards = [one.event.contact for one in self._memory.events if one.row in rows and isinstance(one.event, Said)]
        names = [name for name in (name, *(card.name for card in cards if card)) if name]

        def hide(text: str) -> str:
            return mask(text, names)

        changed = 0
        for place, line in enumerate(self._memory.lines):
            if line.conversation == conversation and hide(line.text) != line.text:
                self._memory.lines[place] = replace(line, text=hide(line.text))
                changed += 1
        self._memory.events = [_masked(one, hide) if one.row in rows else one for one in self._memory.events]
        quotes = {name: hide(words) for name, words in known.quotes.items()}
        masked = replace(
            known,
            contact=None,
            slots=_masked_slots(known.slots, hide),
            quotes=quotes,
            wants_person=hide(known.wants_person),
            profile=replace(known.profile, name=hide(known.profile.name)),
            version=known.version + 1,
        )
        self._memory.conversations[conversation] = masked
        if row := self._memory.leads.get(conversation):
            self._memory.leads[conversation] = _masked_lead(row, hide)
        for entry in self._memory.outbox.values():
            if entry.dispatch.conversation == conversation and entry.version == known.version:
                entry.version = masked.version
        self._forget_at_the_desk(conversation, hide)
        return changed

    def _forget_at_the_desk(self, conversation: str, hide: Callable[[str], str]) -> None:
        memory = self._memory
        for key, held in memory.held.items():
            if held.conversation == conversation:
                files = tuple(replace(file, name=hide(file.name)) for file in held.files)
                memory.held[key] = replace(held, text=hide(held.text), files=files)
        for place, wait in memory.waits.items():
            if wait.conversation == conversation:
                memory.waits[place] = replace(wait, reason=hide(wait.reason))
        for key, promise in memory.promises.items():
            if promise.conversation == conversation:
                memory.promises[key] = replace(promise, quote=hide(promise.quote))
        for key, (at, kind, of, text) in memory.gathered.items():
            if of == conversation:
                memory.gathered[key] = (at, kind, of, hide(text))
        self._forget_twins(conversation)

    def _forget_twins(self, conversation: str) -> None:
        memory = self._memory
        for pair, twin in list(memory.twins.items()):
            if conversation in pair and twin.state == "merged":
                memory.twins[pair] = replace(twin, key="")
            elif conversation in pair:
                del memory.twins[pair]


def _masked(stored: Stored, hide: Callable[[str], str]) -> Stored:
    event = stored.event
    if not isinstance(event, Said):
        return stored
    profile = replace(event.profile, name=hide(event.profile.name))
    return replace(stored, event=replace(event, text=hide(event.text), contact=None, profile=profile))


def _masked_slots(slots: Slots, hide: Callable[[str], str]) -> Slots:
    return {name: hide(value) if isinstance(value, str) else value for name, value in slots.items()}


def _masked_lead(row: LeadRow, hide: Callable[[str], str]) -> LeadRow:
    lead = row.lead
    score = replace(lead.score, reasons=tuple(replace(one, quote=hide(one.quote)) for one in lead.score.reasons))
    return replace(row, lead=replace(lead, contact=None, slots=_masked_slots(lead.slots, hide), score=score))
