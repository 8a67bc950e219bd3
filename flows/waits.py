"""Waiting for a person: what the prospect is told of it, what they may choose, and how it ends without one."""

from collections.abc import Mapping
from typing import Final

from flows.commands import Await
from flows.decisions import Notify, Option
from flows.posing import exits
from flows.run import Run
from flows.scoring import may_keep_contact, reachable
from flows.wishes import leave_contact

_RANGE: Final = frozenset({"low", "high"})
_MOMENT: Final = frozenset({"day", "date", "time", "zone"})
NEWS: Final[Mapping[str, frozenset[str]]] = {
    "minutes": _RANGE,
    "hours": _RANGE,
    "opens": _MOMENT,
    "offer": _MOMENT,
    "over": _MOMENT,
}
"""What is told of a wait, each once, with the values it is given."""
CHOICES: Final = ("call_back", "answer_later", "released")
"""What may be chosen under the offer: names of its buttons, and of what is said to them."""
_OFFER: Final = tuple(Option(f"waiting.options.{name}", f"!:0:{name}") for name in CHOICES)


def tell(run: Run, command: Await) -> None:
    """Tell how the wait goes on, while it does; of one wait nothing is told twice."""
    told = f"waiting.{command.number}.{command.news}"
    if command.news not in NEWS or not run.c.wants_person or run.c.status == "stopped" or told in run.c.told:
        return
    run.change(told=(*run.c.told, told))
    options = _OFFER if command.news == "offer" else ()
    if command.news == "over":
        known = reachable(run.c.contact) and may_keep_contact(run.c)
        options = exits(run)[:1] if not known else ()
        run.change(wants_person="", answer_owed="call_back" if known else "answer_later")
        run.decide(Notify(run.c.answer_owed))
    run.say(f"waiting.{command.news}", command.params, options)


def choose(run: Run, choice: str) -> bool:
    """Take the answer to the offer; False when nobody is waited for any more."""
    if not run.c.wants_person:
        return False
    if choice == "call_back" and not (reachable(run.c.contact) and may_keep_contact(run.c)):
        run.change(answer_owed="call_back")
        leave_contact(run, resumes=bool(run.c.step))
        return True
    _settle(run, choice)
    run.say(f"waiting.{choice}")
    run.ask_again("full")
    return True


def settle(run: Run) -> None:
    """End a wait whose call-back was chosen before the contact was known, once it is."""
    chosen = bool(run.c.wants_person) and run.c.answer_owed == "call_back"
    if chosen and reachable(run.c.contact) and may_keep_contact(run.c):
        _settle(run, "call_back")


def _settle(run: Run, choice: str) -> None:
    run.change(wants_person="", answer_owed="" if choice == "released" else choice)
    run.decide(Notify("person_released" if choice == "released" else choice))
