"""Laws that hold whatever is said, pressed or stored: any commands from any state, on the shipped flows."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from flows.commands import (
    Ask,
    Choose,
    Command,
    Correct,
    Fill,
    GiveContact,
    HandOff,
    Language,
    Media,
    Object,
    Own,
    Speak,
    Start,
    Unclear,
    WakeUp,
    Wish,
    Withdraw,
)
from flows.decisions import Agreed, Quote, Say
from flows.engine import advance, open_question
from flows.model import BOT, Consent, Contact, Conversation, Fact, Mark, Place
from flows.schema import AskStep
from tests.flows.stage import ADDRESS, ALONE, NOW, SHIPPED

SLOTS = ("need", "quantity", "budget", "deadline", "consent", "contact", "marketing", "company")
FLOWS = ("greeting", "qualification", "contact", "gone", "!", "")
STEPS = ("welcome", "need", "quantity", "budget", "deadline", "consent", "contact", "marketing", "qualify", "gone", "")
PRESSES = ("yes", "no", "processing", "!skip", "~0", "6-20", "100+", "50000-150000", "now", "later", "junk", "")
GLOBALS = ("contact", "person", "languages", "lang.en", "lang.xx", "withdraw.processing", "correct.need", "junk")
WISHES = ("skip", "back", "help", "stop", "restart", "leave_contact", "me", "languages", "greet", "thanks", "buy")
VALUES = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.booleans(),
    st.integers(0, 300).map(lambda low: {"min": low, "max": low + 5}),
    st.integers(0, 10**6).map(lambda low: {"min": low, "max": None, "currency": "RUB"}),
    st.sampled_from([{"from": "2026-12-01", "to": None}, {"from": "someday", "to": "never"}, {"from": None}, [1], 7]),
)
CONTACTS = st.builds(
    Contact,
    name=st.sampled_from(["", "Анна"]),
    phone=st.sampled_from(["", "+79000000000"]),
    email=st.sampled_from(["", "anna@example.com"]),
    verified=st.booleans(),
)
FACT = Fact("price", {"name": "Latte 2", "price": {"minor": 100, "currency": "RUB"}}, ("latte-2@1",))
WORDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(Start, st.sampled_from(["", "ad-7"])),
    st.builds(Fill, st.sampled_from(SLOTS), VALUES, st.text(max_size=5)),
    st.builds(Choose, st.sampled_from(FLOWS), st.sampled_from(STEPS), st.integers(0, 3), st.sampled_from(PRESSES)),
    st.builds(Choose, st.just("!"), st.just(""), st.just(0), st.sampled_from(GLOBALS)),
    st.builds(Unclear, st.text(max_size=9)),
    st.builds(Ask, st.text(max_size=9), st.sampled_from([None, FACT])),
    st.builds(Object, st.sampled_from(["price", "not_needed", "brush_off", "think"]), st.text(max_size=5)),
    st.builds(Language, st.sampled_from(["ru", "en", "xx"]), st.booleans()),
    st.builds(HandOff, st.sampled_from(["asked", "complaint"])),
    st.builds(Correct, st.sampled_from(["", *SLOTS])),
    st.builds(GiveContact, CONTACTS),
    st.builds(Media, st.sampled_from(["photo", "voice", "foreign_contact", "hologram"])),
    st.builds(Withdraw, st.sampled_from(["processing", "transfer", "marketing", "junk"])),
    st.builds(Wish, st.sampled_from(WISHES), st.just("хочу купить")),
)
OTHERS: st.SearchStrategy[Command] = st.one_of(
    st.builds(Own, st.sampled_from([BOT, "rep-1", "rep-2"]), st.sampled_from(["", "Олег"])),
    st.builds(Speak, st.text(max_size=5), st.just("rep-1")),
    st.builds(WakeUp, st.sampled_from(["qualification.still_interested", "gone.gone"])),
)
TURNS = st.lists(st.lists(WORDS | OTHERS, max_size=4), max_size=12)
OF_WORDS = st.lists(st.lists(WORDS, min_size=1, max_size=3), max_size=12)
PLACES = st.builds(Place, st.sampled_from(FLOWS), st.sampled_from(STEPS))
CONSENTS = st.builds(Consent, st.booleans(), st.just("2026-11-01T10:00:00+00:00"))
STORED = st.builds(
    Conversation,
    id=st.just("c1"),
    address=st.just(ADDRESS),
    locale=st.sampled_from(["ru", "en", "xx"]),
    version=st.integers(0, 99),
    flow=st.sampled_from(FLOWS),
    flow_version=st.integers(0, 9),
    step=st.sampled_from(STEPS),
    paused=st.lists(PLACES, max_size=4).map(tuple),
    trail=st.lists(st.builds(Mark, PLACES, st.lists(PLACES, max_size=2).map(tuple)), max_size=4).map(tuple),
    told=st.lists(st.sampled_from(["greeting.welcome", "contact.thanks", "gone.gone"]), max_size=3).map(tuple),
    slots=st.dictionaries(st.sampled_from([*SLOTS[:4], "gone"]), VALUES, max_size=4),
    quotes=st.dictionaries(st.sampled_from(SLOTS), st.text(max_size=3), max_size=2),
    contact=st.none() | CONTACTS,
    consents=st.dictionaries(st.sampled_from(["processing", "transfer", "marketing", "gone"]), CONSENTS, max_size=3),
    owner=st.sampled_from([BOT, BOT, "rep-1"]),
    wants_person=st.sampled_from(["", "asked"]),
    wakes=st.dictionaries(st.just("gone.gone"), st.integers(0, 3), max_size=1),
    language_hints=st.integers(0, 3),
    retries=st.integers(0, 60),
    digressions=st.integers(0, 60),
    offered=st.booleans(),
    signals=st.lists(st.sampled_from(["buy", "asked_price", "objection_price"]), max_size=2).map(tuple),
    status=st.sampled_from(["open", "ended", "stopped"]),
    qualified=st.booleans(),
    lead=st.sampled_from(["", "partial", "new", "qualified"]),
)
COMPANY = st.sampled_from([SHIPPED, ALONE])


@given(COMPANY, STORED, TURNS)
def test_nothing_stored_and_nothing_said_raises_and_every_turn_counts_one(
    flows: object, stored: Conversation, turns: list[list[Command]]
) -> None:
    assert isinstance(flows, type(SHIPPED))
    for commands in turns:
        before = repr(stored)
        open_question(flows, stored, NOW)
        result = advance(flows, stored, commands, NOW)
        assert repr(stored) == before, "the conversation that came in was changed"
        assert repr(advance(flows, stored, commands, NOW)) == repr(result), "the same turn came out differently"
        assert result.conversation.version == stored.version + 1
        stored = result.conversation


@given(STORED, OF_WORDS)
def test_whatever_a_prospect_says_gets_a_reply_while_the_bot_owns_the_conversation(
    stored: Conversation, turns: list[list[Command]]
) -> None:
    stored = replace(stored, owner=BOT)
    for commands in turns:
        result = advance(SHIPPED, stored, commands, NOW)
        assert any(isinstance(decision, Say) for decision in result.decisions), commands
        stored = result.conversation


@given(STORED, TURNS)
def test_the_bot_is_silent_while_a_person_owns_the_conversation(
    stored: Conversation, turns: list[list[Command]]
) -> None:
    stored = replace(stored, owner="rep-1")
    for commands in turns:
        kept = [command for command in commands if not isinstance(command, Own)]
        result = advance(SHIPPED, stored, kept, NOW)
        spoken = [decision for decision in result.decisions if isinstance(decision, Say | Quote)]
        assert all(isinstance(decision, Quote) for decision in spoken)
        stored = result.conversation


@given(STORED, OF_WORDS)
def test_tries_at_a_question_are_bounded(stored: Conversation, turns: list[list[Command]]) -> None:
    stored = replace(stored, retries=0)
    for commands in turns:
        result = advance(SHIPPED, stored, commands, NOW)
        stored = result.conversation
        step = SHIPPED.step(stored.place)
        if isinstance(step, AskStep):
            assert stored.retries <= step.retry + 2
        for decision in result.decisions:
            if isinstance(decision, Say) and ".retry." in decision.key:
                asked = SHIPPED.step(Place(*decision.step.split(".")))
                assert isinstance(asked, AskStep)
                assert int(decision.key.rpartition(".")[2]) < asked.retry


def _agreed(command: Command) -> set[str]:
    """The purposes that a command may say yes to."""
    match command:
        case Fill(slot="marketing", value="yes" | True) | Choose(step="marketing", value="yes"):
            return {"marketing"}
        case Fill(slot="consent", value="yes" | True) | Choose(step="consent", value="yes"):
            return {"processing", "transfer"}
        case Fill(slot="consent", value="processing") | Choose(step="consent", value="processing"):
            return {"processing"}
        case _:
            return set()


@given(STORED, TURNS)
def test_consent_is_never_granted_without_an_explicit_yes(stored: Conversation, turns: list[list[Command]]) -> None:
    for commands in turns:
        before = {name for name, consent in stored.consents.items() if consent.granted}
        allowed = before.union(*map(_agreed, commands))
        result = advance(SHIPPED, stored, commands, NOW)
        granted = {name for name, consent in result.conversation.consents.items() if consent.granted}
        assert granted <= allowed
        recorded = {decision.purpose for decision in result.decisions if isinstance(decision, Agreed)}
        changed = {
            name
            for name, consent in result.conversation.consents.items()
            if name not in stored.consents or stored.consents[name].granted != consent.granted
        }
        assert changed <= recorded, "every answer goes into the register"
        stored = result.conversation


@given(STORED, TURNS)
def test_a_lead_has_no_contact_without_consent_and_slots_never_hold_one(
    stored: Conversation, turns: list[list[Command]]
) -> None:
    for commands in turns:
        result = advance(SHIPPED, stored, commands, NOW)
        consent = result.conversation.consents.get("processing")
        if result.lead and not (consent and consent.granted):
            assert result.lead.contact is None
            assert result.lead.status == "partial"
        assert not {"contact", "consent", "marketing"} & {
            name for name, value in result.conversation.slots.items() if value is not None
        }
        stored = result.conversation


@given(STORED, TURNS)
def test_a_contact_is_asked_for_only_under_consent(stored: Conversation, turns: list[list[Command]]) -> None:
    stored = replace(stored, flow="", step="", paused=(), trail=(), consents={})
    for commands in turns:
        result = advance(SHIPPED, stored, commands, NOW)
        stored = result.conversation
        if any(isinstance(decision, Say) and decision.step == "contact.contact" for decision in result.decisions):
            assert stored.consents["processing"].granted


@given(TURNS)
def test_no_step_is_told_twice_but_for_those_of_a_contact_left_anew(turns: list[list[Command]]) -> None:
    stored, told = Conversation("c1", ADDRESS, "ru"), list[str]()
    anew = 1
    for commands in turns:
        result = advance(SHIPPED, stored, commands, NOW)
        anew += len(commands)
        told += [decision.key for decision in result.decisions if isinstance(decision, Say) and not decision.step]
        stored = result.conversation
    assert told.count("greeting.welcome") <= 1
    assert all(told.count(f"contact.{step}") <= anew for step in ("thanks", "thanks_hot", "refused"))


@given(TURNS)
def test_state_stays_small(turns: list[list[Command]]) -> None:
    stored = Conversation("c1", ADDRESS, "ru")
    for commands in turns:
        stored = advance(SHIPPED, stored, commands, NOW).conversation
        assert len(stored.trail) <= 20
        assert len(stored.paused) < len(SHIPPED.by_name)
