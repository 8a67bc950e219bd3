"""Words what the machine decided: one message a turn, consents with their very words, notices and wake-ups."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from flows.decisions import Agreed, Edit, Notify, Option, Quote, Say, Turn, Wake
from flows.model import BOT, Conversation, Json
from flows.outbound import Choice, Dispatch, Outbound
from flows.ports.turns import Agreement
from locales.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Worded:
    """What a turn sends and records: outbox entries, consents, and how each message came about, by its key."""

    dispatches: tuple[Dispatch, ...]
    agreements: tuple[Agreement, ...]
    traces: Mapping[str, Mapping[str, Json]]


class Wording:
    """Turns decisions into messages, in the language of the conversation."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._choices = lru_cache(maxsize=4096)(self._choice_row)

    def __call__(self, turn: Turn, now: datetime) -> Worded:
        """Word a turn in its conversation's language."""
        conversation = turn.conversation
        says = [decision for decision in turn.decisions if isinstance(decision, Say)]
        dispatches: list[Dispatch] = []
        traces: dict[str, Mapping[str, Json]] = {}
        if says:
            key = _key(conversation, len(dispatches))
            dispatches.append(_dispatch(conversation, key, now, self._message(conversation, says)))
            traces[key] = _trace(turn, says)
        for decision in turn.decisions:
            if isinstance(decision, Quote | Edit | Wake):
                entry = _other(conversation, decision, _key(conversation, len(dispatches)), now)
                dispatches.append(entry)
                if "origin" in entry.payload:
                    traces[entry.key] = {"origin": entry.payload["origin"]}
        agreements = tuple(
            self._agreement(conversation, decision, now) for decision in turn.decisions if isinstance(decision, Agreed)
        )
        return Worded(tuple(dispatches), agreements, traces)

    def _message(self, conversation: Conversation, says: list[Say]) -> Outbound:
        """All that is said in one message, with the last buttons."""
        locale, seed = conversation.locale, conversation.version
        texts = [self._catalog.text(locale, say.key, say.params, seed).strip() for say in says]
        shown = next((say for say in reversed(says) if say.options or say.share_contact), None)
        share = self._catalog.text(locale, "common.options.share", {}) if shown and shown.share_contact else ""
        choices = self._choices(locale, shown.options) if shown else ()
        return Outbound("\n\n".join(texts), choices, share)

    def _choice_row(self, locale: str, options: tuple[Option, ...]) -> tuple[Choice, ...]:
        """Labelled buttons; the same question's buttons are worded once."""
        return tuple(Choice(self._catalog.text(locale, option.key, {}), option.data) for option in options)

    def _agreement(self, conversation: Conversation, agreed: Agreed, now: datetime) -> Agreement:
        """The row of the register: which words, in which version, were answered."""
        locale = conversation.locale
        words = self._catalog.text(locale, agreed.key, {"services": agreed.services})
        version = self._catalog.text(locale, "consent.version", {})
        digest = hashlib.sha256(words.encode()).hexdigest()[:16]
        return Agreement(agreed.purpose, agreed.granted, f"{agreed.key}@{version}#{digest}", locale, now)


def _key(conversation: Conversation, number: int) -> str:
    """The idempotency key of the n-th entry of a turn: the same turn run twice makes the same keys."""
    return f"{conversation.id}.{conversation.version}.{number}"


def _dispatch(conversation: Conversation, key: str, now: datetime, message: Outbound) -> Dispatch:
    """A message that leaves at once, in the name of whoever owns the conversation after this turn."""
    return Dispatch(key, "message", conversation.address, conversation.id, conversation.owner, now, message)


def _other(conversation: Conversation, decision: Quote | Edit | Wake, key: str, now: datetime) -> Dispatch:
    """The outbox entry of a decision that is no part of the bot's message."""
    payload: dict[str, Json]
    match decision:
        case Quote():
            said = Outbound(decision.text, files=decision.files, name=decision.name)
            entry = _dispatch(conversation, decision.key or key, now, said)
            payload = _told_by(decision)
            if decision.aside:
                return replace(entry, writer=decision.by, payload={**payload, "aside": True})
            return replace(entry, payload=payload)
        case Edit():
            gone = decision.text is None
            message = None if decision.text is None else Outbound(decision.text, name=decision.name)
            payload = {**_told_by(decision), "of": decision.of}
            where = (conversation.address, conversation.id, decision.by, now)
            return Dispatch(decision.key or key, "delete" if gone else "edit", *where, message, payload)
        case Wake():
            payload = {"wake": decision.name, "version": conversation.version}
            due = now + decision.after
            return Dispatch(key, "wake", conversation.address, conversation.id, BOT, due, payload=payload)


def _told_by(decision: Quote | Edit) -> dict[str, Json]:
    """Who said it, and in which message at a desk."""
    said: dict[str, Json] = {"by": decision.by} if decision.by else {}
    return {**said, "origin": decision.origin} if decision.origin else said


def _trace(turn: Turn, says: list[Say]) -> Mapping[str, Json]:
    """How the message came about, for `assistant why`; with `unanswered`, where it says that it has no answer."""
    conversation = turn.conversation
    sources: list[Json] = []
    for say in says:
        found = say.params.get("sources")
        sources += found if isinstance(found, list) else []
    unanswered = sum(isinstance(decision, Notify) and decision.kind == "unanswered" for decision in turn.decisions)
    trace: dict[str, Json] = {
        "flow": conversation.flow,
        "flow_version": conversation.flow_version,
        "step": conversation.step,
        "texts": [say.key for say in says],
        "sources": sources,
        "locale": conversation.locale,
    }
    return {**trace, "unanswered": unanswered} if unanswered else trace
