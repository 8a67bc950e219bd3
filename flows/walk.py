"""Walks from step to step until a question is open or the conversation ends, and poses the open question."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from flows.conditions import holds
from flows.model import HandOff, Json, Notify, Option, Place, Say, Wake
from flows.run import Run
from flows.schema import (
    CONTACT,
    START,
    AskStep,
    BranchStep,
    CallStep,
    EndStep,
    FollowUpStep,
    HandOverStep,
    QualifyStep,
    SayStep,
    Target,
)
from flows.scoring import facts, may_keep_contact, reachable, with_score

LIMIT = 200
"""More steps in one turn than any proved flow takes: a loop that `check` was not asked about ends here."""


def begin(run: Run) -> None:
    """Stand at the first step of the first flow."""
    run.change(started_at=run.c.started_at or run.now.isoformat())
    run.go(Place(START, run.flows.by_name[START].steps[0].id), ())


def settle(run: Run) -> None:
    """Make a state of an older version fit: a moved step, else a safe one with a kind word; never raise."""
    if not run.c.flow:
        return
    paused = tuple(place for place in run.c.paused if _stands(run, place))
    trail = tuple(mark for mark in run.c.trail if _stands(run, mark.place))
    if len(paused) != len(run.c.paused) or len(trail) != len(run.c.trail):
        run.change(paused=paused, trail=trail)
    if not _stands(run, run.c.place):
        mapped = _mapped(run, run.c.place)
        run.go(mapped or _safe(run, run.c.place))
        if mapped is None:
            run.say("common.moved")
        run.ask_again("full")


def _stands(run: Run, place: Place) -> bool:
    """Whether a place still exists; no step at all means the end of a flow that exists."""
    return run.flows.step(place) is not None or (not place.step and place.flow in run.flows.by_name)


def _mapped(run: Run, place: Place) -> Place | None:
    """Where the flow's `moved` table says that a step went."""
    flow = run.flows.by_name.get(place.flow)
    target = flow.moved.get(place.step, "") if flow else ""
    return Place(place.flow, target) if flow and flow.step(target) else None


def _safe(run: Run, place: Place) -> Place:
    """The named safe step of the flow, or its first; a flow that is gone leads to the start."""
    flow = run.flows.by_name.get(place.flow) or run.flows.by_name[START]
    return Place(flow.flow, flow.safe if flow.safe and flow.step(flow.safe) else flow.steps[0].id)


def satisfied(run: Run, step: AskStep) -> bool:
    """Whether a question need not be asked: answered, passed over, or its `unless` holds."""
    if step.unless is not None and holds(step.unless, facts(run.flows, run.c, run.now.date())):
        return True
    if step.purposes:
        return step.purposes[0] in run.c.consents
    if run.flows.slot_types.get(step.slot) == "contact":
        given = reachable(run.c.contact) and may_keep_contact(run.c)
        return given or step.slot in run.c.slots
    return step.slot in run.c.slots


def walk(run: Run) -> None:
    """Run steps until a question is open, or until the end."""
    for _ in range(LIMIT):
        step = run.flows.step(run.c.place)
        if step is None:
            if not _return(run):
                return
        elif isinstance(step, AskStep):
            if not satisfied(run, step):
                return
            _next(run, step.then, step.id)
        elif isinstance(step, EndStep):
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
            values = with_score(run.flows, facts(run.flows, run.c, run.now.date()))
            target = next((case.then for case in step.cases if holds(case.when, values)), step.otherwise)
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
    if target is None or not target.count():
        run.go(Place(flow, run.flows.by_name[flow].after(step)))
    elif target.go:
        run.go(Place(flow, target.go))
    elif target.call:
        _call(run, target.call, dict(target.preset), step)
    elif target.hand_over:
        want_person(run, HandOff(target.hand_over))
        run.go(Place(flow, run.flows.by_name[flow].after(step)))
    else:
        _end(run, target.end or "")


def _call(run: Run, flow: str, preset: dict[str, str | int | bool], step: str) -> None:
    """Enter another flow and come back behind the calling step."""
    resume = Place(run.c.flow, run.flows.by_name[run.c.flow].after(step))
    for slot, value in preset.items():
        run.fill(slot, value, "")
    run.enter(flow, resume)


def _return(run: Run) -> bool:
    """Leave a flow that has run out; False when nothing waits and the conversation is over."""
    if not run.c.paused:
        if run.c.step or run.c.status == "open":
            _end(run, run.c.outcome)
        return False
    resume = run.c.paused[-1]
    run.go(resume, run.c.paused[:-1])
    return True


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
    if run.c.wants_person or run.silent:
        run.say("common.person_waits")
        return
    run.change(wants_person=wish.reason)
    run.say(f"common.person.{wish.reason}")
    run.decide(Notify("person_asked", {"reason": wish.reason}))


# ------------------------------------------------------------------ posing the open question
def pose(run: Run) -> None:
    """Add the open question to what is said, as fully as this turn calls for."""
    step = run.question()
    if run.silent or step is None or not run.pose:
        return
    if run.pose == "buttons":
        _attach(run, options(run, step), share=_shares(run, step))
        return
    key = f"{run.c.flow}.{step.id}"
    text = f"{key}.retry.{run.c.retries - 1}" if run.pose == "retry" else f"{key}.ask"
    params: dict[str, Json] = {"services": ", ".join(run.flows.services)}
    purposes = _purposes(run, step) if run.pose == "full" else ()
    says = [Say(text, params, step=key), *(Say(f"consent.{purpose}", params) for purpose in purposes)]
    run.out += says[:-1]
    run.decide(replace(says[-1], options=options(run, step), share_contact=_shares(run, step), step=key))


def _attach(run: Run, shown: tuple[Option, ...], *, share: bool) -> None:
    """Put the question's buttons under the last text, without asking it again."""
    for number in range(len(run.out) - 1, -1, -1):
        said = run.out[number]
        if isinstance(said, Say):
            if not said.options:
                run.out[number] = replace(said, options=shown, share_contact=share)
            return


def _purposes(run: Run, step: AskStep) -> tuple[str, ...]:
    """The purposes that a consent question names; passing on is none where there is nobody to pass on to."""
    return tuple(purpose for purpose in step.purposes if purpose != "transfer" or run.flows.services)


def options(run: Run, step: AskStep) -> tuple[Option, ...]:
    """A question's buttons: its choices or examples, then skip, then the contact that is always one press away."""
    key = f"{run.c.flow}.{step.id}"
    version = run.flows.by_name[run.c.flow].version
    kind = run.flows.slot_types.get(step.slot)
    values: tuple[str, ...] = step.choices
    if step.purposes:
        values = ("yes", "processing", "no") if len(_purposes(run, step)) > 1 else ("yes", "no")
    shown = [Option(f"{key}.choices.{value}", f"{key}:{version}:{value}") for value in values]
    if step.examples:
        shown += [Option(f"{key}.examples.{number}", f"{key}:{version}:~{number}") for number in range(3)]
    if step.skip:
        shown.append(Option("common.options.skip", f"{key}:{version}:!skip"))
    if run.c.flow != CONTACT and kind not in {"consent", "contact"} and not reachable(run.c.contact):
        shown.append(Option("common.options.contact", "!:0:contact"))
    return tuple(shown)


def exits() -> tuple[Option, ...]:
    """What is offered when asking has stopped: leave a contact, or a person."""
    return (Option("common.options.contact", "!:0:contact"), Option("common.options.person", "!:0:person"))


def _shares(run: Run, step: AskStep) -> bool:
    """Whether the messenger's own share button helps here."""
    return run.flows.slot_types.get(step.slot) == "contact"
