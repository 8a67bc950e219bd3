"""Steps of every kind, calls and loops, and states that an older version of the flows has stored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.commands import Fill, WakeUp, Wish
from flows.decisions import Notify, Wake
from flows.engine import advance, open_question
from flows.model import Conversation, Place
from tests.flows.stage import CONTACT, NEED, NEW, NOW, QUALIFIED, SHIPPED, after, press, said, talk, turn


# ------------------------------------------------------------------ kinds of steps
def test_a_branch_takes_the_first_case_that_holds() -> None:
    flows = talk(
        """- ask: size
- branch:
    - when: size.min > 20
      then: {go: big}
    - when: score >= 0 and size.min > 10
      then: {go: middle}
    - else: {go: small}
- say: big
  then: {end: big}
- say: middle
  then: {end: middle}
- say: small
""",
        "{size: number}",
    )
    for size, outcome in ((30, "big"), (15, "middle"), (2, "")):
        ended = after(flows, Wish("greet"), Fill("size", {"min": size, "max": size}))
        assert (ended.status, ended.outcome) == ("ended", outcome)


def test_a_call_comes_back_behind_the_step_with_what_it_preset() -> None:
    more = "flow: more\nversion: 1\npurpose: x\nslots: {shelf: text}\nsteps:\n- ask: shelf\n- say: inside\n"
    flows = talk("- call: more\n  with: {shelf: small}\n- say: behind\n", more={"more.yaml": more})
    told = turn(flows, NEW, Wish("greet"))
    assert said(told.decisions) == ["more.inside", "talk.behind"]
    assert told.conversation.slots == {"shelf": "small"}
    steps = """- branch:
    - when: signal.buy
      then: {end: bought}
    - else: {call: more, with: {shelf: big}}
- say: behind
"""
    target = talk(steps, more={"more.yaml": more})
    assert said(turn(target, NEW, Wish("greet")).decisions) == ["more.inside", "talk.behind"]


def test_a_hand_over_asks_for_a_person_and_goes_on() -> None:
    flows = talk("- hand_over: special\n- ask: need\n", "{need: text}")
    asked = turn(flows, NEW, Wish("greet"))
    assert said(asked.decisions) == ["common.person.special", "talk.need.ask"]
    assert Notify("person_asked", {"reason": "special"}) in asked.decisions


def test_a_follow_up_comes_back_as_often_as_it_may_and_no_more() -> None:
    flows = talk("- follow_up: {after: 2 days, say: still_there, at_most: 2}\n- ask: need\n", "{need: text}")
    set_up = turn(flows, NEW, Wish("greet"))
    wake = Wake("talk.still_there", timedelta(days=2))
    assert wake in set_up.decisions
    first = turn(flows, set_up.conversation, WakeUp("talk.still_there"))
    assert said(first.decisions) == ["talk.still_there"]
    assert wake in first.decisions
    second = turn(flows, first.conversation, WakeUp("talk.still_there"))
    assert said(second.decisions) == ["talk.still_there"]
    assert wake not in second.decisions
    assert turn(flows, second.conversation, WakeUp("talk.still_there")).decisions == ()
    assert turn(flows, second.conversation, WakeUp("talk.gone")).decisions == ()


def test_what_was_told_is_not_told_again() -> None:
    flows = talk("- say: hello\n- ask: need\n  then: {go: hello}\n- end: never\n", "{need: text}")
    stored = after(flows, Wish("greet"))
    again = turn(flows, stored, Fill("need", "чай"))
    assert said(again.decisions) == ["talk.need.ask"]


def test_a_loop_asks_its_questions_again() -> None:
    flows = talk(
        """- ask: need
- ask: size
  unless: known
- branch:
    - when: size.max <= 100
      then: {end: fine}
    - else: {go: size}
""",
        "{need: text, size: number}",
    )
    stored = after(flows, Wish("greet"), NEED)
    again = turn(flows, stored, Fill("size", {"min": 500, "max": 500}, "500"))
    assert said(again.decisions) == ["talk.size.ask"]
    assert again.conversation.slots == {"need": NEED.value}
    assert after(flows, Fill("size", {"min": 5, "max": 5}), base=again.conversation).outcome == "fine"


def test_an_unless_passes_a_question_by() -> None:
    flows = talk("- ask: need\n- ask: size\n  unless: need == tea\n", "{need: text, size: number}")
    assert after(flows, Wish("greet"), Fill("need", "tea")).status == "ended"
    assert after(flows, Wish("greet"), Fill("need", "coffee")).step == "size"


def test_a_circle_that_was_never_proved_ends_the_turn_and_no_more() -> None:
    flows = talk("- say: one\n- say: two\n  then: {go: one}\n")
    spun = turn(flows, NEW, Wish("greet"))
    assert spun.conversation.version == 1
    assert said(spun.decisions) == ["talk.one", "talk.two"]


def test_a_contact_flow_may_name_its_slot_otherwise() -> None:
    contact = CONTACT.replace("contact: contact", "reach: contact").replace("ask: contact", "ask: reach")
    flows = talk("- call: contact\n", more={"contact.yaml": contact.replace("go: contact", "go: reach")})
    stored = after(flows, Wish("greet"), press("contact.consent", "yes"))
    assert stored.step == "reach"


# ------------------------------------------------------------------ states of older versions
OLD = after(SHIPPED, *QUALIFIED[:3])
"""A prospect at the question for the budget."""


def test_a_step_that_moved_is_found_without_a_word_about_it() -> None:
    flows = talk("- ask: need\n- ask: team\n", "{need: text, team: number}", rest="moved: {size: team}")
    stored = replace(after(flows, Wish("greet"), NEED), step="size")
    found = turn(flows, stored, Wish("help"))
    assert found.conversation.place == Place("talk", "team")
    assert said(found.decisions) == ["common.help", "talk.team.ask"]
    pressed = talk(
        "- ask: need\n- ask: team\n  choices: ['1-5']\n", "{need: text, team: number}", rest="moved: {size: team}"
    )
    assert after(pressed, press("talk.size", "1-5"), base=stored).slots["team"] == {"min": 1, "max": 5}


@pytest.mark.parametrize(("safe", "step"), [("safe: size", "size"), ("", "need")])
def test_a_step_that_is_gone_falls_to_a_safe_one_with_a_kind_word(safe: str, step: str) -> None:
    flows = talk("- ask: need\n- ask: size\n", "{need: text, size: number}", rest=safe)
    stored = replace(after(flows, Wish("greet")), step="gone")
    found = turn(flows, stored, Wish("thanks"))
    assert said(found.decisions) == ["common.moved", "common.thanks_back", f"talk.{step}.ask"]
    assert open_question(flows, stored, NOW)[0].step == step


def test_a_flow_that_is_gone_leads_to_the_start_where_the_known_is_passed_by() -> None:
    stored = replace(OLD, flow="gone", step="gone")
    found = turn(SHIPPED, stored, Wish("thanks"))
    assert said(found.decisions) == ["common.moved", "common.thanks_back", "qualification.budget.ask"]


def test_a_conversation_that_ended_in_a_flow_that_is_gone_stays_ended() -> None:
    stored = replace(OLD, flow="gone", step="", status="ended")
    found = turn(SHIPPED, stored, Wish("thanks"))
    assert said(found.decisions) == ["common.thanks_back"]
    assert found.conversation.status == "ended"


def test_a_waiting_flow_goes_on_although_its_step_or_itself_is_gone() -> None:
    waiting = replace(OLD, paused=(Place("gone", "gone"), Place("greeting", "gone")))
    ended = after(SHIPPED, press("qualification.budget", "!skip"), press("qualification.deadline", "now"), base=waiting)
    assert (ended.flow, ended.step) == ("contact", "consent")


def test_the_way_back_leads_past_steps_that_are_gone() -> None:
    flows = talk("- ask: need\n- ask: size\n", "{need: text, size: number}")
    stored = after(flows, Wish("greet"), NEED)
    gone = tuple(replace(mark, place=Place("talk", "gone")) for mark in stored.trail)
    back = turn(flows, replace(stored, trail=(*stored.trail, *gone)), Wish("back"))
    assert said(back.decisions) == ["talk.need.ask"]
    nowhere = turn(flows, replace(stored, trail=gone), Wish("back"))
    assert said(nowhere.decisions) == ["common.nothing_to_go_back", "talk.size.ask"]


@pytest.mark.parametrize("value", [{"from": "soon"}, {"from": 5, "to": None}, "tomorrow", 7, {"min": "x"}, []])
def test_a_value_of_another_shape_is_lived_with(value: object) -> None:
    slots = {"need": "x", "quantity": value, "budget": value, "deadline": value}
    stored = Conversation("c1", NEW.address, "ru", flow="greeting", step="call_2", slots=slots)  # type: ignore[arg-type]
    result = advance(SHIPPED, stored, [Wish("thanks")], NOW)
    assert result.conversation.place == Place("contact", "consent")
