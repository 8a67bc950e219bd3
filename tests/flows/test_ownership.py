"""A person is called, takes over and hands back; meanwhile the bot listens."""

from dataclasses import replace

import pytest

from flows.commands import (
    Ask,
    Command,
    Correct,
    Fill,
    HandOff,
    Language,
    Media,
    Object,
    Own,
    Reword,
    Speak,
    Start,
    TakeBack,
    Unclear,
    WakeUp,
    Wish,
)
from flows.decisions import Cancel, Edit, Notify, Quote, Say
from flows.model import BOT
from tests.flows.stage import (
    FACT,
    NEED,
    NEW,
    OPENING,
    PHONE,
    PLACES,
    SHIPPED,
    after,
    button,
    press,
    said,
    standing,
    turn,
)


def test_a_person_is_called_once_and_the_bot_stays_meanwhile() -> None:
    asked = turn(SHIPPED, after(SHIPPED, *OPENING), HandOff())
    assert Notify("person_asked", {"reason": "asked"}) in asked.decisions
    assert (asked.conversation.owner, asked.conversation.wants_person) == (BOT, "asked")
    again = turn(SHIPPED, asked.conversation, HandOff())
    assert said(again.decisions) == ["common.person_waits"]
    assert not any(isinstance(decision, Notify) for decision in again.decisions)
    assert after(SHIPPED, press("qualification.quantity", "6-20"), base=again.conversation).step == "budget"


def test_take_over_and_hand_back() -> None:
    stored = after(SHIPPED, *OPENING, HandOff())
    taken = turn(SHIPPED, stored, Own("rep-1", "Олег"))
    assert taken.decisions == (Cancel(), Say("common.taken_over", {"name": "Олег"}))
    assert (taken.conversation.owner, taken.conversation.wants_person) == ("rep-1", "")
    assert turn(SHIPPED, taken.conversation, Own("rep-1")).decisions == ()
    assert turn(SHIPPED, taken.conversation, Own("rep-2")).decisions == ()
    spoken = turn(SHIPPED, taken.conversation, Speak("Добрый день", "rep-1", "Олег"))
    assert spoken.decisions == (Quote("Добрый день", "Олег", "rep-1"),)
    back = turn(SHIPPED, taken.conversation, Own(BOT))
    assert said(back.decisions) == ["common.handed_back", "qualification.quantity.ask"]
    assert back.conversation.owner == BOT


def test_the_first_words_of_an_owner_are_known_as_such() -> None:
    owned = after(SHIPPED, *OPENING, Own("rep-1", "Олег"))
    assert not owned.spoke
    spoken = after(SHIPPED, Speak("Да", "rep-1"), base=owned)
    assert spoken.spoke
    assert not after(SHIPPED, Own("rep-2"), base=spoken).spoke
    assert not after(SHIPPED, Own(BOT), Own("rep-1"), base=spoken).spoke


@pytest.mark.parametrize("owner", [BOT, "rep-1", "rep-2"])
def test_words_are_changed_and_taken_back_whoever_owns_and_the_bot_says_nothing_to_it(owner: str) -> None:
    stored = replace(after(SHIPPED, *OPENING), owner=owner)
    turned = turn(SHIPPED, stored, Reword("k1", "иначе", "rep-1", "Олег", "k2", "slack:C1:7"), TakeBack("k3", "rep-1"))
    assert turned.decisions == (
        Edit("k1", "иначе", "Олег", "rep-1", "k2", "slack:C1:7"),
        Edit("k3", None, "", "rep-1"),
    )
    assert turned.conversation.place == stored.place


def test_words_said_aside_leave_the_chat_with_the_bot() -> None:
    stored = after(SHIPPED, *OPENING)
    turned = turn(SHIPPED, stored, Speak("Подсказка", "rep-1", "Олег", aside=True))
    assert turned.decisions == (Quote("Подсказка", "Олег", "rep-1", aside=True),)
    assert (turned.conversation.owner, turned.conversation.spoke) == (BOT, False)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "command",
    [
        NEED, PHONE, Start(), Unclear("ъ"), Ask("Цена?", FACT), HandOff(), Correct(), Media("photo"),
        Language("en"), Object("not_needed", ""), press("contact.consent", "yes"), button("contact"), WakeUp("a.b"),
        *(Wish(name) for name in ("skip", "back", "help", "stop", "restart", "me", "greet", "thanks", "buy")),
    ],
)  # fmt: skip
def test_while_a_person_owns_the_conversation_the_bot_listens(place: str, command: Command) -> None:
    stored = replace(standing(place), owner="rep-1")
    heard = turn(SHIPPED, stored, command)
    assert not any(isinstance(decision, Say | Quote) for decision in heard.decisions)
    assert heard.conversation.place == stored.place
    assert heard.conversation.status in {stored.status, "stopped"}
    if not isinstance(command, WakeUp):
        assert Notify("prospect_wrote") in heard.decisions


def test_what_was_told_to_a_person_is_not_asked_again() -> None:
    owned = after(SHIPPED, *OPENING, Own("rep-1"), Fill("quantity", {"min": 5, "max": 5}, "пять"))
    assert said(turn(SHIPPED, owned, Own(BOT)).decisions) == ["common.handed_back", "qualification.budget.ask"]


def test_a_conversation_that_a_person_began_starts_with_the_welcome_when_the_bot_gets_it() -> None:
    owned = replace(NEW, owner="rep-1")
    assert turn(SHIPPED, owned, NEED).conversation.flow == ""
    back = turn(SHIPPED, owned, Own(BOT))
    assert said(back.decisions) == ["common.handed_back", "greeting.welcome", "qualification.need.ask"]
