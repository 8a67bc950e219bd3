"""What answers do: slots filled, buttons pressed, contacts given, words that could not be read, objections."""

from flows.model import (
    Agreed,
    Choose,
    Consent,
    Contact,
    Fill,
    GiveContact,
    HandOff,
    Json,
    Language,
    Notify,
    Object,
    Place,
    Unclear,
    Wish,
    Withdraw,
)
from flows.run import Run
from flows.schema import AskStep
from flows.scoring import may_keep_contact, reachable
from flows.slots import choice_value
from flows.walk import exits, want_person
from flows.wishes import leave_contact, speak_language, wish, withdraw

FINAL_OBJECTIONS = frozenset({"not_needed", "brush_off"})
"""Never argued: one polite line, the end."""


def fill(run: Run, command: Fill) -> None:
    """A slot becomes known; another value for a known slot is a correction and is confirmed."""
    step = run.question()
    if step and step.slot == command.slot:
        if step.purposes:
            agree(run, step, str(command.value))
        else:
            run.fill(command.slot, command.value, command.text)
        run.answered()
        return
    known = run.c.slots.get(command.slot)
    run.fill(command.slot, command.value, command.text)
    if known is not None and known != command.value:
        run.say("common.corrected", {"slot": command.slot, "value": command.value})
        run.ask_again("full")


def choose(run: Run, command: Choose) -> None:
    """A press: on the open question, on an older one, or on a button that is not part of a question."""
    if command.flow == "!":
        _press(run, command.value)
        return
    step = run.flows.step(Place(command.flow, command.step))
    if not isinstance(step, AskStep) or not _offers(step, command.value):
        run.say("common.stale")
        run.ask_again("full")
        return
    if run.c.place == Place(command.flow, command.step) and run.c.status != "stopped":
        _answer(run, step, command.value)
        return
    _press_again(run, step, command.value)


def _offers(step: AskStep, value: str) -> bool:
    """Whether a press of that value can come from a button of this step, today or in an older version."""
    return value in step.choices or value == "!skip" or (bool(step.purposes) and value in {"yes", "processing", "no"})


def _answer(run: Run, step: AskStep, value: str) -> None:
    """A press that answers the open question."""
    if value == "!skip":
        wish(run, Wish("skip"))
        return
    fill(run, Fill(step.slot, _meaning(run, step, value), ""))


def _meaning(run: Run, step: AskStep, value: str) -> Json:
    """The slot's value behind a prepared choice."""
    if step.purposes:
        return value
    kind = run.flows.slot_types.get(step.slot, "choice")
    return choice_value(kind, value, run.now.date(), run.flows.currency)


def _press_again(run: Run, step: AskStep, value: str) -> None:
    """A press on an older question: the same answer is only noted, another one changes it."""
    if value == "!skip" or (step.slot not in run.c.slots and not step.purposes):
        run.say("common.stale")
    elif step.purposes:
        granted = run.c.consents.get(step.purposes[0])
        if granted is not None and granted.granted == (value != "no"):
            run.say("common.already_noted")
        else:
            agree(run, step, value)
            run.say("common.noted")
    elif run.c.slots[step.slot] == (meaning := _meaning(run, step, value)):
        run.say("common.already_noted")
    else:
        run.fill(step.slot, meaning, "")
        run.say("common.corrected", {"slot": step.slot, "value": meaning})
    run.ask_again("full")


def _press(run: Run, value: str) -> None:
    """A button that stands under many messages."""
    name, _, rest = value.partition(".")
    match name:
        case "contact":
            leave_contact(run)
        case "person":
            want_person(run, HandOff())
            run.ask_again("buttons")
        case "lang":
            speak_language(run, Language(rest))
        case "withdraw":
            withdraw(run, Withdraw(rest))
        case "languages":
            wish(run, Wish("languages"))
        case "correct":
            wish_to_correct(run, rest)
        case _:
            run.say("common.stale")
            run.ask_again("full")


def wish_to_correct(run: Run, slot: str) -> None:
    """Open the question of a slot again; from there the known answers are passed by."""
    place = run.flows.question(slot)
    mark = next((mark for mark in reversed(run.c.trail) if mark.place == place), None)
    if place is None or slot not in run.c.slots:
        run.say("common.stale")
    else:
        slots = {name: value for name, value in run.c.slots.items() if name != slot}
        paused = mark.paused if mark else (*run.c.paused, run.c.place) if run.c.step else ()
        run.change(slots=slots)
        run.go(place, paused)
    run.ask_again("full")


def agree(run: Run, step: AskStep, value: str) -> None:
    """Record the answer to every purpose that was asked for; only an explicit yes counts."""
    for number, purpose in enumerate(step.purposes):
        if purpose == "transfer" and not run.flows.services:
            continue
        granted = value == "yes" or (value == "processing" and number == 0)
        consents = {**run.c.consents, purpose: Consent(granted, run.now.isoformat(timespec="seconds"))}
        run.change(consents=consents)
        run.decide(Agreed(purpose, granted, f"consent.{purpose}", ", ".join(run.flows.services)))


def give_contact(run: Run, command: GiveContact) -> None:
    """A contact is kept beside what was known; before consent it is held, and consent is asked next."""
    run.change(contact=_merge(run.c.contact, command.contact))
    if not reachable(run.c.contact):
        return
    step = run.question()
    if may_keep_contact(run.c):
        if step and run.flows.slot_types.get(step.slot) == "contact":
            run.answered()
        else:
            run.say("common.noted")
            run.ask_again("full")
        return
    if run.silent or (step and step.purposes):
        run.say("common.contact_held")
        run.ask_again("full")
        return
    run.say("common.contact_held")
    leave_contact(run)


def _merge(old: Contact | None, new: Contact) -> Contact:
    """The newer word wins; what it leaves empty stays."""
    if old is None:
        return new
    return Contact(
        name=new.name or old.name,
        phone=new.phone or old.phone,
        email=new.email or old.email,
        telegram=new.telegram or old.telegram,
        verified=new.verified if new.phone else old.verified,
    )


def unclear(run: Run, command: Unclear) -> None:
    """Words that say nothing we know: rephrase while the budget lasts, then leave by the question's exit."""
    step = run.question()
    if run.silent:
        return
    if step is None:
        run.say("common.note_taken", options=() if reachable(run.c.contact) else exits())
        run.decide(Notify("unanswered", {"question": command.text[:300]}))
        return
    run.change(retries=run.c.retries + 1)
    if run.c.retries <= step.retry:
        run.ask_again("retry")
    elif step.exit == "skip" and step.skip:
        wish(run, Wish("skip"))
    elif step.exit == "choices" and run.c.retries == step.retry + 1:
        run.ask_again("full")
    elif run.c.wants_person:
        run.say("common.consult", options=exits())
    else:
        want_person(run, HandOff("unclear"))
        run.ask_again("buttons")


def object_to(run: Run, command: Object) -> None:
    """An objection is heard, never argued twice; a plain no ends it politely."""
    run.signal(f"objection_{command.type}", command.text)
    if command.type in FINAL_OBJECTIONS:
        run.change(status="ended", outcome="not_needed", step="", paused=())
        run.say("common.farewell")
        return
    run.say("common.objection")
    run.ask_again("buttons")
