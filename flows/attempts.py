"""What becomes of a question that gets no answer: rephrased, left by its exit, or passed over."""

from flows.commands import HandOff
from flows.consents import agree
from flows.posing import exits
from flows.run import Run
from flows.schema import AskStep
from flows.walk import want_person


def misread(run: Run, step: AskStep) -> None:
    """The answer could not be read: rephrase while the budget lasts, then leave by the question's exit."""
    run.change(retries=min(run.c.retries, step.retry + 1) + 1)
    if run.c.retries <= step.retry:
        run.ask_again("retry")
    elif step.exit == "skip" and step.skip:
        pass_over(run, step)
    elif step.exit == "choices" and run.c.retries == step.retry + 1:
        run.ask_again("full")
    elif run.c.wants_person:
        run.say("common.consult", options=exits(run))
    else:
        want_person(run, HandOff("unclear"))
        run.ask_again("buttons")


def pass_over(run: Run, step: AskStep) -> None:
    """Go on without an answer; a consent that is passed over is not given."""
    if step.purposes:
        agree(run, step, "no")
    else:
        run.fill(step.slot, None, "")
    run.answered()
