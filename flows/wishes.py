"""What a prospect may wish from any step: help, back, a correction, another language, to stop, a contact, an answer."""

from flows.attempts import misread, pass_over
from flows.commands import Ask, Correct, Language, Wish
from flows.decisions import Cancel, Notify, Option, Say
from flows.model import BOT, Json, Mark
from flows.posing import exits
from flows.run import Run
from flows.schema import CONTACT, AskStep
from flows.scoring import may_keep_contact, reachable
from flows.walk import standing

CORRECT = "correct"
"""`Conversation.asked` while the last thing said was the question which answer to change."""
_FLIP = 2  # detections in a row that change the language without an explicit wish


def wish(run: Run, command: Wish) -> None:  # noqa: C901 - one case a wish
    """Do what was wished."""
    match command.name:
        case "skip":
            _skip(run)
        case "back":
            _back(run)
        case "help":
            run.say("common.help")
            run.ask_again("buttons")
        case "stop":
            run.change(status="stopped")
            run.decide(Cancel(BOT))
            run.say("common.stopped")
        case "restart":
            run.out.insert(0, Say("common.restarted"))
        case "leave_contact":
            leave_contact(run)
        case "me":
            _show_me(run)
        case "languages":
            run.say("common.choose_language", options=tuple(_language(tag) for tag in run.flows.locales))
        case "greet":
            if run.before.flow:
                run.say("common.greet_back")
            run.ask_again("full")
        case "thanks":
            run.say("common.thanks_back")
            run.ask_again("buttons")
        case "buy":
            _buy(run, command.text)


def _language(tag: str) -> Option:
    """A button for a language, labelled in that language."""
    return Option(f"common.languages.{tag}", f"!:0:lang.{tag}")


def _skip(run: Run) -> None:
    """Pass the open question over; one that is needed is asked in other words, as for an answer that says nothing."""
    step = run.question()
    if step is None:
        run.say("common.ended")
    else:
        (pass_over if step.skip else misread)(run, step)


def _back(run: Run) -> None:
    """Return to the question answered before this one, and forget its answer.

    A contact that may be kept stays, with its consent: it is changed by giving another, and withdrawn in `/me`.
    """
    trail = list(run.c.trail)
    while trail:
        mark = trail.pop()
        step = run.flows.step(mark.place)
        if isinstance(step, AskStep) and mark.place != run.c.place and not _kept(run, step):
            _reopen(run, step, mark, tuple(trail))
            break
    else:
        run.say("common.nothing_to_go_back")
    run.ask_again("full")


def _kept(run: Run, step: AskStep) -> bool:
    """Whether a question is about the contact of a lead, which must not be lost on the way back."""
    about = bool(step.purposes) or step.slot in run.flows.contact_slots
    return about and reachable(run.c.contact) and may_keep_contact(run.c)


def _reopen(run: Run, step: AskStep, mark: Mark, trail: tuple[Mark, ...]) -> None:
    """Stand at an earlier question again, as if it had not been answered."""
    consents = {name: consent for name, consent in run.c.consents.items() if name not in step.purposes}
    run.forget(frozenset({step.slot}))
    run.change(consents=consents, trail=trail)
    run.go(mark.place, standing(run, mark.paused))


def correct(run: Run, command: Correct) -> None:
    """Open the question of an earlier answer again, or ask which; from there the known answers are passed by."""
    step = run.question()
    known = [slot for slot, value in run.c.slots.items() if value is not None and run.flows.question(slot)]
    if reachable(run.c.contact):
        known += [slot for slot in sorted(run.flows.contact_slots) if run.flows.question(slot)]
    if command.slot in run.flows.contact_slots.intersection(known):
        _correct_contact(run, command.slot)
    elif command.slot in known:
        _correct(run, command.slot)
    elif command.slot and step is not None and step.slot == command.slot:
        run.ask_again("full")
    elif known:
        run.say("common.correct_which", options=tuple(_correction(slot) for slot in known))
        run.change(asked=CORRECT)
    else:
        run.say("common.nothing_to_correct")
        run.ask_again("full")


def _correction(slot: str) -> Option:
    """A button for an answer that may be changed."""
    return Option(f"common.slots.{slot}", f"!:0:correct.{slot}")


def _correct(run: Run, slot: str) -> None:
    """Ask for a slot again, and come back to where we are."""
    place = run.flows.question(slot)
    if place is None or run.silent:
        return
    mark = next((mark for mark in reversed(run.c.trail) if mark.place == place), None)
    run.forget(frozenset({slot}))
    run.go(place, standing(run, mark.paused) if mark else run.beneath(place.flow))
    run.ask_again("full")


def _correct_contact(run: Run, slot: str) -> None:
    """Ask for the contact again: the one of a lead stays until another comes, one only held is dropped at once."""
    if run.silent:
        return
    inside = run.c.flow == CONTACT
    resumes = run.c.resumes if inside else bool(run.c.step)
    if not may_keep_contact(run.c):
        run.change(contact=None)
        leave_contact(run, resumes=resumes)
        return
    place = run.flows.question(slot) or run.flows.first(CONTACT)
    run.forget(frozenset({slot}))
    run.go(place, run.beneath(CONTACT))
    run.change(asked=slot, resumes=resumes)
    run.ask_again("full")


def leave_contact(run: Run, *, resumes: bool = False) -> None:
    """Go straight to consent and contact; a yes already given is not asked for again.

    `resumes`: the contact came unasked, and so the questions go on afterwards.
    """
    if run.silent:
        return
    if reachable(run.c.contact) and may_keep_contact(run.c) and run.c.qualified:
        run.say("common.contact_known")
        run.ask_again("buttons")
        return
    slots = run.flows.by_name[CONTACT].slots
    run.forget(frozenset(name for name in slots if run.c.slots.get(name) is None))
    run.change(
        consents={name: given for name, given in run.c.consents.items() if given.granted or name == "marketing"},
        told=tuple(key for key in run.c.told if not key.startswith(f"{CONTACT}.")),
        resumes=resumes,
    )
    run.go(run.flows.first(CONTACT), run.beneath(CONTACT))
    run.ask_again("full")


def _buy(run: Run, text: str) -> None:
    """A wish to buy or be called shortens the road: the contact is next."""
    run.signal("buy", text)
    if reachable(run.c.contact) and may_keep_contact(run.c):
        run.change(qualified=True)
        run.say("common.noted")
        run.ask_again("buttons")
        return
    leave_contact(run)


def speak_language(run: Run, command: Language) -> None:
    """Change the language at once when asked, else only after two detections in a row."""
    if command.locale not in run.flows.locales:
        run.say("common.choose_language", options=tuple(_language(tag) for tag in run.flows.locales))
        return
    if command.explicit:
        run.change(locale=command.locale, locale_locked=True, language_hints=0)
        run.say("common.language_changed")
        run.ask_again("full")
        return
    if run.c.locale_locked or command.locale == run.c.locale:
        run.change(language_hints=0)
        return
    hints = run.c.language_hints + 1
    if hints >= _FLIP:
        run.change(locale=command.locale, language_hints=0)
    else:
        run.change(language_hints=hints)


def _show_me(run: Run) -> None:
    """What is known of the prospect, and what they can do about it."""
    granted = [name for name, consent in run.c.consents.items() if consent.granted]
    contact = run.c.contact
    slots: dict[str, Json] = {name: value for name, value in run.c.slots.items() if value is not None}
    reach: list[Json] = [value for value in (contact.name, contact.phone, contact.email) if value] if contact else []
    consents: dict[str, Json] = {name: consent.granted for name, consent in run.c.consents.items()}
    shown = [Option(f"me.options.withdraw_{name}", f"!:0:withdraw.{name}") for name in granted]
    shown.append(Option("me.options.language", "!:0:languages"))
    run.say("me.card", {"slots": slots, "contact": reach, "consents": consents}, tuple(shown))


def ask(run: Run, command: Ask) -> None:
    """Answer a free question, then return to exactly the place it left, ever less insistently."""
    if command.fact is None:
        run.say("common.unknown")
        run.decide(Notify("unanswered", {"question": command.question[:300]}))
    else:
        run.say(f"answers.{command.fact.kind}", {**command.fact.params, "sources": list(command.fact.sources)})
        if command.fact.kind.startswith("price"):
            run.signal("asked_price", command.question)
    run.change(digressions=run.c.digressions + 1)
    if not run.c.step:
        _offer_exits(run)
        return
    match run.c.digressions:
        case 1:
            run.ask_again("full")
        case 2:
            run.ask_again("buttons")
        case _:
            _offer_exits(run)


def _offer_exits(run: Run) -> None:
    """Stop asking; offer a contact or a person once."""
    if not run.c.offered and not reachable(run.c.contact):
        run.change(offered=True)
        run.say("common.consult", options=exits(run))
