"""Consent: what an answer agrees to, and how it is taken back. Only an explicit yes grants anything."""

from flows.commands import Withdraw
from flows.decisions import Agreed
from flows.model import Consent, Json
from flows.posing import CONSENT_CHOICES, asked_purposes
from flows.run import Run
from flows.schema import CONTACT, AskStep, Purpose


def consent_word(value: Json) -> str:
    """`yes`, `processing` (only the first purpose) or `no`; empty for what is none of them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) and value in CONSENT_CHOICES else ""


def meant(run: Run, step: AskStep, word: str) -> dict[Purpose, bool]:
    """What a word answers to each purpose that was asked for."""
    asked = asked_purposes(run, step)
    return {purpose: word == "yes" or (word == "processing" and purpose == step.purposes[0]) for purpose in asked}


def agree(run: Run, step: AskStep, word: str) -> None:
    """Record the answer to every purpose that was asked for."""
    for purpose, granted in meant(run, step, word).items():
        _record(run, purpose, granted=granted)


def withdraw(run: Run, command: Withdraw) -> None:
    """Take a consent back; without the right to process it the contact goes too, and is not asked for any more."""
    consent = run.c.consents.get(command.purpose)
    if consent is None or not consent.granted:
        run.say("common.already_noted")
        return
    _record(run, command.purpose, granted=False)
    run.say("me.withdrawn")


def _record(run: Run, purpose: str, *, granted: bool) -> None:
    """Keep one answer; a yes that is taken back takes the contact along."""
    before = run.c.consents.get(purpose)
    consent = Consent(granted, run.now.isoformat(timespec="seconds"))
    run.change(consents={**run.c.consents, purpose: consent})
    run.decide(Agreed(purpose, granted, f"consent.{purpose}", run.flows.services_text))
    if purpose == "processing" and before is not None and before.granted and not granted:
        run.change(contact=None)
        if run.c.flow == CONTACT and run.c.step:
            run.go(run.flows.first(CONTACT))
