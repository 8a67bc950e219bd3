"""Answers, presses on open and older questions, contacts before and after consent."""

import pytest

from flows.commands import Fill, GiveContact, Unclear, Wish, Withdraw
from flows.decisions import Agreed, Say
from flows.model import Contact, Json
from tests.flows.stage import (
    AGREED,
    ALONE,
    ENDED,
    LEAD,
    NEED,
    NEW,
    OPENING,
    PHONE,
    QUALIFIED,
    SHIPPED,
    after,
    offered,
    press,
    said,
    turn,
)

SIZE: Json = {"min": 6, "max": 20}


# ------------------------------------------------------------------ answers
def test_a_press_fills_the_slot_in_its_own_shape() -> None:
    stored = after(SHIPPED, *QUALIFIED)
    assert stored.slots == {
        "need": "кофемашина в офис",
        "quantity": SIZE,
        "budget": {"min": 50000, "max": 150000, "currency": "RUB"},
        "deadline": {"from": "2026-11-22", "to": "2026-12-22"},
    }
    assert stored.quotes == {"need": "кофемашина в офис"}


def test_another_value_for_a_known_slot_is_a_correction_that_is_confirmed() -> None:
    changed = turn(SHIPPED, after(SHIPPED, *QUALIFIED), Fill("quantity", {"min": 30, "max": 30}, "нас 30"))
    assert said(changed.decisions)[:2] == ["common.corrected", "contact.consent.ask"]
    corrected = changed.decisions[0]
    assert isinstance(corrected, Say)
    assert corrected.params == {"slot": "quantity", "value": {"min": 30, "max": 30}}
    assert changed.conversation.quotes["quantity"] == "нас 30"


def test_a_press_proves_nothing_with_the_words_of_another_answer() -> None:
    typed = after(SHIPPED, *OPENING, Fill("quantity", SIZE, "человек 15"))
    assert typed.quotes["quantity"] == "человек 15"
    pressed = after(SHIPPED, press("qualification.quantity", "100+"), base=typed)
    assert "quantity" not in pressed.quotes


# ------------------------------------------------------------------ presses that are not on the open question
def test_an_older_button_with_the_same_answer_is_noted_and_with_another_one_corrects() -> None:
    stored = after(SHIPPED, *QUALIFIED)
    same = turn(SHIPPED, stored, press("qualification.quantity", "6-20"))
    assert said(same.decisions)[:2] == ["common.already_noted", "contact.consent.ask"]
    other = turn(SHIPPED, stored, press("qualification.quantity", "100+"))
    assert said(other.decisions)[:2] == ["common.corrected", "contact.consent.ask"]
    assert other.conversation.slots["quantity"] == {"min": 100, "max": None}
    assert other.conversation.place == stored.place


def test_a_press_on_a_question_that_was_left_open_is_an_answer() -> None:
    away = after(SHIPPED, *OPENING, Wish("leave_contact"))
    answered = turn(SHIPPED, away, press("qualification.quantity", "6-20"))
    assert said(answered.decisions)[:2] == ["common.noted_slot", "contact.consent.ask"]
    assert answered.conversation.slots["quantity"] == SIZE


@pytest.mark.parametrize("value", ["7-8", "", "!skip", "~7"])
def test_a_press_that_no_button_of_the_step_makes_is_stale(value: str) -> None:
    stored = after(SHIPPED, *QUALIFIED)
    assert said(turn(SHIPPED, stored, press("qualification.need", value)).decisions)[0] == "common.stale"


def test_a_press_on_a_choice_that_older_versions_had_still_counts() -> None:
    stored = after(SHIPPED, *OPENING)
    assert after(SHIPPED, press("qualification.quantity", "6-20", version=99), base=stored).slots["quantity"] == SIZE


# ------------------------------------------------------------------ consent
@pytest.mark.parametrize(
    ("value", "processing", "transfer"),
    [("yes", True, True), ("processing", True, False), ("no", False, False), (True, True, True), (False, False, False)],
)
def test_each_answer_to_consent_is_recorded_for_each_purpose(value: Json, processing: bool, transfer: bool) -> None:
    answered = turn(SHIPPED, after(SHIPPED, *QUALIFIED), Fill("consent", value))
    found = {decision.purpose: decision.granted for decision in answered.decisions if isinstance(decision, Agreed)}
    assert found == {"processing": processing, "transfer": transfer}
    assert {decision.services for decision in answered.decisions if isinstance(decision, Agreed)} == {"Trello"}
    assert answered.conversation.step == ("contact" if processing else "")


@pytest.mark.parametrize("value", ["maybe", None, 1, {"min": 1}])
def test_what_is_neither_yes_nor_no_is_no_answer_to_consent(value: Json) -> None:
    answered = turn(SHIPPED, after(SHIPPED, *QUALIFIED), Fill("consent", value))
    assert said(answered.decisions) == ["contact.consent.retry.0"]
    assert answered.conversation.consents == {}


def test_nobody_is_asked_to_pass_data_on_where_there_is_no_service() -> None:
    asked = turn(ALONE, after(ALONE, *QUALIFIED[:-1]), QUALIFIED[-1])
    assert said(asked.decisions) == ["contact.consent.ask", "consent.processing"]
    assert offered(asked.decisions) == ["contact.consent:1:yes", "contact.consent:1:no"]
    assert set(after(ALONE, *AGREED).consents) == {"processing"}


def test_a_yes_to_something_else_is_no_consent() -> None:
    for fill in (Fill("consent", "yes"), Fill("marketing", True), Fill("contact", "+79000000000")):
        stored = after(SHIPPED, *OPENING, fill)
        assert stored.consents == {}
        assert set(stored.slots) == {"need"}


def test_a_late_yes_to_an_old_question_leads_on_to_the_contact() -> None:
    refused = after(SHIPPED, *QUALIFIED, press("contact.consent", "no"))
    agreed = turn(SHIPPED, refused, press("contact.consent", "yes"))
    assert said(agreed.decisions) == ["common.noted", "contact.contact.ask"]


def test_a_late_no_takes_the_contact_away() -> None:
    withdrawn = turn(SHIPPED, after(SHIPPED, *ENDED), press("contact.consent", "no"))
    assert withdrawn.conversation.contact is None
    assert withdrawn.lead is not None
    assert (withdrawn.lead.contact, withdrawn.lead.status) == (None, "partial")


def test_consent_may_be_narrowed_and_widened_by_the_old_buttons() -> None:
    narrow = turn(SHIPPED, after(SHIPPED, *LEAD), press("contact.consent", "processing"))
    granted = {name: consent.granted for name, consent in narrow.conversation.consents.items()}
    assert granted == {"processing": True, "transfer": False}
    assert narrow.conversation.contact is not None
    assert said(turn(SHIPPED, narrow.conversation, press("contact.consent", "processing")).decisions)[0] == (
        "common.already_noted"
    )
    wide = after(SHIPPED, press("contact.consent", "yes"), base=narrow.conversation)
    assert wide.consents["transfer"].granted


# ------------------------------------------------------------------ contacts
def test_a_contact_before_consent_is_held_and_consent_is_asked_next() -> None:
    held = turn(SHIPPED, after(SHIPPED, *OPENING), PHONE)
    assert said(held.decisions) == [
        "common.contact_held",
        "common.consent_held",
        "consent.processing",
        "consent.transfer",
    ]
    assert held.lead is not None
    assert held.lead.contact is None
    agreed = turn(SHIPPED, held.conversation, press("contact.consent", "yes"))
    assert agreed.lead is not None
    assert agreed.lead.contact == PHONE.contact
    assert said(agreed.decisions)[0] == "contact.thanks"


def test_a_refusal_keeps_the_chat_and_the_road_from_where_it_left() -> None:
    held = after(SHIPPED, *OPENING, PHONE)
    refused = turn(SHIPPED, held, press("contact.consent", "no"))
    assert said(refused.decisions) == ["contact.refused", "qualification.quantity.ask"]
    assert refused.lead is not None
    assert refused.lead.contact is None


def test_a_contact_as_the_very_first_word_is_held_too() -> None:
    first = turn(SHIPPED, NEW, PHONE)
    assert said(first.decisions)[:3] == ["greeting.welcome", "common.contact_held", "common.consent_held"]


def test_a_second_contact_is_kept_beside_the_first() -> None:
    mail = GiveContact(Contact(name="Анна", email="anna@example.com"))
    both = turn(SHIPPED, after(SHIPPED, *LEAD), mail)
    assert both.conversation.contact == Contact("Анна", "+79000000000", "anna@example.com")
    assert said(both.decisions)[0] == "common.noted"


def test_the_messenger_vouches_for_its_own_number_only() -> None:
    shared = after(SHIPPED, *AGREED, GiveContact(Contact(phone="+79000000000", verified=True)))
    typed = after(SHIPPED, GiveContact(Contact(email="a@example.com")), base=shared)
    assert typed.contact is not None
    assert typed.contact.verified
    other = after(SHIPPED, GiveContact(Contact(phone="+79111111111")), base=typed)
    assert other.contact is not None
    assert not other.contact.verified


def test_a_name_alone_is_half_a_contact_and_no_wrong_answer() -> None:
    named = turn(SHIPPED, after(SHIPPED, *AGREED), GiveContact(Contact(name="Анна")))
    assert said(named.decisions) == ["common.name_noted"]
    assert (named.conversation.step, named.conversation.retries) == ("contact", 0)
    whole = turn(SHIPPED, named.conversation, PHONE)
    assert whole.lead is not None
    assert whole.lead.contact == Contact("Анна", "+79000000000")


# ------------------------------------------------------------------ withdrawal
def test_a_withdrawn_consent_takes_the_contact_and_is_not_asked_around() -> None:
    withdrawn = turn(SHIPPED, after(SHIPPED, *LEAD), Withdraw("processing"))
    assert said(withdrawn.decisions)[0] == "me.withdrawn"
    assert withdrawn.conversation.contact is None
    assert "contact.contact.ask" not in said(withdrawn.decisions)
    assert Agreed("processing", granted=False, key="consent.processing", services="Trello") in withdrawn.decisions
    again = turn(SHIPPED, withdrawn.conversation, PHONE)
    assert said(again.decisions)[:2] == ["common.contact_held", "common.consent_held"]


def test_withdrawing_at_the_question_for_a_contact_leaves_that_question() -> None:
    withdrawn = turn(SHIPPED, after(SHIPPED, *AGREED), Withdraw("processing"))
    assert said(withdrawn.decisions) == ["me.withdrawn", "contact.refused"]


def test_there_is_nothing_to_withdraw_before_a_yes() -> None:
    assert said(turn(SHIPPED, after(SHIPPED, *OPENING), Withdraw("processing")).decisions) == ["common.already_noted"]
    assert said(turn(SHIPPED, after(SHIPPED, *LEAD), Withdraw("junk")).decisions) == ["common.already_noted"]


def test_nonsense_after_the_end_is_a_note_for_a_person() -> None:
    noted = turn(SHIPPED, after(SHIPPED, *OPENING, Wish("leave_contact"), press("contact.consent", "no")), NEED)
    assert noted.conversation.status == "open"
    ended = turn(SHIPPED, after(SHIPPED, *QUALIFIED, press("contact.consent", "no")), Unclear("ъ"))
    assert offered(ended.decisions) == ["!:0:contact", "!:0:person"]
    assert offered(turn(SHIPPED, after(SHIPPED, *ENDED), Unclear("ъ")).decisions) == ["!:0:person"]
