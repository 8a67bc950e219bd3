"""What a prospect or a rep may do from every place of the shipped flow, and what the machine says to it."""

import pytest

from flows.commands import Ask, Command, Fill, HandOff, Language, Media, Object, Start, Unclear, Wish
from flows.decisions import Notify, Say
from flows.engine import open_question
from flows.model import Fact
from tests.flows.stage import (
    ADDRESS,
    AGREED,
    ENDED,
    FACT,
    LEAD,
    NEED,
    NEW,
    NOW,
    OPEN,
    OPENING,
    PHONE,
    QUALIFIED,
    SHIPPED,
    after,
    button,
    full,
    offered,
    press,
    said,
    standing,
    turn,
)


# ------------------------------------------------------------------ the way from /start to a lead
def test_the_shortest_way_to_a_lead_is_eight_acts() -> None:
    ended = after(SHIPPED, *ENDED)
    assert len(ENDED) == 8
    assert (ended.status, ended.outcome, ended.lead) == ("ended", "lead", "qualified")
    assert ended.contact is not None
    assert ended.contact.phone == "+79000000000"


def test_the_first_word_is_met_with_a_welcome_and_the_first_question() -> None:
    for first in (Start("ad-7"), NEED, Unclear("э"), Ask("Сколько стоит?", FACT)):
        begun = turn(SHIPPED, NEW, first)
        assert said(begun.decisions)[0] == "greeting.welcome"
        assert begun.conversation.started_at == NOW.isoformat()
    assert turn(SHIPPED, NEW, Start("ad-7")).conversation.source == "ad-7"


def test_a_price_is_answered_in_the_same_turn_before_any_question() -> None:
    begun = turn(SHIPPED, NEW, Ask("Сколько стоит Latte 2?", Fact("price", {}, ("latte-2@1",))))
    assert said(begun.decisions) == ["greeting.welcome", "answers.price", "qualification.need.ask"]
    assert "asked_price" in begun.conversation.signals


def test_a_question_is_asked_with_its_buttons_and_the_contact_one_press_away() -> None:
    asked = turn(SHIPPED, after(SHIPPED, Start()), NEED)
    assert said(asked.decisions) == ["qualification.quantity.ask"]
    version = SHIPPED.by_name["qualification"].version
    sizes = [f"qualification.quantity:{version}:{size}" for size in ("1-5", "6-20", "21-100", "100+")]
    assert offered(asked.decisions) == [*sizes, "!:0:contact"]
    for place in ("consent", "contact", "marketing"):
        assert "!:0:contact" not in offered(turn(SHIPPED, standing(place), Wish("help")).decisions)


def test_a_question_offers_to_share_the_contact_only_where_one_is_asked_for() -> None:
    shares = {
        place: any(
            isinstance(said, Say) and said.share_contact for said in turn(SHIPPED, standing(place), Start()).decisions
        )
        for place in OPEN
    }
    assert shares == {place: place == "contact" for place in OPEN}


def test_what_a_message_would_answer_is_known_before_its_turn() -> None:
    for place in OPEN:
        stored = standing(place)
        found, step = open_question(SHIPPED, stored, NOW)
        assert step is not None
        assert step.id == place
        assert found == stored
    assert open_question(SHIPPED, NEW, NOW)[1] is not None
    assert open_question(SHIPPED, standing("the end"), NOW)[1] is None


def test_several_answers_in_one_turn_skip_their_questions() -> None:
    size = Fill("quantity", {"min": 12, "max": 12}, "на 12 человек")
    budget = Fill("budget", {"min": None, "max": 150000, "currency": "RUB"}, "до 150 тысяч")
    asked = turn(SHIPPED, after(SHIPPED, Start()), NEED, size, budget)
    assert said(asked.decisions) == ["qualification.deadline.ask"]
    early = turn(SHIPPED, NEW, budget)
    assert said(early.decisions) == ["greeting.welcome", "qualification.need.ask"]
    later = after(SHIPPED, NEED, size, base=early.conversation)
    assert later.step == "deadline"
    assert later.quotes["budget"] == "до 150 тысяч"


# ------------------------------------------------------------------ from any step
@pytest.mark.parametrize("place", OPEN)
@pytest.mark.parametrize(
    ("command", "key"),
    [
        (Wish("help"), "common.help"),
        (Wish("thanks"), "common.thanks_back"),
        (HandOff(), "common.person.asked"),
        (HandOff("complaint"), "common.person.complaint"),
        (button("person"), "common.person.asked"),
        (Media("photo"), "common.media.photo"),
        (Media("hologram"), "common.media.other"),
        (Media("foreign_contact"), "common.foreign_contact"),
        (Object("price", "дорого"), "common.objection"),
    ],
)
def test_an_interruption_keeps_the_place_and_its_buttons(place: str, command: Command, key: str) -> None:
    stored = standing(place)
    expected = offered(turn(SHIPPED, stored, Start()).decisions)
    answered = turn(SHIPPED, stored, command)
    assert said(answered.decisions) == [key]
    assert offered(answered.decisions) == expected
    assert answered.conversation.place == stored.place
    assert answered.conversation.slots == stored.slots


@pytest.mark.parametrize("place", OPEN)
@pytest.mark.parametrize(
    ("command", "key"),
    [
        (Start(), "common.welcome_back"),
        (Wish("greet"), "common.greet_back"),
        (Language("en"), "common.language_changed"),
        (button("lang.en"), "common.language_changed"),
        (press("gone.gone", "1"), "common.stale"),
        (button("junk"), "common.stale"),
    ],
)
def test_what_comes_back_to_the_question_asks_it_in_full(place: str, command: Command, key: str) -> None:
    stored = standing(place)
    answered = turn(SHIPPED, stored, command)
    assert said(answered.decisions) == [key, *full(place)]
    assert answered.conversation.place == stored.place


@pytest.mark.parametrize("place", OPEN)
def test_me_shows_what_is_known_and_what_may_be_withdrawn(place: str) -> None:
    stored = standing(place)
    shown = turn(SHIPPED, stored, Wish("me"))
    (card,) = [decision for decision in shown.decisions if isinstance(decision, Say)]
    assert card.key == "me.card"
    assert set(card.params) == {"slots", "contact", "consents"}
    granted = [name for name, consent in stored.consents.items() if consent.granted]
    assert offered(shown.decisions) == [*(f"!:0:withdraw.{name}" for name in granted), "!:0:languages"]
    assert card.params["contact"] == (["+79000000000"] if place == "marketing" else [])


@pytest.mark.parametrize("place", ["the end", "a refusal"])
@pytest.mark.parametrize(
    ("command", "key"),
    [
        (Wish("help"), "common.help"),
        (Wish("skip"), "common.ended"),
        (Wish("greet"), "common.greet_back"),
        (Wish("languages"), "common.choose_language"),
        (HandOff(), "common.person.asked"),
        (Ask("А зерно есть?", FACT), "answers.faq"),
        (Ask("А зерно есть?"), "common.unknown"),
        (Unclear("ъ"), "common.note_taken"),
        (Media("voice"), "common.media.voice"),
        (Language("en"), "common.language_changed"),
        (Start(), "common.welcome_back"),
    ],
)
def test_after_the_end_everything_is_still_answered(place: str, command: Command, key: str) -> None:
    answered = turn(SHIPPED, standing(place), command)
    assert said(answered.decisions)[0] == key
    assert answered.conversation.status == "ended"


def test_a_final_objection_ends_it_with_one_polite_line() -> None:
    for kind in ("not_needed", "brush_off"):
        left = turn(SHIPPED, after(SHIPPED, *OPENING), Object(kind, "не надо"))
        assert said(left.decisions) == ["common.farewell"]
        assert (left.conversation.status, left.conversation.outcome) == ("ended", "not_needed")


# ------------------------------------------------------------------ notices and the lead
def test_a_lead_is_announced_once() -> None:
    made = turn(SHIPPED, after(SHIPPED, *AGREED), PHONE)
    assert [decision for decision in made.decisions if isinstance(decision, Notify)] == [
        Notify("lead_qualified", {"score": 75})
    ]
    assert said(made.decisions) == ["contact.thanks_hot", "contact.marketing.ask", "consent.marketing"]
    more = turn(SHIPPED, made.conversation, Wish("thanks"))
    assert not any(isinstance(decision, Notify) for decision in more.decisions)
    assert made.lead is not None
    assert made.lead.contact == PHONE.contact


def test_a_partial_lead_keeps_what_was_typed() -> None:
    told = turn(SHIPPED, NEW, NEED)
    assert told.lead is not None
    assert (told.lead.status, told.lead.slots, told.lead.contact) == ("partial", {"need": NEED.value}, None)
    assert turn(SHIPPED, NEW, Start()).lead is None


def test_the_same_conversation_is_one_lead_through_all_its_turns() -> None:
    conversation = NEW
    statuses = []
    for command in ENDED:
        result = turn(SHIPPED, conversation, command)
        conversation = result.conversation
        statuses.append(result.lead.status if result.lead else "")
    assert statuses == ["", "partial", "partial", "partial", "partial", "partial", "qualified", "qualified"]
    assert conversation.address == ADDRESS
    assert QUALIFIED + ENDED[5:] == ENDED
    assert ENDED[:7] == LEAD
