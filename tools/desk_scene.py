"""One morning at the desk of the demo company, as the very JSON that the product sends to Slack; for the documents."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flows.model import Address, Consent, Contact, Conversation, Json, Lead, Profile, Reason, Score
from flows.outbound import Dispatch
from flows.ports.ledger import Promise
from flows.ports.people import Person
from flows.ports.reading import Charts, Figures, LeadRow, Panel
from handlers.desk.card import LeadCard
from handlers.desk.home import Home
from handlers.desk.known import Knowing
from handlers.desk.report import stats_post
from handlers.figures import Drawing
from integrations.charts import specification
from integrations.desk.slack.blocks import home, message
from locales.operators import messages
from tests.fakes.memory_data import Entry, Lease, Memory
from tests.fakes.memory_people import MemoryReports, open_memory
from tests.handlers.desk.wall import catalog
from tests.knowledge.shipped import shipped

NOW: Final = datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
_ZONE: Final = ZoneInfo("Europe/Moscow")
_ADDRESS: Final = Address("telegram", "7", "500")
_OLGA: Final = "olga@example.com"
_FIRST, _SECOND = "5f0c2a91d4e7b386", "81be4d07c2a9f365"


@dataclass(frozen=True, slots=True)
class _Words:
    """What people of the scene are called and say."""

    name: str
    company: str
    need: str
    objection: str
    promise: str
    other: str
    other_need: str
    olga: str
    timur: str
    refused: str


WORDS: Final = {
    "en": _Words(
        "Ann", "Northern Lights Ltd", "a coffee machine for an office of 15", "a bit expensive, to be honest",
        "I'll send the offer by Wednesday", "Peter", "service for a Jura E8", "Olga", "Timur",
        "the prospect has blocked the bot",
    ),
    "ru": _Words(
        "Анна", "ООО «Северное сияние»", "кофемашина в офис на 15 человек", "если честно, дороговато",
        "пришлю предложение до среды", "Пётр", "обслуживание Jura E8", "Ольга", "Тимур",
        "клиент заблокировал бота",
    ),
}  # fmt: skip
FIGURES: Final[dict[str, Json]] = {
    "from": "2026-10-24T08:40:00+00:00",
    "to": "2026-11-23T08:40:00+00:00",
    "people": 412,
    "conversations": 447,
    "leads": {"total": 138, "partial": 41, "new": 12, "qualified": 38, "contacted": 16, "quoted": 11, "won": 14,
              "lost": 4, "not_a_fit": 2},
    "funnel": [
        {"flow": "greeting", "step": "welcome", "conversations": 447, "share": 1.0, "went_on": 331, "conversion": 0.74},
        {"flow": "qualification", "step": "need", "conversations": 331, "share": 0.74, "went_on": 268,
         "conversion": 0.81},
        {"flow": "qualification", "step": "budget", "conversations": 241, "share": 0.54, "went_on": 203,
         "conversion": 0.84},
        {"flow": "contact", "step": "consent", "conversations": 176, "share": 0.39, "went_on": 121,
         "conversion": 0.69},
        {"flow": "contact", "step": "contact", "conversations": 121, "share": 0.27, "went_on": 97,
         "conversion": 0.8},
    ],
    "amounts": {"RUB": {"open": 27, "pipeline": 613_400_000, "sales": 14, "won": 241_290_000, "average": 17_235_000}},
    "answers": {"bot": 2904, "sourced": 811, "unanswered": 23, "reps": 640},
    "response_times": {
        "bot": {"count": 2610, "median": 0.4, "p90": 0.9, "p95": 1.2},
        "rep": {"count": 388, "median": 140.0, "p90": 780.0, "p95": 1260.0},
    },
    "sources": {
        "": {"conversations": 160, "leads": 39, "won": 3},
        "site": {"conversations": 287, "leads": 99, "won": 11},
    },
    "reps": {
        "olga": {"leads": 31, "won": 9, "messages": 371, "replies": 224, "median": 118.0, "p90": 610.0},
        "timur": {"leads": 22, "won": 5, "messages": 269, "replies": 164, "median": 170.0, "p90": 900.0},
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What is sent: messages and the view of the Home tab as Slack takes them, the chart as its drawer takes it."""

    card: Json
    home: Json
    stats: Json
    chart: Json


class _Specified:
    """The port `Charts`: keeps what the drawer would be given."""

    def __init__(self) -> None:
        self.chart: dict[str, Json] = {}

    async def draw(self, title: str, panels: Sequence[Panel]) -> bytes:
        """No picture."""
        self.chart = specification(title, panels)
        return b""


def scene(language: str) -> Scene:
    """The same at any time and on any machine."""
    return asyncio.run(_scene(language))


async def draw(language: str, charts: Charts) -> bytes:
    """The chart of `/stats` as a PNG picture. Raises `Retry`."""
    (picture,) = await Drawing(charts)(FIGURES, messages(language))
    return picture


async def _scene(language: str) -> Scene:
    words, texts = WORDS[language], messages(language)
    memory = _memory(words, language)
    ports = open_memory(memory, "one", lambda: NOW)
    knowing = Knowing(ports.conversations, ports.leads, ports.promises, ports.staff, shipped().destinations)
    known = await knowing(_FIRST, "slack")
    if known is None:
        raise LookupError(_FIRST)
    card = LeadCard(catalog(), texts, _ZONE, "".format)
    charts = _Specified()
    await Drawing(charts)(FIGURES, texts)
    shown = message(card(known)).params
    _taken(memory)
    page = Home(_Today(memory), ports.deliveries, knowing, "slack")
    names = {"olga": words.olga, "timur": words.timur}
    return Scene(
        card=shown,
        home=home(await page(memory.people[_OLGA], texts, NOW.astimezone(_ZONE))),
        stats=message(stats_post(FIGURES, texts, names)).params,
        chart=charts.chart,
    )


def _memory(words: _Words, language: str) -> Memory:
    """Two prospects who consented and left a contact, a promise, and a message that did not arrive."""
    memory = Memory()
    for identity, name in (("olga", words.olga), ("timur", words.timur)):
        memory.people[f"{identity}@example.com"] = Person(identity, f"{identity}@example.com", "rep", name)
    slots: dict[str, Json] = {
        "need": words.need,
        "company": words.company,
        "quantity": {"min": 15, "max": 15},
        "budget": {"min": 50_000, "max": 150_000, "currency": "RUB"},
        "deadline": {"from": "2026-12-07", "to": "2026-12-07"},
    }
    reasons = (Reason(20, "clear_need", words.need), Reason(20, "budget_named"), Reason(20, "soon"))
    contact = Contact(words.name, "+79160001122", "ann@example.com")
    score = Score(75, reasons, "hot")
    _talked(memory, _FIRST, Lead(_FIRST, "qualified", score, slots, contact, "site", language), words.name, 12)
    conversation = memory.conversations[_FIRST]
    quotes = {"objection_price": words.objection}
    memory.conversations[_FIRST] = replace(
        conversation, signals=("objection_price",), quotes=quotes, wants_person="asked"
    )
    memory.promises["p1"] = Promise("p1", _FIRST, "olga", words.promise, NOW, NOW + timedelta(days=2))
    other = Lead(
        _SECOND, "contacted", Score(40, (), "warm"), {"need": words.other_need}, Contact(words.other), "", language
    )
    _talked(memory, _SECOND, other, words.other, 95)
    failed = Dispatch("m1", "message", _ADDRESS, _SECOND, "bot", NOW - timedelta(minutes=50))
    memory.outbox["m1"] = Entry(failed, 1, Lease(), "failed", words.refused)
    return memory


def _talked(memory: Memory, identity: str, lead: Lead, name: str, minutes: int) -> None:
    """A chat that was last heard of so many minutes ago, and its lead."""
    at = NOW - timedelta(minutes=minutes)
    granted = Consent(granted=True, at=at.isoformat())
    memory.conversations[identity] = Conversation(
        identity,
        replace(_ADDRESS, chat=identity),
        lead.locale,
        version=1,
        contact=lead.contact,
        consents={"processing": granted},
        profile=Profile(identity, name, "", lead.locale),
        started_at=at.isoformat(),
        updated_at=at.isoformat(),
    )
    consent: Json = {"version": "2026-11-22", "at": at.isoformat()}
    memory.leads[identity] = LeadRow(identity, lead, "telegram", "", None, consent, {}, at, at)


def _taken(memory: Memory) -> None:
    """Olga takes both chats over."""
    for identity, conversation in memory.conversations.items():
        memory.conversations[identity] = replace(conversation, owner="olga", wants_person="")


class _Today(MemoryReports):
    """The chats of the scene, and made-up figures of the day."""

    async def stats(self, since: datetime, until: datetime) -> Figures:
        """The same whatever the period."""
        del since, until
        return {"people": 14, "conversations": 15, "leads": {"total": 6, "partial": 2, "qualified": 3, "won": 1}}
