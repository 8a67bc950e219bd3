"""The lead card at the top of a thread: what is known of a prospect at a glance, and what can be done now."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from datetime import datetime, tzinfo
from typing import Final
from urllib.parse import urlsplit

from flows.desk import Button, Control, Field, Menu, Post
from flows.model import BOT, Json
from flows.ports.ledger import Promise
from handlers.desk.buttons import ASSIGN, HAND_BACK, TAKE_OVER
from handlers.desk.known import Known
from handlers.desk.objections import PREFIX, objection
from handlers.desk.outcomes import NOT_A_FIT, WON, lost_menu
from handlers.figures import lead_words
from handlers.glance import MARKS, NEEDS, best_reasons
from locales.catalog import Catalog
from locales.errors import TextError
from locales.markup import escape, one_line
from locales.operators import Messages

OVER: Final = frozenset({"won", "lost", "not_a_fit"})
"""Statuses of leads that have ended."""
_PROMISES: Final = 5
_SHORT: Final = 300
"""Characters of one value: a card is read at a glance."""


@dataclass(frozen=True, slots=True)
class LeadCard:
    """Makes cards in one language; `page` is the address of a lead's page, empty where there is none."""

    catalog: Catalog
    texts: Messages
    zone: tzinfo | None
    page: Callable[[str], str]

    def __call__(self, known: Known) -> Post:
        """The card as it should be now. Nothing in it passes with time: without news it stays as it is."""
        small = [self.texts.gettext("Lead {id}", id=known.row.id) if known.has_lead else known.conversation.id]
        if known.row.merged_into:
            small.append(self.texts.gettext("Part of the lead {id}", id=known.row.merged_into))
        return Post(
            text="\n".join(self.state(known)),
            title=self._title(known),
            fields=tuple(Field(label, value) for label, value in self._fields(known) if value),
            small=tuple(small),
            controls=tuple(self._controls(known)),
        )

    # ------------------------------------------------------------------ what it says
    def _title(self, known: Known) -> str:
        lead = known.row.lead
        company = lead.slots.get("company")
        who = [known.name, company if isinstance(company, str) else ""]
        name = ", ".join(_said(known.hide(part)) for part in who if part)
        name = name or self.texts.gettext("Prospect {id}", id=known.conversation.id[:6])
        need = lead.slots.get("need")
        what = f" — {_said(known.hide(need))}" if isinstance(need, str) and need else ""
        mark = f"{MARKS[lead.score.temperature]} " if known.has_lead else ""
        return f"{mark}{name}{what}"

    def state(self, known: Known) -> Iterator[str]:
        """Where it stands: its status, who leads the chat, and what is waited for."""
        gettext, conversation = self.texts.gettext, known.conversation
        status = lead_words(self.texts)[known.row.lead.status] if known.has_lead else gettext("no lead yet")
        channel = escape(known.row.channel.capitalize())
        yield f"**{status}** · " + (f"[{channel}]({known.link})" if known.link else channel)
        if conversation.owner == BOT:
            yield gettext("🤖 The bot leads this chat.")
        else:
            yield gettext("🎧 {name} leads this chat.", name=self._person(known, conversation.owner))
        if known.row.owner not in {"", conversation.owner}:
            yield gettext("Assigned to {name}.", name=self._person(known, known.row.owner))
        if conversation.wants_person:
            yield gettext("🙋 **Waits for a person**: {reason}", reason=self._wish(conversation.wants_person))
        if conversation.answer_owed == "call_back":
            yield gettext("📞 A call-back is owed.")
        elif conversation.answer_owed:
            yield gettext("✉️ An answer in the chat is owed.")
        if conversation.status == "stopped":
            yield gettext("⛔ Does not want to be written to.")

    def _fields(self, known: Known) -> Iterator[tuple[str, str]]:
        """In the order in which a seller reads them; empty ones are left out."""
        gettext, row = self.texts.gettext, known.row
        if known.has_lead:
            yield gettext("Score"), self._score(known)
        yield from self.answers(known)
        if row.amount:
            yield gettext("Amount"), self._shown(row.amount)
        yield gettext("Contact"), self._contact(known)
        yield gettext("Objections"), self._objections(known)
        yield gettext("Promises"), "\n".join(self._promise(known, one) for one in known.promises[:_PROMISES])
        yield gettext("Consent"), self._consent(row.consent)
        yield (
            gettext("Language"),
            self.catalog.labels(self.texts.language, "common.languages").get(row.lead.locale, (row.lead.locale,))[0],
        )
        yield gettext("Source"), _said(row.lead.source)

    def answers(self, known: Known) -> Iterator[tuple[str, str]]:
        """What the prospect answered, by the names of the questions."""
        slots = known.row.lead.slots
        names = self.catalog.labels(self.texts.language, "common.slots")
        for slot in (*NEEDS, *(slot for slot in slots if slot not in {*NEEDS, "company", "contact"})):
            value = slots.get(slot)
            if value is not None and not isinstance(value, bool):
                yield names.get(slot, (slot,))[0], self._shown(known.hide(value) if isinstance(value, str) else value)

    def _score(self, known: Known) -> str:
        score = known.row.lead.score
        told = [
            f"+{reason.points} {escape(reason.rule.replace('_', ' '))}"
            + (f" — {self._quoted(known.hide(reason.quote))}" if reason.quote else "")
            for reason in best_reasons(score)
        ]
        return "\n".join([f"**{score.points}**", *told])

    def _contact(self, known: Known) -> str:
        contact = known.row.lead.contact
        if contact is None:
            return self.texts.gettext("hidden until the prospect consents") if known.conversation.contact else ""
        parts = [contact.name, contact.phone, contact.email, contact.telegram]
        told = "\n".join(_said(part) for part in parts if part)
        return f"{told} ✓" if told and contact.verified else told

    def _objections(self, known: Known) -> str:
        if known.transcript not in {"full", "masked"}:
            return ""
        quotes = known.conversation.quotes
        raised = [signal for signal in known.conversation.signals if signal.startswith(PREFIX)]
        return "\n".join(
            escape(objection(signal, self.texts))
            + (f" — {self._quoted(known.words(quotes[signal]))}" if quotes.get(signal) else "")
            for signal in raised
        )

    def _promise(self, known: Known, promise: Promise) -> str:
        by = self._person(known, promise.by) if promise.by and promise.by != BOT else self.texts.gettext("Bot")
        due = f" → {self._moment(promise.due)}" if promise.due else ""
        return f"{by}: {self._quoted(known.words(promise.quote))}{due}"

    def _quoted(self, text: str) -> str:
        return self.texts.gettext("“{words}”", words=_said(text))

    def _consent(self, consent: Json) -> str:
        if not isinstance(consent, dict):
            return self.texts.gettext("not given")
        try:
            at = self._moment(datetime.fromisoformat(str(consent.get("at"))))
        except ValueError:
            at = ""
        return " · ".join(part for part in (_said(str(consent.get("version") or "")), at) if part)

    def _person(self, known: Known, staff: str) -> str:
        return _said(known.people.get(staff, "")) or self.texts.gettext("Colleague")

    def _wish(self, reason: str) -> str:
        gettext = self.texts.gettext
        words = {
            "asked": gettext("asked for one"),
            "unclear": gettext("the bot did not understand"),
            "complaint": gettext("a complaint"),
            "unknown": gettext("the bot does not know the answer"),
        }
        return words.get(reason, escape(reason))

    def _shown(self, value: Json) -> str:
        try:
            return _said(self.catalog.shown(self.texts.language, value))
        except TextError:  # a shape that an older version stored
            return _said(str(value))

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%d.%m.%Y %H:%M}"

    # ------------------------------------------------------------------ what can be done
    def _controls(self, known: Known) -> Iterator[Control]:
        """Only what makes sense in the present state; the first one is the likeliest."""
        gettext, conversation, row = self.texts.gettext, known.conversation, known.row
        if conversation.owner != BOT:
            yield Button(HAND_BACK, gettext("Hand back"), conversation.id)
        elif conversation.status != "stopped":
            wanted = conversation.wants_person or row.lead.score.temperature == "hot"
            yield Button(TAKE_OVER, gettext("Take over"), conversation.id, "primary" if wanted else "")
        if known.has_lead and row.lead.status not in OVER and not row.merged_into:
            yield Button(WON, gettext("Won"), conversation.id)
            yield lost_menu(self.texts)
            yield Button(NOT_A_FIT, gettext("Not a fit"), conversation.id)
            others = tuple((staff, name) for staff, name in known.people.items() if staff != row.owner and name)
            if others:
                yield Menu(ASSIGN, gettext("Assign"), others)
        yield from self._links(known)

    def _links(self, known: Known) -> Iterator[Control]:
        for name, card in known.row.trackers.items():
            url = str(card.get("url") or "") if isinstance(card, dict) else ""
            if urlsplit(url).scheme in {"https", "http"}:
                label = self.texts.gettext("Open in {tracker}", tracker=name.capitalize())
                yield Button(f"open_{name}", label, url=url)
        if known.has_lead and (page := self.page(known.row.id)):
            yield Button("open_dashboard", self.texts.gettext("Open in the dashboard"), url=page)


def digest(card: Post) -> str:
    """What tells two states of a card apart."""
    return hashlib.blake2b(repr(astuple(replace(card, mention=()))).encode(), digest_size=12).hexdigest()


def _said(text: str) -> str:
    """Somebody's words as a short value in one row."""
    text = one_line(text)
    return escape(text if len(text) <= _SHORT else f"{text[: _SHORT - 1].rstrip()}…")
