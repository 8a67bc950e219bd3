"""Questions on the way, languages, stopping and starting over."""

from datetime import timedelta

import pytest

from flows.commands import Ask, Language, Start, Unclear, WakeUp, Wish
from flows.decisions import Cancel, Notify
from flows.engine import SILENCE, starts_anew
from flows.model import BOT, Fact
from tests.flows.stage import (
    ENDED,
    FACT,
    NEED,
    NEW,
    NOW,
    OPEN,
    OPENING,
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


# ------------------------------------------------------------------ digressions
@pytest.mark.parametrize("place", OPEN)
@pytest.mark.parametrize("fact", [FACT, None])
def test_a_digression_returns_ever_less_insistently(place: str, fact: Fact | None) -> None:
    answer = "answers.faq" if fact else "common.unknown"
    stored = standing(place)
    buttons = offered(turn(SHIPPED, stored, Start()).decisions)
    first = turn(SHIPPED, stored, Ask("А доставка?", fact))
    assert said(first.decisions) == [answer, *full(place)]
    second = turn(SHIPPED, first.conversation, Ask("А гарантия?", fact))
    assert said(second.decisions) == [answer]
    assert offered(second.decisions) == buttons
    third = turn(SHIPPED, second.conversation, Ask("А сервис?", fact))
    known = place == "marketing"
    assert said(third.decisions) == ([answer] if known else [answer, "common.consult"])
    assert offered(third.decisions) == ([] if known else ["!:0:contact", "!:0:person"])
    fourth = turn(SHIPPED, third.conversation, Ask("А рассрочка?", fact))
    assert said(fourth.decisions) == [answer]
    assert offered(fourth.decisions) == []
    assert fourth.conversation.place == stored.place


def test_a_question_nobody_knows_goes_to_the_desk() -> None:
    asked = turn(SHIPPED, after(SHIPPED, *OPENING), Ask("Есть ли у вас печи?"))
    assert Notify("unanswered", {"question": "Есть ли у вас печи?"}) in asked.decisions


def test_an_answer_starts_the_count_of_digressions_anew() -> None:
    asks = [Ask(f"вопрос {number}", FACT) for number in range(3)]
    stored = after(SHIPPED, *OPENING, *asks, press("qualification.quantity", "6-20"))
    assert stored.digressions == 0
    assert said(turn(SHIPPED, stored, asks[0]).decisions) == ["answers.faq", "qualification.budget.ask"]


# ------------------------------------------------------------------ languages
def test_two_detections_in_a_row_change_the_language_unless_it_was_chosen() -> None:
    stored = after(SHIPPED, *OPENING)
    once = turn(SHIPPED, stored, Language("en", explicit=False), Unclear("hm")).conversation
    assert once.locale == "ru"
    twice = turn(SHIPPED, once, Language("en", explicit=False), Unclear("hm")).conversation
    assert twice.locale == "en"
    chosen = after(SHIPPED, Language("ru"), Language("en", explicit=False), Language("en", explicit=False), base=stored)
    assert chosen.locale == "ru"
    between = after(SHIPPED, Language("en", explicit=False), Language("ru", explicit=False), base=stored)
    assert after(SHIPPED, Language("en", explicit=False), base=between).locale == "ru"


def test_an_unknown_language_is_answered_with_those_there_are() -> None:
    answered = turn(SHIPPED, after(SHIPPED, *OPENING), button("lang.xx"))
    assert said(answered.decisions) == ["common.choose_language"]
    assert offered(answered.decisions) == ["!:0:lang.ru", "!:0:lang.en"]
    assert answered.conversation.locale == "ru"


# ------------------------------------------------------------------ stop, start over, silence
def test_stop_is_obeyed_until_the_next_word() -> None:
    stopped = turn(SHIPPED, after(SHIPPED, *OPENING), Wish("stop"))
    assert said(stopped.decisions) == ["common.stopped"]
    assert Cancel(BOT) in stopped.decisions
    assert stopped.conversation.status == "stopped"
    assert said(turn(SHIPPED, stopped.conversation, WakeUp("a.b")).decisions) == []
    back = turn(SHIPPED, stopped.conversation, Start())
    assert said(back.decisions) == ["common.welcome_back", "qualification.quantity.ask"]
    assert back.conversation.status == "open"
    ended = after(SHIPPED, *ENDED, Wish("stop"), Wish("thanks"))
    assert ended.status == "ended"


def test_no_question_follows_a_stop_in_the_same_turn() -> None:
    stopped = turn(SHIPPED, after(SHIPPED, *OPENING), Start(), Wish("stop"))
    assert "qualification.quantity.ask" not in said(stopped.decisions)


def test_when_a_new_conversation_begins() -> None:
    talking, ended = after(SHIPPED, *OPENING), after(SHIPPED, *ENDED)
    assert starts_anew(talking, [Wish("restart")], NOW)
    assert not starts_anew(talking, [Start()], NOW)
    assert starts_anew(ended, [Start()], NOW)
    assert not starts_anew(ended, [Wish("thanks")], NOW)
    assert not starts_anew(talking, [NEED], NOW + SILENCE)
    assert starts_anew(talking, [NEED], NOW + SILENCE + timedelta(seconds=1))
    assert not starts_anew(NEW, [NEED], NOW)
    assert said(turn(SHIPPED, NEW, Wish("restart")).decisions) == [
        "common.restarted",
        "greeting.welcome",
        "qualification.need.ask",
    ]
