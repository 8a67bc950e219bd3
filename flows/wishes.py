"""What a prospect may wish from any step: help, back, a correction, another language, to stop, a contact, an answer."""

from flows.model import (
    BOT,
    Agreed,
    Ask,
    Cancel,
    Consent,
    Correct,
    Json,
    Language,
    Notify,
    Option,
    Wish,
    Withdraw,
)
from flows.run import Run
from flows.schema import CONTACT
from flows.scoring import may_keep_contact, reachable
from flows.walk import exits

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
            run.say("common.restarted")
        case "leave_contact":
            leave_contact(run)
        case "me":
            _show_me(run)
        case "languages":
            tags = ("ru", "en")
            run.say("common.choose_language", options=tuple(_language(tag) for tag in tags))
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
    """Pass the open question over when it allows that; else say why not."""
    step = run.question()
    if step is None:
        run.say("common.noted")
        return
    if not step.skip:
        run.change(retries=run.c.retries + 1)
        run.ask_again("retry" if run.c.retries <= step.retry else "full")
        return
    if step.purposes:
        now = run.now.isoformat(timespec="seconds")
        run.change(consents={**run.c.consents, step.purposes[0]: Consent(granted=False, at=now)})
    run.fill(step.slot, None, "")
    run.answered()


def _back(run: Run) -> None:
    """Return to the question answered before this one, and forget its answer."""
    marks = [mark for mark in run.c.trail if mark.place != run.c.place]
    if not marks:
        run.say("common.nothing_to_go_back")
        run.ask_again("full")
        return
    mark = marks[-1]
    step = run.flows.step(mark.place)
    slot, purposes = getattr(step, "slot", ""), getattr(step, "purposes", ())
    run.change(
        slots={name: value for name, value in run.c.slots.items() if name != slot},
        consents={name: consent for name, consent in run.c.consents.items() if name not in purposes},
        trail=tuple(marks[:-1]),
    )
    run.go(mark.place, mark.paused)
    run.ask_again("full")


def correct(run: Run, command: Correct) -> None:
    """Ask which answer to change."""
    known = [slot for slot, value in run.c.slots.items() if value is not None and run.flows.question(slot)]
    if command.slot in known:
        known = [command.slot]
    if not known:
        run.say("common.nothing_to_go_back")
        run.ask_again("full")
        return
    shown = tuple(Option(f"common.slots.{slot}", f"!:0:correct.{slot}") for slot in known)
    run.say("common.correct_which", options=shown)


def leave_contact(run: Run) -> None:
    """Go straight to consent and contact; a yes already given is not asked for again."""
    if run.silent:
        return
    if reachable(run.c.contact) and may_keep_contact(run.c) and run.c.qualified:
        run.say("common.contact_known")
        run.ask_again("buttons")
        return
    consents = {name: consent for name, consent in run.c.consents.items() if consent.granted}
    told = tuple(key for key in run.c.told if not key.startswith(f"{CONTACT}."))
    slots = {name: value for name, value in run.c.slots.items() if name not in _contact_slots(run)}
    run.change(consents=consents, told=told, slots=slots)
    if run.c.flow != CONTACT or not run.c.step:
        run.enter(CONTACT, run.c.place if run.c.step else None)
    run.ask_again("full")


def _contact_slots(run: Run) -> tuple[str, ...]:
    """The slots that the contact flow asks for."""
    return tuple(run.flows.by_name[CONTACT].slots)


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


def withdraw(run: Run, command: Withdraw) -> None:
    """Take a consent back; without the right to process it the contact goes too."""
    consent = run.c.consents.get(command.purpose)
    if consent is None or not consent.granted:
        run.say("common.already_noted")
        return
    refused = Consent(granted=False, at=run.now.isoformat(timespec="seconds"))
    run.change(consents={**run.c.consents, command.purpose: refused})
    if command.purpose == "processing":
        run.change(contact=None)
    words = ", ".join(run.flows.services)
    run.decide(Agreed(command.purpose, granted=False, key=f"consent.{command.purpose}", services=words))
    run.say("me.withdrawn")


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
    if run.silent:
        return
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
        run.say("common.consult", options=exits())
