"""Leads as a file: the same rows for the command line, the API and the staff's `/export`."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

from babel.numbers import get_currency_precision

from flows.model import Json
from flows.ports.reading import Filter, LeadRow, Leads
from flows.tables import Format, Row, Sheets
from handlers.shapes import instant, lead_json

Disclose: TypeAlias = Callable[[LeadRow], LeadRow]
"""What the destination `export` may see of a lead: as it is, masked, or without contacts (`destinations.yaml`)."""

BEFORE_SLOTS = (
    "id", "created_at", "updated_at", "status", "score", "temperature", "name", "phone", "email", "telegram",
    "amount", "currency",
)  # fmt: skip
AFTER_SLOTS = (
    "channel", "source", "locale", "owner", "consent_version", "consent_at", "reasons", "trackers", "conversation_id",
)  # fmt: skip

_SLICE = 50
"""Rows between two moments in which others get their turn: a row takes a fraction of a millisecond."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BLANK = " \u00a0\u200b\ufeff"
_HANDLE = re.compile(r"@(\w{4,32})")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


class Export:
    """All leads that match, as one file.

    Columns of `csv` and `xlsx`: `BEFORE_SLOTS`, then one for each slot of the flows in their order (`slot_x` when x is
    already a column), then `AFTER_SLOTS`. New columns are only ever added at the end of a group. Amounts are in major
    units; times are ISO 8601, UTC. A line of `jsonl` is a lead as the API shows it.
    """

    def __init__(self, leads: Leads, sheets: Sheets, disclose: Disclose, slots: Sequence[str]) -> None:
        self._leads = leads
        self._sheets = sheets
        self._disclose = disclose
        taken = {*BEFORE_SLOTS, *AFTER_SLOTS}
        self._slots = {slot: f"slot_{slot}" if slot in taken else slot for slot in slots}

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of `csv` and `xlsx`."""
        return (*BEFORE_SLOTS, *self._slots.values(), *AFTER_SLOTS)

    def __call__(self, kind: Format, query: Filter) -> AsyncIterator[bytes]:
        """The file's bytes as a stream, in bounded memory. Raises `StorageDown` while it is read."""
        return self._sheets.write(kind, self.columns, self._rows(kind, query))

    async def _rows(self, kind: Format, query: Filter) -> AsyncIterator[Row]:
        number = 0
        async for row in self._leads.rows(query):
            number += 1
            if number % _SLICE == 0:
                await asyncio.sleep(0)
            shown = self._disclose(row)
            yield lead_json(shown) if kind == "jsonl" else self._flat(shown)

    def _flat(self, row: LeadRow) -> dict[str, Json]:
        shape = lead_json(row)
        contact, amount, consent = row.lead.contact, row.amount, row.consent
        cells: dict[str, Json] = {name: shape[name] for name in (*BEFORE_SLOTS, *AFTER_SLOTS) if name in shape}
        cells["temperature"] = row.lead.score.temperature
        if contact:
            cells |= {
                "name": contact.name,
                "phone": contact.phone,
                "email": contact.email,
                "telegram": _link(contact.telegram),
            }
        if isinstance(amount, dict) and isinstance(minor := amount.get("minor"), int):
            currency = str(amount.get("currency"))
            cells |= {"amount": minor / 10 ** get_currency_precision(currency), "currency": currency}
        if isinstance(consent, dict):
            cells |= {"consent_version": consent.get("version"), "consent_at": consent.get("at")}
        cells["reasons"] = "; ".join(f"{reason.rule} {reason.points:+d}" for reason in row.lead.score.reasons)
        cells["trackers"] = " ".join(
            str(card["url"]) for card in row.trackers.values() if isinstance(card, dict) and card.get("url")
        )
        cells |= {column: _readable(row.lead.slots.get(slot)) for slot, column in self._slots.items()}
        cells |= {"created_at": instant(row.created_at), "updated_at": instant(row.updated_at)}
        return {name: neutral(value) for name, value in cells.items()}


def neutral(value: Json) -> Json:
    """A cell that no spreadsheet runs: text that begins like a formula gets a leading apostrophe.

    A phone in E.164 is left as it is: a plus and 7 to 15 digits, and nothing else, can at worst be read as that very
    number, while an apostrophe would break it for every dialler and CRM that reads the file.
    """
    if not isinstance(value, str) or _E164.fullmatch(value):
        return value
    return f"'{value}" if value.lstrip(_BLANK).startswith(_FORMULA) else value


def _link(handle: str) -> str:
    """A handle that no spreadsheet takes for a formula."""
    found = _HANDLE.fullmatch(handle)
    return f"t.me/{found[1]}" if found else handle


def _readable(value: Json) -> Json:
    """A slot's value as a person writes it; ranges with their open end named."""
    if not isinstance(value, dict):
        return value
    if value.keys() >= {"min", "max"}:
        low, high = value["min"], value["max"]
        span = _span(low, high)
        return f"{span} {value['currency']}" if span and value.get("currency") else span
    if value.keys() >= {"from", "to"}:
        return _span(value["from"], value["to"])
    return value


def _span(low: Json, high: Json) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤ {high}"
    if high is None:
        return f"≥ {low}"
    return str(low) if low == high else f"{low} – {high}"
