"""Back, corrections, the contact that is one press away, and the wish to buy."""

import pytest

from flows.commands import Correct, Fill, GiveContact, Unclear, Wish
from flows.model import Contact
from tests.flows.stage import (
    AGREED,
    ENDED,
    LEAD,
    NEED,
    OPENING,
    PHONE,
    QUALIFIED,
    SHIPPED,
    after,
    button,
    offered,
    press,
    said,
    turn,
)

BACK = Wish("back")


# ------------------------------------------------------------------ back
def test_back_returns_question_by_question_and_forgets_each_answer() -> None:
    stored = after(SHIPPED, *QUALIFIED)
    for step, known in (("deadline", 3), ("budget", 2), ("quantity", 1), ("need", 0)):
        back = turn(SHIPPED, stored, BACK)
        stored = back.conversation
        assert said(back.decisions) == [f"qualification.{step}.ask"]
        assert (stored.step, len(stored.slots)) == (step, known)
    assert said(turn(SHIPPED, stored, BACK).decisions) == ["common.nothing_to_go_back", "qualification.need.ask"]


def test_back_from_the_contact_asks_for_consent_again() -> None:
    back = turn(SHIPPED, after(SHIPPED, *AGREED), BACK)
    assert said(back.decisions)[0] == "contact.consent.ask"
    assert back.conversation.consents == {}


@pytest.mark.parametrize("turns", [LEAD, ENDED])
def test_back_never_loses_the_contact_of_a_lead(turns: tuple[object, ...]) -> None:
    back = turn(SHIPPED, after(SHIPPED, *ENDED[: len(turns)]), BACK)
    assert said(back.decisions) == ["qualification.deadline.ask"]
    assert back.lead is not None
    assert back.lead.contact == PHONE.contact
    again = turn(SHIPPED, back.conversation, press("qualification.deadline", "now"))
    assert not {"contact.consent.ask", "contact.contact.ask"} & set(said(again.decisions))


def test_after_back_the_road_goes_on_as_before() -> None:
    stored = after(SHIPPED, *QUALIFIED, BACK, BACK, press("qualification.budget", "500000+"))
    assert stored.step == "deadline"
    assert after(SHIPPED, press("qualification.deadline", "now"), base=stored).step == "consent"


# ------------------------------------------------------------------ corrections
def test_correct_asks_which_and_then_that_question_and_returns() -> None:
    which = turn(SHIPPED, after(SHIPPED, *QUALIFIED), Correct())
    assert said(which.decisions) == ["common.correct_which"]
    slots = ("need", "quantity", "budget", "deadline")
    assert offered(which.decisions) == [f"!:0:correct.{slot}" for slot in slots]
    again = turn(SHIPPED, which.conversation, button("correct.budget"))
    assert said(again.decisions) == ["qualification.budget.ask"]
    done = turn(SHIPPED, again.conversation, press("qualification.budget", "500000+"))
    assert said(done.decisions)[0] == "contact.consent.ask"
    assert done.conversation.slots["budget"] == {"min": 500000, "max": None, "currency": "RUB"}


def test_a_named_answer_is_corrected_at_once() -> None:
    again = turn(SHIPPED, after(SHIPPED, *QUALIFIED), Correct("need"))
    assert said(again.decisions) == ["qualification.need.ask"]
    assert after(SHIPPED, NEED, base=again.conversation).step == "consent"


def test_an_answer_told_by_the_way_is_corrected_from_anywhere_and_back() -> None:
    size = Fill("quantity", {"min": 5, "max": 5}, "пять")
    stored = after(SHIPPED, (NEED, size), Wish("leave_contact"))
    again = turn(SHIPPED, stored, Correct("quantity"))
    assert said(again.decisions) == ["qualification.quantity.ask"]
    assert after(SHIPPED, press("qualification.quantity", "6-20"), base=again.conversation).step == "budget"


def test_there_is_nothing_to_correct_before_the_first_answer() -> None:
    for command in (Correct(), Correct("budget"), button("correct.budget")):
        stored = after(SHIPPED, Wish("greet"))
        assert said(turn(SHIPPED, stored, command).decisions)[0] == "common.nothing_to_correct"


def test_the_contact_of_a_lead_is_changed_without_losing_it() -> None:
    which = turn(
        SHIPPED, after(SHIPPED, *OPENING, button("contact"), press("contact.consent", "yes"), PHONE), Correct()
    )
    assert offered(which.decisions) == ["!:0:correct.need", "!:0:correct.contact"]
    again = turn(SHIPPED, which.conversation, button("correct.contact"))
    assert said(again.decisions) == ["contact.contact.ask"]
    assert again.lead is not None
    assert again.lead.contact == PHONE.contact
    other = turn(SHIPPED, again.conversation, GiveContact(Contact(phone="+79161234567")))
    assert other.lead is not None
    assert other.lead.contact == Contact(phone="+79161234567")
    assert other.conversation.step == "marketing"
    kept = turn(SHIPPED, again.conversation, Wish("skip"))
    assert kept.lead is not None
    assert kept.lead.contact == PHONE.contact


def test_a_held_contact_is_changed_by_giving_another() -> None:
    again = turn(SHIPPED, after(SHIPPED, *OPENING, PHONE), Correct("contact"))
    assert said(again.decisions)[0] == "contact.consent.ask"
    assert again.conversation.contact is None


def test_a_contact_given_unasked_leads_back_to_the_questions() -> None:
    held = (*OPENING, PHONE, press("contact.consent", "yes"))
    back = turn(SHIPPED, after(SHIPPED, *held), press("contact.marketing", "no"))
    assert said(back.decisions) == ["qualification.quantity.ask"]
    assert back.lead is not None
    assert back.lead.status == "new"
    done = turn(
        SHIPPED,
        after(SHIPPED, *QUALIFIED[2:4], base=back.conversation),
        press("qualification.deadline", "month"),
    )
    assert said(done.decisions) == ["contact.thanks_hot"]
    assert (done.conversation.status, done.conversation.outcome) == ("ended", "lead")
    assert done.lead is not None
    assert done.lead.status == "qualified"
    bought = after(SHIPPED, *OPENING, PHONE, Wish("buy", "беру"), press("contact.consent", "yes"))
    assert after(SHIPPED, press("contact.marketing", "no"), base=bought).status == "ended"


def test_what_is_told_after_the_end_is_said_back() -> None:
    told = turn(
        SHIPPED,
        after(
            SHIPPED,
            *OPENING,
            button("contact"),
            press("contact.consent", "yes"),
            PHONE,
            press("contact.marketing", "no"),
        ),
        Fill("budget", {"min": 5, "max": 5}, "5"),
    )
    assert said(told.decisions) == ["common.noted_slot"]


# ------------------------------------------------------------------ leave a contact, buy
@pytest.mark.parametrize("turns", [(), OPENING, QUALIFIED])
def test_the_contact_is_one_press_away(turns: tuple[object, ...]) -> None:
    base = after(SHIPPED, *QUALIFIED[: len(turns)])
    for command in (Wish("leave_contact"), button("contact"), Wish("buy", "хочу купить")):
        asked = turn(SHIPPED, base, command)
        assert "contact.consent.ask" in said(asked.decisions)
    assert "buy" in turn(SHIPPED, base, Wish("buy", "беру")).conversation.signals


def test_a_contact_left_early_ends_in_a_lead_without_more_questions() -> None:
    left = turn(SHIPPED, after(SHIPPED, *OPENING, button("contact"), press("contact.consent", "yes")), PHONE)
    assert said(left.decisions)[0] == "contact.thanks"
    assert left.lead is not None
    assert left.lead.status == "new"


def test_a_wish_to_buy_qualifies_the_lead() -> None:
    bought = turn(SHIPPED, after(SHIPPED, Wish("buy", "куплю сейчас"), press("contact.consent", "yes")), PHONE)
    assert said(bought.decisions)[0] == "contact.thanks_hot"
    assert bought.lead is not None
    assert bought.lead.status == "qualified"
    assert "куплю сейчас" in {reason.quote for reason in bought.lead.score.reasons}
    known = turn(SHIPPED, after(SHIPPED, *LEAD), Wish("buy", "беру"))
    assert said(known.decisions) == ["common.noted"]


def test_a_known_contact_is_not_asked_for_again() -> None:
    known = turn(SHIPPED, after(SHIPPED, *LEAD), button("contact"))
    assert said(known.decisions) == ["common.contact_known"]
    assert known.conversation.step == "marketing"


def test_a_contact_refused_once_may_be_left_later() -> None:
    refused = after(SHIPPED, *QUALIFIED, press("contact.consent", "no"))
    asked = turn(SHIPPED, refused, button("contact"))
    assert said(asked.decisions)[0] == "contact.consent.ask"
    left = turn(SHIPPED, after(SHIPPED, press("contact.consent", "yes"), base=asked.conversation), PHONE)
    assert left.lead is not None
    assert left.lead.status == "qualified"


def test_a_skipped_contact_may_be_left_later() -> None:
    skipped = after(SHIPPED, *AGREED, Wish("skip"))
    assert (skipped.status, skipped.slots["contact"]) == ("ended", None)
    assert said(turn(SHIPPED, skipped, button("contact")).decisions) == ["contact.contact.ask"]


# ------------------------------------------------------------------ skip
def test_skip_passes_over_what_may_be_skipped_and_insists_on_the_rest() -> None:
    skipped = turn(SHIPPED, after(SHIPPED, *QUALIFIED[:3]), press("qualification.budget", "!skip"))
    assert said(skipped.decisions) == ["qualification.deadline.ask"]
    assert skipped.conversation.slots["budget"] is None
    assert skipped.lead is not None
    assert "budget" not in skipped.lead.slots
    insists = turn(SHIPPED, after(SHIPPED, *OPENING), Wish("skip"))
    assert said(insists.decisions) == ["qualification.quantity.retry.0"]


def test_a_consent_passed_over_is_none() -> None:
    passed = turn(SHIPPED, after(SHIPPED, *LEAD), Wish("skip"))
    assert not passed.conversation.consents["marketing"].granted
    assert "marketing" not in passed.conversation.slots
    assert passed.conversation.status == "ended"


# ------------------------------------------------------------------ tries
def test_a_question_is_rephrased_while_its_budget_lasts_then_left_by_its_exit() -> None:
    stored = after(SHIPPED, *OPENING)
    heard = []
    for _ in range(6):
        tried = turn(SHIPPED, stored, Unclear("ъ"))
        heard.append(said(tried.decisions))
        stored = tried.conversation
    assert heard == [
        ["qualification.quantity.retry.0"],
        ["qualification.quantity.retry.1"],
        ["common.person.unclear"],
        ["common.consult"],
        ["common.consult"],
        ["common.consult"],
    ]
    assert stored.retries == 4, "what can grow without end is kept forever"
    assert after(SHIPPED, press("qualification.quantity", "6-20"), base=stored).retries == 0


def test_the_exit_to_choices_shows_them_before_a_person_comes() -> None:
    stored = after(SHIPPED, Wish("greet"), *[Unclear("ъ")] * 2)
    shown = turn(SHIPPED, stored, Unclear("ъ"))
    assert said(shown.decisions) == ["qualification.need.ask"]
    assert "qualification.need:1:~0" in offered(shown.decisions)
    assert said(turn(SHIPPED, shown.conversation, Unclear("ъ")).decisions) == ["common.person.unclear"]


def test_the_exit_by_skipping_goes_on() -> None:
    stored = after(SHIPPED, *QUALIFIED[:3], *[Unclear("ъ")] * 2)
    assert said(turn(SHIPPED, stored, Unclear("ъ")).decisions) == ["qualification.deadline.ask"]
