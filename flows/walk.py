"""Walks from step to step until a question is open or the conversation ends."""

from datetime import timedelta
from typing import assert_never

from flows.commands import HandOff
from flows.decisions import Notify, Wake
from flows.model import Place
from flows.run import Run
from flows.schema import (
    CONTACT,
    START,
    AskStep,
    BranchStep,
    CallStep,
    EndStep,
    Flows,
    FollowUpStep,
    HandOverStep,
    QualifyStep,
    SayStep,
    Target,
)
from flows.scoring import reachable

LIMIT = 200
"""More steps in one turn than any proved flow takes: a loop that `check` was not asked about ends here."""


def begin(run: Run) -> None:
    """Stand at the first step of the first flow."""
    run.change(started_at=run.c.started_at or run.now.isoformat())
    run.go(run.flows.first(run.flows.start), ())


def settle(run: Run) -> None:
    """Make a state of an older version fit: a moved step, else a safe one with a kind word; never raise."""
    if not run.c.flow:
        return
    if not all(_stands(run, place) for place in run.c.paused):
        run.change(paused=standing(run, run.c.paused))
    if _stands(run, run.c.place):
        return
    if not run.c.step:  # it had ended, in a flow that is gone
        run.change(flow=START)
        return
    mapped = moved(run.flows, run.c.place)
    run.go(mapped or _safe(run, run.c.place))
    if mapped is None:
        run.say("common.moved")
    run.ask_again("full")


def standing(run: Run, paused: tuple[Place, ...]) -> tuple[Place, ...]:
    """Flows that wait, each at a step that exists; one that is gone waits no more.

    A flow whose step is gone goes on from its safe step: what is known is passed by, and what was told is not repeated.
    """
    return tuple(
        place if _stands(run, place) else moved(run.flows, place) or _safe(run, place)
        for place in paused
        if place.flow in run.flows.by_name
    )


def _stands(run: Run, place: Place) -> bool:
    """Whether a place still exists; no step at all means the end of a flow that exists."""
    return run.flows.step(place) is not None or (not place.step and place.flow in run.flows.by_name)


def moved(flows: Flows, place: Place) -> Place | None:
    """Where the flow's `moved` table says that a step went."""
    flow = flows.by_name.get(place.flow)
    target = flow.moved.get(place.step, "") if flow else ""
    return Place(place.flow, target) if flows.at(place.flow, target) else None


def _safe(run: Run, place: Place) -> Place:
    """The named safe step of the flow, or its first; a flow that is gone leads to the start."""
    flow = run.flows.by_name.get(place.flow) or run.flows.by_name[START]
    return Place(flow.flow, flow.safe) if flow.safe and flow.step(flow.safe) else run.flows.first(flow.flow)


def satisfied(run: Run, step: AskStep) -> bool:
    """Whether a question need not be asked: answered, passed over, or its `unless` holds."""
    if step.purposes:
        if step.purposes[0] in run.c.consents:
            return True
    elif step.slot in run.c.slots or (step.slot in run.flows.contact_slots and _contact_settled(run)):
        return True
    return step.passed_by is not None and step.passed_by(run.facts())


def _contact_settled(run: Run) -> bool:
    """A contact is known, or may not be asked for: consent was refused or taken back."""
    consent = run.c.consents.get("processing")
    if consent is None or not consent.granted:
        return consent is not None
    return reachable(run.c.contact) and run.c.asked not in run.flows.contact_slots


def walk(run: Run) -> None:
    """Run steps until a question is open, or until the end."""
    for _ in range(LIMIT):
        step = run.flows.at(run.c.flow, run.c.step)
        if step is None:
            if not _return(run):
                return
        elif isinstance(step, AskStep):
            if not satisfied(run, step):
                return
            _next(run, step.then, step.id)
        elif isinstance(step, EndStep):
            if not _resume(run):
                _end(run, step.outcome)
                return
        else:
            _pass(run, step)


def _pass(run: Run, step: SayStep | BranchStep | CallStep | QualifyStep | HandOverStep | FollowUpStep) -> None:
    """Do what a step does that waits for nobody, and go on."""
    target = step.then
    match step:
        case SayStep():
            _tell(run, f"{run.c.flow}.{step.id}")
        case BranchStep():
            values = run.scored_facts() if step.weighs else run.facts()
            target = next((case.then for case in step.cases if case.holds(values)), step.otherwise)
        case CallStep():
            target = Target(call=step.flow, preset=step.preset)
        case QualifyStep():
            run.change(qualified=True)
        case HandOverStep():
            want_person(run, HandOff(step.reason))
        case FollowUpStep():
            _follow_up(run, step.say, step.after, step.at_most)
        case _ as never:
            assert_never(never)
    _next(run, target, step.id)


def _next(run: Run, target: Target | None, step: str) -> None:
    """Go where a target leads, or to the next step of the flow."""
    flow = run.c.flow
    if target is not None and target.go:
        _go(run, target.go, step)
        return
    if target is not None and target.end:
        _end(run, target.end)
        return
    following = Place(flow, run.flows.after(flow, step))
    if target is not None and target.call:
        for slot, value in target.preset.items():
            run.fill(slot, value, "")
        run.enter(target.call, following)
        return
    if target is not None and target.hand_over:
        want_person(run, HandOff(target.hand_over))
    run.go(following)


def _go(run: Run, target: str, step: str) -> None:
    """Go to a step of this flow; the questions of the way back are asked again, or a loop would never end."""
    flow, order = run.c.flow, run.flows.order
    first, last = order[flow, target], order[flow, step]
    if first <= last:
        between = run.flows.by_name[flow].steps[first : last + 1]
        asked = frozenset(found.slot for found in between if isinstance(found, AskStep) and not found.purposes)
        run.forget(asked - run.flows.contact_slots)
    run.go(Place(flow, target))


def _return(run: Run) -> bool:
    """Leave a flow that has run out; False when nothing waits and the conversation is over."""
    if not run.c.paused:
        if run.c.step or run.c.status == "open":
            _end(run, run.c.outcome)
        return False
    resume = run.c.paused[-1]
    run.go(resume, run.c.paused[:-1])
    return True


def _resume(run: Run) -> bool:
    """Go back to the questions that a contact given unasked broke into; the contact's flow says its thanks again."""
    if not (run.c.resumes and run.c.flow == CONTACT and run.c.paused):
        return False
    run.change(resumes=False, told=tuple(key for key in run.c.told if not key.startswith(f"{CONTACT}.")))
    return _return(run)


def _end(run: Run, outcome: str) -> None:
    """The conversation has reached its end; questions are still welcome."""
    run.change(status="ended", outcome=outcome, step="", paused=(), retries=0)


def _tell(run: Run, key: str) -> None:
    """Say a step's text once a conversation."""
    if key not in run.c.told:
        run.change(told=(*run.c.told, key))
        run.say(key)


def _follow_up(run: Run, say: str, after: timedelta, at_most: int) -> None:
    """Set a wake-up while some of its number are left."""
    name = f"{run.c.flow}.{say}"
    if run.c.wakes.get(name, 0) < at_most:
        run.decide(Wake(name, after))


def want_person(run: Run, wish: HandOff) -> None:
    """Flag that a person is wanted; said once, the desk told once."""
    if run.silent:
        return
    if run.c.wants_person:
        run.say("common.person_waits")
        return
    run.change(wants_person=wish.reason, answer_owed="")
    run.say(f"common.person.{wish.reason}")
    run.decide(Notify("person_asked", {"reason": wish.reason}))
