"""What of a turn is told at the desk at once and what waits for the digest, by the company's rules; nothing twice."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flows.desk import Post
from flows.model import Conversation, Json
from flows.ports.desk import Threads
from flows.ports.ledger import Notices
from flows.ports.reading import Leads
from handlers.desk.follow import Notice
from handlers.desk.reach import Reach
from handlers.desk.rounds import Rounds
from knowledge.masking import mask_contacts
from knowledge.notices import Rules
from locales.markup import escape
from locales.operators import N_, Messages

LADDER: Final = "person_asked"
"""Told by the ladder of waiting, which calls one colleague after the other."""
_QUIET: Final = frozenset({"prospect_wrote", "person_released"})
"""What the thread shows by itself."""
_LONG: Final = 200
_LINES: Final[Mapping[str, str]] = {
    "hot_lead": N_("🔥 **A hot lead**: {score} points."),
    "delivery_failed": N_("⚠️ A message was not delivered: {problem}"),
    "lead_new": N_("A new lead."),
    "lead_qualified": N_("A qualified lead: {score} points."),
    "unanswered": N_("The bot had no answer to: “{question}”"),
    "call_back": N_("A call-back was promised."),
    "answer_later": N_("An answer in the chat was promised."),
    "guard_blocked": N_("An answer was held back: {why}"),
    "tracker_moved": N_("The card was moved to “{column}”."),
    "promise_due": N_("A promise is due: “{quote}”"),
}
_FIELDS: Final = ("score", "problem", "question", "why", "column", "quote")


class Telling:
    """Notices by their rules. `now` ones are posted in the thread and mention whoever is on duty, once a lead."""

    def __init__(
        self, rules: Rules, rounds: Rounds, reach: Reach, notices: Notices, threads: Threads, leads: Leads
    ) -> None:
        self._rules = rules
        self._rounds = rounds
        self._reach = reach
        self._notices = notices
        self._threads = threads
        self._leads = leads

    async def __call__(self, desk: str, conversation: Conversation, notices: Sequence[Notice], now: datetime) -> None:
        """Tell or gather what a turn had to tell, as the desk of that name shows it. Raises `Retry`."""
        for notice in notices:
            if notice.kind not in _QUIET:
                await self.note(conversation, notice, now, desk)

    async def note(self, conversation: Conversation, notice: Notice, now: datetime, desk: str = "") -> None:
        """One notice, of a turn or of another part of the product: a tracker's move, a blocked answer."""
        when = self._rules.of(notice.kind)
        if when == "digest":
            await self._gather(conversation, notice, now)
        elif when == "now" and notice.kind != LADDER:
            await self._tell(conversation, notice, now, desk)

    async def failed(self, conversation: Conversation, entry: str, problem: str, now: datetime) -> None:
        """A message to the prospect failed for good; `entry` is its key in the outbox."""
        await self.note(conversation, Notice("delivery_failed", {"entry": entry, "problem": problem[:_LONG]}), now)

    async def _gather(self, conversation: Conversation, notice: Notice, now: datetime) -> None:
        text = line(notice, self._reach.texts)
        await self._notices.gather(_key(conversation, notice), notice.kind, conversation.id, text, now)

    async def _tell(self, conversation: Conversation, notice: Notice, now: datetime, desk: str) -> None:
        """In the thread; outside everybody's hours without a mention, and then in the digest too."""
        key = f"{_key(conversation, notice)}:{desk}"
        whom = await self._whom(conversation, now)
        if not whom:
            await self._gather(conversation, notice, now)
        mention = () if await self._mentioned(conversation, desk) else whom

        def post(texts: Messages) -> Post:
            return Post(line(notice, texts), by="system", urgent=True)

        await self._reach.once(key, lambda: self._reach.in_thread(conversation.id, post, key, mention, only=desk))

    async def _mentioned(self, conversation: Conversation, desk: str) -> bool:
        thread = await self._threads.of(conversation.id, desk) if desk else None
        return thread is not None and thread.mentioned

    async def _whom(self, conversation: Conversation, now: datetime) -> tuple[str, ...]:
        """Who is mentioned: the colleague who has the lead if they work now, else whose turn it is."""
        on_duty = await self._rounds.on_duty(now)
        lead = await self._leads.get(conversation.id)
        if lead is not None and lead.owner in on_duty:
            return (lead.owner,)
        turn = await self._rounds.next(conversation, now)
        return (turn,) if turn else on_duty[:1]


def line(notice: Notice, texts: Messages) -> str:
    """A notice in one line; a prospect's words in it stay words, without contacts."""
    said = {name: escape(mask_contacts(str(value)))[:_LONG] for name, value in notice.params.items()}
    message = _LINES.get(notice.kind)
    if message is None:
        return escape(notice.kind.replace("_", " "))
    return texts.gettext(message, **{name: said.get(name, "") for name in _FIELDS})


def _key(conversation: Conversation, notice: Notice) -> str:
    """The same notice of the same chat is one, however often it comes."""
    told: Mapping[str, Json] = {} if notice.kind in {"hot_lead", "lead_new", "lead_qualified"} else notice.params
    digest = hashlib.blake2b(json.dumps(dict(told), sort_keys=True).encode(), digest_size=8).hexdigest()
    return f"notice:{conversation.id}:{notice.kind}:{digest}"
