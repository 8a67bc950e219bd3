"""Waiting for a person: told once, settled by the prospect's choice, over when somebody comes."""

from dataclasses import replace

import pytest

from flows.commands import Await, Fill, GiveContact, HandOff, Own, Recap, Wish
from flows.decisions import Notify, Say
from flows.model import BOT, Contact, Conversation
from tests.flows.stage import OPENING, PHONE, SHIPPED, after, button, press, said, turn

WHEN = {"day": "today", "date": "2026-11-22", "time": "16:00", "zone": ""}
MINUTES = Await("minutes", 1, {"low": 5, "high": 15})
OFFER = Await("offer", 1, WHEN)


def waiting() -> Conversation:
    return after(SHIPPED, *OPENING, HandOff())


def test_the_time_is_told_once_and_the_question_stays_open() -> None:
    told = turn(SHIPPED, waiting(), MINUTES)
    assert told.decisions == (Say("waiting.minutes", {"low": 5, "high": 15}),)
    assert told.conversation.step == waiting().step
    assert turn(SHIPPED, told.conversation, MINUTES).decisions == ()
    assert said(turn(SHIPPED, told.conversation, replace(MINUTES, number=2)).decisions) == ["waiting.minutes"]


@pytest.mark.parametrize("moved", [(Own("rep-1", "Олег"),), (Wish("stop"),), (Own("rep-1"), Own(BOT))])
def test_nothing_is_told_once_nobody_waits(moved: tuple[Own | Wish, ...]) -> None:
    base = after(SHIPPED, *moved, base=waiting())
    assert turn(SHIPPED, base, OFFER).decisions == ()
    assert turn(SHIPPED, after(SHIPPED, *OPENING), OFFER).decisions == ()


def test_an_unknown_piece_of_news_is_not_said() -> None:
    assert turn(SHIPPED, waiting(), Await("weather", 1)).decisions == ()


def test_the_offer_shows_three_ways_on() -> None:
    offered = turn(SHIPPED, waiting(), OFFER).decisions[0]
    assert isinstance(offered, Say)
    assert [option.data for option in offered.options] == ["!:0:call_back", "!:0:answer_later", "!:0:released"]


@pytest.mark.parametrize(
    ("choice", "notice", "owed"),
    [("answer_later", "answer_later", "answer_later"), ("released", "person_released", "")],
)
def test_a_choice_ends_the_wait(choice: str, notice: str, owed: str) -> None:
    chosen = turn(SHIPPED, after(SHIPPED, OFFER, base=waiting()), button(choice))
    assert Notify(notice) in chosen.decisions
    assert said(chosen.decisions)[0] == f"waiting.{choice}"
    assert (chosen.conversation.wants_person, chosen.conversation.answer_owed) == ("", owed)
    assert said(turn(SHIPPED, chosen.conversation, button(choice)).decisions)[0] == "common.stale"


def test_a_call_back_needs_a_contact_and_is_settled_by_it() -> None:
    asked = turn(SHIPPED, after(SHIPPED, OFFER, base=waiting()), button("call_back"))
    assert asked.conversation.flow == "contact"
    assert asked.conversation.wants_person, "still waiting until there is a contact"
    agreed = after(SHIPPED, press("contact.consent", "yes"), base=asked.conversation)
    settled = turn(SHIPPED, agreed, PHONE)
    assert Notify("call_back") in settled.decisions
    assert (settled.conversation.wants_person, settled.conversation.answer_owed) == ("", "call_back")


def test_a_known_contact_settles_a_call_back_at_once() -> None:
    base = after(SHIPPED, button("contact"), press("contact.consent", "yes"), PHONE, HandOff())
    chosen = turn(SHIPPED, base, button("call_back"))
    assert Notify("call_back") in chosen.decisions
    assert said(chosen.decisions)[0] == "waiting.call_back"


def test_the_end_says_so_and_owes_an_answer() -> None:
    over = turn(SHIPPED, waiting(), Await("over", 1, WHEN))
    assert Notify("answer_later") in over.decisions
    assert (over.conversation.wants_person, over.conversation.answer_owed) == ("", "answer_later")
    taken = after(SHIPPED, Own("rep-1"), base=over.conversation)
    assert taken.answer_owed == ""
    again = turn(SHIPPED, over.conversation, HandOff())
    assert said(again.decisions) == ["common.person.asked"]
    assert again.conversation.answer_owed == ""


def test_what_was_agreed_with_a_person_opens_the_next_words_once_and_is_not_asked_again() -> None:
    held = after(SHIPPED, *OPENING, Own("rep-1", "Олег"))
    assert held.taken_at
    back = turn(SHIPPED, held, Fill("quantity", {"min": 25, "max": 25}), Own(BOT))
    assert said(back.decisions) == ["common.handed_back", "qualification.budget.ask"], "neither told back nor asked"
    assert back.conversation.given_back_at >= back.conversation.taken_at
    accepted = turn(SHIPPED, back.conversation, Recap("25 человек, КП в пятницу"))
    assert accepted.decisions == ()
    spoken = turn(SHIPPED, accepted.conversation, press("qualification.budget", "!skip"))
    assert spoken.decisions[0] == Say("common.recap", {"text": "25 человек, КП в пятницу"})
    assert "common.recap" not in said(turn(SHIPPED, spoken.conversation, Wish("help")).decisions)


def test_a_new_take_over_drops_a_recap_that_was_not_said() -> None:
    held = after(SHIPPED, *OPENING, Own("rep-1"), Own(BOT), Recap("25 человек"), Own("rep-2"))
    assert held.recap == ""


def test_a_contact_given_meanwhile_makes_the_end_a_call_back() -> None:
    given = GiveContact(Contact(email="anna@example.com"))
    base = after(SHIPPED, HandOff(), button("contact"), press("contact.consent", "yes"), given)
    over = after(SHIPPED, Await("over", 1, WHEN), base=base)
    assert over.answer_owed == "call_back"
