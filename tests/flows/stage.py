"""A stage for the machine: the shipped flows or a few lines of YAML, a prospect, and what was said."""

from datetime import UTC, datetime
from pathlib import Path

from flows.commands import Choose, Command, Fill, GiveContact, Start
from flows.decisions import Decision, Say, Turn
from flows.engine import advance
from flows.loader import load_flows
from flows.model import Address, Contact, Conversation, Fact
from flows.schema import Flows

CATALOG = Path(__file__).parents[2] / "flows" / "catalog"
FILES = {f"flows/catalog/{path.name}": path.read_text() for path in sorted(CATALOG.glob("*.yaml"))}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = Address("telegram", "7", "42")
NEW = Conversation("c1", ADDRESS, "ru")
PHONE = GiveContact(Contact(phone="+79000000000"))

GREETING = """
flow: greeting
version: 1
purpose: a test
steps:
  - call: talk
"""
CONTACT = """
flow: contact
version: 1
purpose: a test
slots: {consent: consent, contact: contact}
steps:
  - ask: consent
    purposes: [processing]
  - branch:
      - when: consent.processing
        then: {go: contact}
      - else: {end: refused}
  - ask: contact
    unless: known
"""


def loaded(files: dict[str, str], *, services: tuple[str, ...] = ("Trello",)) -> Flows:
    """Flows without a complaint of the loader."""
    flows, defects = load_flows(files, services=services)
    assert not defects, "\n".join(map(str, defects))
    return flows


def talk(steps: str, slots: str = "{}", *, more: dict[str, str] | None = None, rest: str = "") -> Flows:
    """Flows whose greeting calls `talk` with these steps."""
    text = f"flow: talk\nversion: 1\npurpose: a test\nslots: {slots}\n{rest}\nsteps:\n{steps}"
    return loaded({"greeting.yaml": GREETING, "contact.yaml": CONTACT, "talk.yaml": text, **(more or {})})


SHIPPED = loaded(FILES)
ALONE = loaded(FILES, services=())
"""The shipped flows of a company that passes leads on to nobody."""


def turn(flows: Flows, conversation: Conversation, *commands: Command) -> Turn:
    """One turn."""
    return advance(flows, conversation, commands, NOW)


def after(flows: Flows, *turns: tuple[Command, ...] | Command, base: Conversation = NEW) -> Conversation:
    """The conversation after these turns."""
    for commands in turns:
        base = turn(flows, base, *(commands if isinstance(commands, tuple) else (commands,))).conversation
    return base


def press(place: str, value: str, version: int = 1) -> Choose:
    """A press on a button of `flow.step`."""
    flow, _, step = place.partition(".")
    return Choose(flow, step, version, value)


def button(value: str) -> Choose:
    """A press on a button that stands under many messages."""
    return Choose("!", "", 0, value)


def said(decisions: tuple[Decision, ...]) -> list[str]:
    """The keys of what is said, in order."""
    return [decision.key for decision in decisions if isinstance(decision, Say)]


def offered(decisions: tuple[Decision, ...]) -> list[str]:
    """The data of the buttons that the message shows: the last that were given."""
    shown = [decision for decision in decisions if isinstance(decision, Say) and decision.options]
    return [option.data for option in shown[-1].options] if shown else []


NEED = Fill("need", "кофемашина в офис", "кофемашина в офис")
OPENING = (Start(), NEED)
QUALIFIED = (
    *OPENING,
    press("qualification.quantity", "6-20"),
    press("qualification.budget", "50000-150000"),
    press("qualification.deadline", "month"),
)
AGREED = (*QUALIFIED, press("contact.consent", "yes"))
LEAD = (*AGREED, PHONE)
ENDED = (*LEAD, press("contact.marketing", "no"))
PLACES = {
    "before the start": (),
    "need": (Start(),),
    "quantity": OPENING,
    "budget": QUALIFIED[:3],
    "deadline": QUALIFIED[:4],
    "consent": QUALIFIED,
    "contact": AGREED,
    "marketing": LEAD,
    "the end": ENDED,
    "a refusal": (*QUALIFIED, press("contact.consent", "no")),
}
"""The turns that lead to each question of the shipped flow, and to its ends."""

QUESTIONS = {
    "need": "qualification.need.ask",
    "quantity": "qualification.quantity.ask",
    "budget": "qualification.budget.ask",
    "deadline": "qualification.deadline.ask",
    "consent": "contact.consent.ask",
    "contact": "contact.contact.ask",
    "marketing": "contact.marketing.ask",
}
OPEN = tuple(QUESTIONS)
"""The places where a question is open."""
FACT = Fact("faq", {"text": "Да"}, ("faq-1@1",))


def standing(place: str) -> Conversation:
    """A conversation of the shipped flow at one of the places."""
    return after(SHIPPED, *PLACES[place])


def full(place: str) -> list[str]:
    """The question of a place with all its words."""
    consents = {"consent": ["consent.processing", "consent.transfer"], "marketing": ["consent.marketing"]}
    return [QUESTIONS[place], *consents.get(place, [])]
