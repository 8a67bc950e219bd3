"""Plays a conversation file on a stage, act by act, and holds against it what the file says."""

import asyncio
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from flows.decisions import Agreed, Notify, Option, Say
from flows.events import Said
from flows.model import BOT, Address, Contact, Conversation, File, Lead, Profile
from flows.outbound import Choice
from flows.ports.turns import Commit
from handlers.handover import HandedBack, Spoken, Taken
from tests.conversations.script import Act, Script
from tests.conversations.stage import Stage
from tests.virtual_time import START

_BETWEEN = 0.4  # seconds between the messages of a burst
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604_800}
_CONTACT = re.compile(r"916\D?123|415\D?555|\w@example")
"""What prospects of the conversations give as their contacts."""
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|\bNone\b|\bundefined\b")


@dataclass
class Player:
    """One prospect with a telephone."""

    stage: Stage
    script: Script
    address: Address = field(default_factory=lambda: Address("telegram", "7", "500"))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    acts: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def play(self) -> None:
        """Play the whole script."""
        for act in self.script.acts:
            await self.does(act)

    async def does(self, act: Act) -> None:
        """Let one act happen; what it should not have brought about is told with it."""
        number = next(self.acts)
        try:
            await self._act(act)
        except AssertionError as error:
            done = act.model_dump(exclude_defaults=True)
            raise AssertionError(f"act {number}, {done}: {error}") from error

    async def _act(self, act: Act) -> None:
        commits, messages = len(self.stage.commits), len(self.stage.phone.messages)
        await self._do(act)
        await self.stage.settle()
        turns = self.stage.commits[commits:]
        heard = self.stage.phone.messages[messages:]
        conversation = await self.stage.recorded.open(self.address)
        assert conversation is not None, "there is no conversation"
        always(act, turns, conversation, [message.text for message in heard])
        texts = "\n".join(message.text for message in heard)
        expected(act, turns, conversation, len(heard), texts)

    # ------------------------------------------------------------ what happens
    async def _do(self, act: Act) -> None:
        if act.types:
            await self._type(act)
        elif act.presses:
            await self._press(self.stage.phone.button(act.presses))
        elif act.presses_data:
            await self._press(Choice("", act.presses_data))
        elif act.shares:
            contact = Contact(name=self.script.name, phone=act.shares, verified=True)
            await self.stage.twice(self._said("contact", contact=contact))
        elif act.sends:
            await self._send(act)
        elif act.edits:
            await self.stage.twice(self._said("edited", text=act.edits))
        elif act.in_group:
            await self.stage.twice(self._said("text", text=act.in_group, private=False))
        elif act.waits:
            await self._wait(act.waits)
        else:
            await self._rep(act)

    async def _type(self, act: Act) -> None:
        said = [self._said("text", text=text * act.times) for text in act.types]
        for event in said[:-1]:
            await self.stage.receive([event])
            await asyncio.sleep(_BETWEEN)
        await self.stage.twice(said[-1])
        await self.stage.twice(*said)

    async def _press(self, choice: Choice) -> None:
        query = f"q{next(self.numbers)}"
        await self.stage.twice(self._said("choice", choice=choice.data, callback=query))
        assert query in self.stage.phone.acknowledged, "the press was not acknowledged"

    async def _send(self, act: Act) -> None:
        kind = act.sends
        if kind == "foreign_contact":
            await self.stage.twice(self._said("foreign_contact"))
        elif kind == "album":
            pictures = [
                self._said("file", files=(File("photo", f"f{number}"),), group="album", text=act.caption * (not number))
                for number in range(3)
            ]
            await self.stage.twice(*pictures)
        elif kind in {"photo", "voice", "video", "document"}:
            file = File(kind, "f1", name="plan")
            await self.stage.twice(self._said("file", files=(file,), text=act.caption))
        else:
            await self.stage.twice(self._said(kind))

    async def _wait(self, span: str) -> None:
        number, _, unit = span.partition(" ")
        await asyncio.sleep(int(number) * _UNITS[unit.removesuffix("s")])
        await self.stage.recover()
        await self.stage.settle()

    async def _rep(self, act: Act) -> None:
        current = await self.stage.recorded.open(self.address)
        assert current is not None
        now = self.stage.loop.clock()
        if act.takes_over:
            taken = await self.stage.take_over(current.id, act.takes_over, act.takes_over.title(), now)
            assert isinstance(taken, Taken)
        elif act.hands_back:
            assert isinstance(await self.stage.hand_back(current.id, act.hands_back, now), HandedBack)
        else:
            spoken = await self.stage.speak(current.id, current.owner, "Rep", act.rep_says, now)
            assert isinstance(spoken, Spoken)

    def _said(self, kind: Any, **rest: Any) -> Said:
        number = next(self.numbers)
        profile = Profile("500", self.script.name, "", self.script.locale)
        return Said(f"u{number}", self.address, START, kind, profile=profile, message=f"m{number}", **rest)


# ---------------------------------------------------------------- what must be true
def always(act: Act, turns: list[Commit], conversation: Conversation, texts: list[str]) -> None:
    """What no act may ever bring about."""
    for before, after in itertools.pairwise(turns):
        new = after.turn.conversation.ordinal > before.turn.conversation.ordinal
        assert new or after.turn.conversation.version == before.turn.conversation.version + 1
    for turn in turns:
        spoken = [entry for entry in turn.dispatches if entry.kind == "message"]
        assert len(spoken) <= 1, "one turn, one message"
        assert all(len(choice.data.encode()) <= 64 for entry in spoken for choice in _choices(entry.message))
    for text in texts:
        assert text.strip(), "an empty message"
        assert not _LEFTOVER.search(text), f"a template shows through: {text!r}"
    lead = _lead(turns)
    if lead and lead.contact:
        assert conversation.consents["processing"].granted, "a contact in the lead without consent"
    elif lead:
        assert not _CONTACT.search(str(lead)), "a contact in the words of a lead without consent"
    if act.from_prospect and conversation.owner == BOT:
        assert texts, "everything that a prospect sends gets a reply"
    if act.from_prospect and conversation.owner != BOT:
        assert not texts, "the bot speaks although a person owns the conversation"


def expected(act: Act, turns: list[Commit], conversation: Conversation, replies: int, text: str) -> None:
    """What this act has to bring about."""
    says = [decision for turn in turns for decision in turn.turn.decisions if isinstance(decision, Say)]
    keys = tuple(say.key for say in says)
    if act.says is not None:
        assert keys == act.says
    assert set(act.mentions) <= set(keys), keys
    if act.offers is not None:
        assert _offered(says) == act.offers
    plain = re.sub(r"[\s\u00a0\u202f,]", "", text)
    for figure in act.figures:
        assert figure in plain, f"{figure} is not in {text!r}"
    sources = {str(source) for say in says for source in _list(say.params.get("sources"))}
    assert set(act.sources) <= {source.partition("@")[0] for source in sources}, sources
    if act.replies is not None:
        assert replies == act.replies
    _state(act, conversation)
    _outcome(act, turns, conversation)


def _state(act: Act, conversation: Conversation) -> None:
    place = f"{conversation.flow}.{conversation.step}" if conversation.step else ""
    if act.asks is not None:
        assert place == act.asks
    for slot, value in act.slots.items():
        assert slot in conversation.slots, f"{slot} is unknown: {dict(conversation.slots)}"
        assert like(conversation.slots[slot], value), f"{slot} is {conversation.slots[slot]}"
    known = set(act.unknown) & set(conversation.slots)
    assert not known, f"{known} should not be known"
    for want, found in (
        (act.owner, conversation.owner),
        (act.locale, conversation.locale),
        (act.status, conversation.status),
        (act.ordinal, conversation.ordinal),
    ):
        assert not want or found == want, f"{found!r} instead of {want!r}"
    for wanted, there in (
        (act.wants, conversation.wants_person),
        (act.outcome, conversation.outcome),
        (act.source, conversation.source),
    ):
        assert wanted is None or there == wanted, f"{there!r} instead of {wanted!r}"
    assert set(act.signals) <= set(conversation.signals), conversation.signals
    _same_contact(act.held, conversation.contact)


def _outcome(act: Act, turns: list[Commit], conversation: Conversation) -> None:
    lead = _lead(turns)
    if act.lead is None:
        assert lead is None, f"a lead: {lead}"
    elif act.lead:
        assert lead is not None, "no lead"
        assert lead.status == act.lead, f"the lead is {lead.status}, with {lead.score}"
    if act.contact is None:
        assert lead is None or lead.contact is None, "the lead has a contact"
    elif act.contact:
        assert lead is not None
        _same_contact(act.contact, lead.contact)
    rules = {reason.rule for reason in lead.score.reasons} if lead else set()
    assert set(act.reasons) <= rules, rules
    decisions = [decision for turn in turns for decision in turn.turn.decisions]
    if act.agreed is not None:
        found = {decision.purpose: decision.granted for decision in decisions if isinstance(decision, Agreed)}
        assert found == dict(act.agreed)
        assert {row.purpose for turn in turns for row in turn.agreements} == set(found)
    if act.notices is not None:
        assert tuple(decision.kind for decision in decisions if isinstance(decision, Notify)) == act.notices
    assert not act.name or (conversation.contact and conversation.contact.name == act.name), conversation.contact


def like(found: Any, wanted: Any) -> bool:
    """Whether a value is as wanted; a mapping is compared where it is named."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and like(found[key], value) for key, value in wanted.items())
    return bool(found == wanted)


def _same_contact(wanted: Any, contact: Contact | None) -> None:
    for key, value in dict(wanted).items():
        assert contact is not None, "no contact is known"
        assert getattr(contact, key) == value, f"{key} is {getattr(contact, key)!r}"


def _lead(turns: list[Commit]) -> Lead | None:
    return turns[-1].turn.lead if turns else None


def _offered(says: list[Say]) -> tuple[str, ...]:
    shown: tuple[Option, ...] = next((say.options for say in reversed(says) if say.options), ())
    return tuple(option.key for option in shown)


def _choices(message: Any) -> tuple[Choice, ...]:
    return tuple(choice for choice in message.choices if not choice.url)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
