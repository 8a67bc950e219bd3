"""A lead worded as a card for a tracker: ten lines at most, and only what `destinations.yaml` lets go there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from flows.model import Json
from flows.ports.reading import LeadRow
from flows.ports.tracker import Card
from handlers.glance import MARKS, NEEDS, best_reasons
from knowledge.pipeline import Pipeline
from locales.catalog import Catalog
from locales.markup import escape
from locales.operators import Messages


def key_of(lead: str) -> str:
    """By what a lead's card is found in a tracker; the same for ever."""
    return f"lead-{lead}"


@dataclass(frozen=True, slots=True)
class CardWords:
    """Words cards in the language of the desk.

    `disclose` makes, for a tracker, the view of a lead that it may have; `page` is the address of a lead's page, empty
    where there is none.
    """

    catalog: Catalog
    texts: Messages
    pipeline: Pipeline
    disclose: Callable[[str], Callable[[LeadRow], LeadRow]]
    page: Callable[[str], str]

    def __call__(self, row: LeadRow, tracker: str) -> Card:
        """The card as it should be now."""
        shown = self.disclose(tracker)(row)
        lead = shown.lead
        temperature = lead.score.temperature
        return Card(
            key=key_of(row.id),
            title=self._title(shown),
            lines=tuple((label, value) for label, value in self._lines(shown) if value),
            labels=(self._label(temperature),),
            due=_day(lead.slots.get("deadline")),
            link=self.page(row.id),
            columns=self.pipeline.named(tracker, lead.status),
        )

    def _title(self, row: LeadRow) -> str:
        lead = row.lead
        name = lead.contact.name if lead.contact else ""
        company = lead.slots.get("company")
        who = ", ".join(part for part in (name, company if isinstance(company, str) else "") if part)
        need = lead.slots.get("need")
        what = need if isinstance(need, str) else ""
        title = " — ".join(part for part in (who, what) if part) or self.texts.gettext("A lead without a name")
        return " ".join(title.split())

    def _label(self, temperature: str) -> str:
        gettext = self.texts.gettext
        return {"hot": gettext("hot"), "warm": gettext("warm"), "cold": gettext("cold")}[temperature]

    def _lines(self, row: LeadRow) -> Iterator[tuple[str, str]]:
        """In the order in which a seller reads them; empty ones are left out."""
        gettext, lead = self.texts.gettext, row.lead
        yield gettext("Temperature"), self._temperature(row)
        names = self.catalog.labels(self.texts.language, "common.slots")
        for slot in NEEDS:
            value = lead.slots.get(slot)
            if value is not None:
                label = names.get(slot, (slot,))[0]
                yield label, escape(self.catalog.shown(self.texts.language, value))
        if row.amount:
            yield gettext("Amount"), escape(self.catalog.shown(self.texts.language, row.amount))
        yield gettext("Contact"), self._contact(row)
        yield gettext("Source"), escape(" · ".join(part for part in (row.channel, lead.source, lead.locale) if part))
        yield gettext("Consent"), self._consent(row.consent)

    def _temperature(self, row: LeadRow) -> str:
        score = row.lead.score
        told = f"{MARKS[score.temperature]} {self._label(score.temperature)}, {score.points}"
        reasons = "; ".join(
            f"+{reason.points} {reason.rule}" + (f" («{escape(reason.quote)}»)" if reason.quote else "")
            for reason in best_reasons(score)
        )
        return f"{told}: {reasons}" if reasons else told

    def _contact(self, row: LeadRow) -> str:
        contact = row.lead.contact
        if contact is None:
            return ""
        known = (contact.name, contact.phone, contact.email, contact.telegram)
        return ", ".join(escape(part) for part in known if part)

    def _consent(self, consent: Json) -> str:
        if not isinstance(consent, dict):
            return self.texts.gettext("not given")
        return f"{consent.get('version', '')}, {str(consent.get('at', ''))[:16].replace('T', ' ')}"


def _day(value: Json) -> date | None:
    """The day by which it is wanted: the end of a period."""
    if isinstance(value, dict):
        value = value.get("to") or value.get("from")
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
