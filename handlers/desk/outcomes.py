"""How a lead ended: won, with an amount or without, lost for one of five reasons, or never a fit."""

from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, get_currency_precision

from flows.desk import Form, Input, Menu, Spot
from flows.events import Pressed
from flows.model import LeadStatus, Money
from flows.ports.reading import LeadRow, Leads
from handlers.desk.acting import Acting, Done, Press, audited
from handlers.desk.buttons import manages
from handlers.desk.figures import Figures
from handlers.desk.looks import Looks
from handlers.desk.who import Who
from handlers.shapes import instant
from locales.markup import escape
from locales.operators import N_, Messages

WON: Final = "won"
LOST: Final = "lost"
NOT_A_FIT: Final = "not_a_fit"
REASONS: Final = {
    "price": N_("Too expensive"),
    "competitor": N_("Chose a competitor"),
    "no_budget": N_("No budget"),
    "later": N_("Not now"),
    "silent": N_("No answer"),
}
"""Why a lead was lost, as it is stored and as it is shown."""
_AMOUNT: Final = "amount"


class Outcomes:
    """Writes down how a lead ended; of a lead that is a colleague's only managers do."""

    def __init__(self, leads: Leads, who: Who, figures: Figures, looks: Looks) -> None:
        self._leads = leads
        self._who = who
        self._figures = figures
        self._looks = looks

    @property
    def presses(self) -> dict[str, Press]:
        """What the buttons and the form of this file do, by action."""
        return {WON: self._won, LOST: self._lost, NOT_A_FIT: self._not_a_fit}

    async def _won(self, acting: Acting, event: Pressed) -> Done:
        said = event.fields.get(_AMOUNT, "").strip()
        amount = self._figures.read(said) if said else None
        if said and amount is None:
            line = acting.own.gettext(
                "“{text}” is no amount that can be read: press Won again.", text=escape(said[:80])
            )
            await acting.tell(line)
            return Done()
        texts = acting.texts
        shown = texts.gettext("Won: {amount}", amount=_shown(amount, texts)) if amount else texts.gettext("Won")
        return await self._end(acting, "won", shown, amount=amount)

    async def _lost(self, acting: Acting, event: Pressed) -> Done:
        if event.value not in REASONS:
            await acting.tell(acting.own.gettext("That reason is not on the list."))
            return Done()
        reason = acting.texts.gettext(REASONS[event.value])
        return await self._end(acting, "lost", acting.texts.gettext("Lost: {reason}", reason=reason), event.value)

    async def _not_a_fit(self, acting: Acting, event: Pressed) -> Done:
        del event
        return await self._end(acting, "not_a_fit", acting.texts.gettext("Not a fit"))

    async def _end(
        self, acting: Acting, status: LeadStatus, shown: str, reason: str = "", amount: Money | None = None
    ) -> Done:
        """Change the lead, once, and say so in the thread."""
        row = await self._lead(acting)
        if row is None:
            await acting.tell(acting.own.gettext("There is no lead in this chat yet."))
            return Done()
        if row.owner not in {"", acting.person.id} and not manages(acting.person):
            name = escape(await self._who.name(row.owner))
            await acting.tell(acting.own.gettext("This lead is {name}'s: they or a manager can close it.", name=name))
            return Done()
        by = acting.person.id
        await self._leads.update(row.id, status, None, by, acting.at, amount=amount, reason=reason)
        await self._looks(row.lead.conversation, acting.event, acting.at)
        await acting.say(f"{escape(acting.name)}: {shown}")
        worth = f"{amount.minor} {amount.currency}" if amount else ""
        return audited(acting, status, lead=row.id, reason=reason, amount=worth, at=instant(acting.at))

    async def _lead(self, acting: Acting) -> LeadRow | None:
        """The lead of the chat, or the one that it was made a part of."""
        row = await self._leads.get(acting.conversation)
        return await self._leads.get(row.merged_into) if row and row.merged_into else row


def won_form(texts: Messages, spot: Spot, value: str = "") -> Form:
    """What is asked when Won is pressed: the amount, which may be left out."""
    label = texts.gettext("Amount of the sale (may be left empty)")
    inputs = (Input(_AMOUNT, label, optional=True),)
    return Form(WON, texts.gettext("Won"), texts.gettext("Save"), inputs, spot, value)


def lost_menu(texts: Messages) -> Menu:
    """The button with its five reasons."""
    return Menu(LOST, texts.gettext("Lost"), tuple((name, texts.gettext(label)) for name, label in REASONS.items()))


def _shown(amount: Money, texts: Messages) -> str:
    value = Decimal(amount.minor).scaleb(-get_currency_precision(amount.currency))
    whole = value == value.to_integral_value()
    return format_currency(
        value, amount.currency, locale=texts.language, format="#,##0 ¤" if whole else None, currency_digits=not whole
    )
