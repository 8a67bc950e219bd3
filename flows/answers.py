"""What answers do: slots filled, buttons pressed, contacts given, words that could not be read, objections."""

from flows import waits
from flows.attempts import misread
from flows.commands import Choose, Correct, Fill, GiveContact, HandOff, Language, Object, Unclear, Wish, Withdraw
from flows.consents import agree, consent_word, meant, withdraw
from flows.decisions import Notify
from flows.model import Contact, Json, Place
from flows.posing import CONSENT_CHOICES, exits
from flows.run import Run
from flows.schema import AskStep
from flows.scoring import may_keep_contact, reachable
from flows.slots import choice_value
from flows.walk import moved, want_person
from flows.wishes import correct, leave_contact, speak_language, wish

FINAL_OBJECTIONS = frozenset({"not_needed", "brush_off"})
"""Never argued: one polite line, the end."""


def fill(run: Run, command: Fill) -> None:
    """A slot becomes known; another value for a known slot is a correction and is confirmed."""
    step = run.question()
    asked = step is not None and step.slot == command.slot
    if step and asked and step.purposes:
        _consent(run, step, command)
    elif run.flows.slot_types.get(command.slot) in {"consent", "contact"}:
        run.ask_again("full")  # a consent counts as the answer to its question, a contact comes by `GiveContact`
    elif asked:
        run.fill(command.slot, command.value, command.text)
        run.answered()
    else:
        _know(run, command.slot, command.value, command.text)


def _consent(run: Run, step: AskStep, command: Fill) -> None:
    """An answer to the open question for consent; what is neither a yes nor a no is none."""
    word = consent_word(command.value)
    if word:
        agree(run, step, word)
        run.answered()
    else:
        misread(run, step)


def _know(run: Run, slot: str, value: Json, text: str) -> None:
    """A slot that was not asked for just now."""
    known = run.c.slots.get(slot)
    run.fill(slot, value, text)
    if known is None and value is not None:
        run.told[slot] = value
    elif known != value:
        run.say("common.corrected", {"slot": slot, "value": value})
        run.ask_again("full")


def choose(run: Run, command: Choose) -> None:
    """A press: on the open question, on an older one, or on a button that is not part of a question."""
    if command.flow == "!":
        _press(run, command.value)
        return
    place = Place(command.flow, command.step)
    place = moved(run.flows, place) or place
    step = run.flows.step(place)
    if not isinstance(step, AskStep) or not _offers(step, command.value):
        _stale(run)
    elif place != run.c.place:
        _press_again(run, step, command.value, command.text)
    elif command.value == "!skip":
        wish(run, Wish("skip"))
    else:
        fill(run, Fill(step.slot, _meaning(run, step, command.value), command.text))


def _stale(run: Run) -> None:
    """A button of another day: say so, and where we are now."""
    run.say("common.stale")
    run.ask_again("full")


def _offers(step: AskStep, value: str) -> bool:
    """Whether a press of that value can come from a button of this step, today or in an older version."""
    return value in step.choices or value == "!skip" or (bool(step.purposes) and value in CONSENT_CHOICES)


def _meaning(run: Run, step: AskStep, value: str) -> Json:
    """The slot's value behind a prepared choice."""
    if step.purposes:
        return value
    kind = run.flows.slot_types.get(step.slot, "choice")
    return choice_value(kind, value, run.now.date(), run.flows.currency)


def _press_again(run: Run, step: AskStep, value: str, text: str) -> None:
    """A press on a question that is not open: the same answer is only noted, another one changes it."""
    if value == "!skip":
        _stale(run)
    elif step.purposes:
        _consent_again(run, step, value)
    elif (meaning := _meaning(run, step, value)) is not None and run.c.slots.get(step.slot) == meaning:
        run.say("common.already_noted")
        run.ask_again("full")
    else:
        _know(run, step.slot, meaning, text)
        run.ask_again("full")


def _consent_again(run: Run, step: AskStep, value: str) -> None:
    """Another answer to a consent that was asked for earlier; a yes that comes late leads on to the contact."""
    if not any(purpose in run.c.consents for purpose in step.purposes):
        _stale(run)
        return
    answers = meant(run, step, value)
    if all(purpose in run.c.consents and run.c.consents[purpose].granted == yes for purpose, yes in answers.items()):
        run.say("common.already_noted")
    else:
        agree(run, step, value)
        run.say("common.noted")
    if may_keep_contact(run.c) and not reachable(run.c.contact):
        leave_contact(run)
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
            correct(run, Correct(rest))
        case _ if name in waits.CHOICES and waits.choose(run, name):
            pass
        case _:
            _stale(run)


def give_contact(run: Run, command: GiveContact) -> None:
    """A contact is kept beside what was known; before consent it is held, and consent is asked next."""
    run.change(contact=_merge(run.c.contact, command.contact))
    step = run.question()
    asked = step is not None and step.slot in run.flows.contact_slots
    if not reachable(run.c.contact):
        if step and asked:
            _name_alone(run, step, command.contact)
        return
    if may_keep_contact(run.c):
        if asked:
            run.answered()
        else:
            run.say("common.noted")
            run.ask_again("full")
        return
    run.say("common.contact_held")
    if step and "processing" in step.purposes:
        run.ask_again("full")
    else:
        leave_contact(run, resumes=bool(run.c.step))


def _name_alone(run: Run, step: AskStep, contact: Contact) -> None:
    """A name is half of a contact: it is kept, and only the other half is asked for."""
    if not contact.name:
        misread(run, step)
        return
    run.say("common.name_noted")
    run.ask_again("buttons")


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
    """Words that say nothing we know are a wrong answer to the open question, or a note for a person."""
    step = run.question()
    if step is not None:
        misread(run, step)
        return
    run.say("common.note_taken", options=exits(run))
    run.decide(Notify("unanswered", {"question": command.text[:300]}))


def object_to(run: Run, command: Object) -> None:
    """An objection is heard, never argued twice; a plain no ends it politely."""
    run.signal(f"objection_{command.type}", command.text)
    if run.silent:
        return
    if command.type in FINAL_OBJECTIONS:
        run.change(status="ended", outcome="not_needed", step="", paused=())
        run.say("common.farewell")
        return
    run.say("common.objection")
    run.ask_again("buttons")
