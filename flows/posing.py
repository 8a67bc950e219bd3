"""Poses the open question: in full, rephrased or by its buttons alone, and offers the ways out."""

from flows.decisions import Option, Say
from flows.run import Run
from flows.schema import CONTACT, AskStep, Purpose
from flows.scoring import reachable

EXAMPLES = 3
"""How many example answers a question with `examples` shows."""
CONSENT_CHOICES = ("yes", "processing", "no")
"""Yes to all, yes without the outside services, no; the middle one only where there are such services."""


def pose(run: Run) -> None:
    """Add the open question to what is said, as fully as this turn calls for."""
    step = run.question()
    if run.silent or step is None or not run.pose:
        return
    share = step.slot in run.flows.contact_slots
    if run.pose == "buttons":
        _attach(run, buttons(run, step), share=share)
        return
    key = f"{run.c.flow}.{step.id}"
    params = run.flows.named_services
    retry = run.pose == "retry" and run.c.retries > 0
    text = f"{key}.retry.{run.c.retries - 1}" if retry else f"{key}.ask"
    if "processing" in step.purposes and reachable(run.c.contact) and not retry:
        text = "common.consent_held"
    texts = [text, *(f"consent.{purpose}" for purpose in asked_purposes(run, step) if not retry)]
    run.out += [Say(text, params, step=key) for text in texts[:-1]]
    run.decide(Say(texts[-1], params, buttons(run, step), share, key))


def _attach(run: Run, shown: tuple[Option, ...], *, share: bool) -> None:
    """Put the question's buttons under the last text, without asking it again."""
    for number in range(len(run.out) - 1, -1, -1):
        said = run.out[number]
        if isinstance(said, Say):
            if not said.options:
                run.out[number] = Say(said.key, said.params, shown, share, said.step)
            return


def asked_purposes(run: Run, step: AskStep) -> tuple[Purpose, ...]:
    """The purposes that a consent question names; passing on is none where there is nobody to pass on to."""
    return tuple(purpose for purpose in step.purposes if purpose != "transfer" or run.flows.services)


def buttons(run: Run, step: AskStep) -> tuple[Option, ...]:
    """A question's buttons, made once: its choices or examples, skip, and the contact that is one press away."""
    plain = run.c.flow != CONTACT and not step.purposes and step.slot not in run.flows.contact_slots
    leave = plain and not reachable(run.c.contact)
    place = (run.c.flow, step.id, leave)
    found = run.flows.buttons.get(place)
    if found is None:
        found = run.flows.buttons[place] = _buttons(run, step, leave=leave)
    return found


def _buttons(run: Run, step: AskStep, *, leave: bool) -> tuple[Option, ...]:
    """The same, made."""
    key = f"{run.c.flow}.{step.id}"
    version = run.flows.by_name[run.c.flow].version
    values = step.choices
    if step.purposes:
        values = CONSENT_CHOICES if len(asked_purposes(run, step)) > 1 else ("yes", "no")
    shown = [Option(f"{key}.choices.{value}", f"{key}:{version}:{value}") for value in values]
    if step.examples:
        shown += [Option(f"{key}.examples.{number}", f"{key}:{version}:~{number}") for number in range(EXAMPLES)]
    if step.skip and not step.purposes:  # to a consent, no is as good as skipping
        shown.append(Option("common.options.skip", f"{key}:{version}:!skip"))
    if leave:
        shown.append(Option("common.options.contact", "!:0:contact"))
    return tuple(shown)


def exits(run: Run) -> tuple[Option, ...]:
    """What is offered when asking has stopped: to leave a contact, or a person, where that is still news."""
    shown = []
    if not reachable(run.c.contact):
        shown.append(Option("common.options.contact", "!:0:contact"))
    if not run.c.wants_person:
        shown.append(Option("common.options.person", "!:0:person"))
    return tuple(shown)
