"""The machine: `advance` takes a conversation and what was meant, and returns the next one and what to do. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from flows.answers import choose, fill, give_contact, object_to, unclear
from flows.commands import (
    Ask,
    Await,
    Choose,
    Command,
    Correct,
    Fill,
    GiveContact,
    HandOff,
    Language,
    Media,
    Object,
    Own,
    Recap,
    Reword,
    Speak,
    Start,
    TakeBack,
    Unclear,
    WakeUp,
    Wish,
    Withdraw,
)
from flows.consents import withdraw
from flows.decisions import Cancel, Edit, Notify, Quote, Say, Turn, Wake
from flows.model import BOT, Conversation
from flows.posing import pose
from flows.run import Run
from flows.schema import AskStep, Flows
from flows.scoring import lead_of
from flows.waits import settle as settle_wait
from flows.waits import tell
from flows.walk import begin, settle, walk, want_person
from flows.wishes import CORRECT, ask, correct, speak_language, wish

_WORDS = (Start, Fill, Choose, Unclear, Ask, Object, Language, HandOff, Correct, GiveContact, Media, Withdraw, Wish)
"""Commands that come from the prospect, and so deserve a reply."""
_RECORDED = (Fill, Choose, GiveContact, Object, Language, Withdraw, Own, Speak, Reword, TakeBack)
"""Commands that leave a trace while a person owns the conversation; the rest is that person's to answer."""
MEDIA = frozenset({"photo", "document", "voice", "video", "audio", "sticker", "location", "other", "captioned"})
"""What a prospect may send instead of words, or beside them (`captioned`); anything else is `other`."""
SILENCE = timedelta(days=30)
"""After so long a silence the next word begins a new conversation."""


def advance(flows: Flows, conversation: Conversation, commands: Sequence[Command], now: datetime) -> Turn:
    """One turn: the next conversation (version + 1), the decisions in the order of speaking, and the lead."""
    run = Run(flows, conversation, now)
    settle(run)
    heard = any(isinstance(command, _WORDS) for command in commands)
    if run.c.asked == CORRECT:
        run.change(asked="")
    if not run.c.flow and not run.silent:
        begin(run)
        walk(run)
        run.ask_again("full")
    if heard and run.c.status == "stopped":
        run.change(status="open" if run.c.step else "ended")
    for command in commands:
        if not run.silent or _recorded(command):
            _apply(run, command)
    _finish(run, heard=heard)
    return _turn(run)


def open_question(flows: Flows, conversation: Conversation, now: datetime) -> tuple[Conversation, AskStep | None]:
    """What a message would answer: the conversation as its next turn will find it, and the question open there."""
    run = Run(flows, conversation, now)
    settle(run)
    if not run.c.flow:
        begin(run)
    if run.c.status == "open":
        walk(run)
    return run.c, run.question()


def starts_anew(conversation: Conversation, commands: Sequence[Command], now: datetime) -> bool:
    """Whether these commands begin a new conversation at the same address instead of going on with this one."""
    if any(isinstance(command, Wish) and command.name == "restart" for command in commands):
        return True
    if conversation.status == "ended" and any(isinstance(command, Start) for command in commands):
        return True
    return bool(conversation.updated_at) and now - datetime.fromisoformat(conversation.updated_at) > SILENCE


def _recorded(command: Command) -> bool:
    """Whether a command counts also while a person owns the conversation."""
    return isinstance(command, _RECORDED) or (isinstance(command, Wish) and command.name in {"stop", "buy"})


def _apply(run: Run, command: Command) -> None:  # noqa: C901, PLR0912 - one line a command, closed by assert_never
    """Let one command change the run."""
    match command:
        case Start():
            _start(run, command)
        case Fill():
            fill(run, command)
        case Choose():
            choose(run, command)
        case GiveContact():
            give_contact(run, command)
        case Unclear():
            unclear(run, command)
        case Object():
            object_to(run, command)
        case Ask():
            ask(run, command)
        case Language():
            speak_language(run, command)
        case Correct():
            correct(run, command)
        case Withdraw():
            withdraw(run, command)
        case Wish():
            wish(run, command)
        case HandOff():
            want_person(run, command)
            run.ask_again("buttons")
        case Media():
            _media(run, command)
        case Own() | Speak() | Reword() | TakeBack():
            _act(run, command)
        case Await():
            tell(run, command)
        case Recap():
            run.change(recap=command.text)
        case WakeUp():
            _wake(run, command)
        case _ as never:
            assert_never(never)


def _act(run: Run, command: Own | Speak | Reword | TakeBack) -> None:
    """Let what a person of the staff does change the run."""
    match command:
        case Own():
            _own(run, command)
        case Speak():
            _speak(run, command)
        case Reword(of, text, by, name, key, origin):
            run.decide(Edit(of, text, name, by, key, origin))
        case TakeBack(of, by, key, origin):
            run.decide(Edit(of, None, "", by, key, origin))
        case _ as never:
            assert_never(never)


def _start(run: Run, command: Start) -> None:
    """A first start is told apart from one in the middle, which only finds the way back."""
    if command.source and not run.c.source:
        run.change(source=command.source[:64])
    if run.before.flow:
        run.say("common.welcome_back")
        run.ask_again("full")


def _media(run: Run, command: Media) -> None:
    """What came without words is received, and the question stays open."""
    kind = command.kind if command.kind in MEDIA else "other"
    run.say("common.foreign_contact" if command.kind == "foreign_contact" else f"common.media.{kind}")
    run.ask_again("buttons")


def _own(run: Run, command: Own) -> None:
    """The conversation changes hands; what the bot had not sent yet is cancelled."""
    if command.owner == run.c.owner:
        return
    now = run.now.isoformat(timespec="milliseconds")
    if run.silent:
        for answer in command.answers:
            fill(run, answer)
        run.change(owner=command.owner, spoke=False)
        if command.owner == BOT:
            run.told.clear()  # what was heard by a person is not told back
            run.change(given_back_at=now)
            if not run.c.flow:
                begin(run)
            run.say("common.handed_back")
            run.ask_again("full")
        return
    run.decide(Cancel())
    run.say("common.taken_over", {"name": command.name})
    run.change(owner=command.owner, spoke=False, taken_at=now, given_back_at="", recap="")
    run.change(wants_person="", answer_owed="")


def _speak(run: Run, command: Speak) -> None:
    """Say a person's words as they are."""
    if run.c.owner == command.by:
        run.change(spoke=True)
    words = (command.text, command.name, command.by, command.files, command.key, command.origin)
    run.decide(Quote(*words, aside=command.aside))


def _wake(run: Run, command: WakeUp) -> None:
    """Come back to somebody who fell silent, as often as the flow allows."""
    step = run.flows.follow_up(command.wake)
    count = run.c.wakes.get(command.wake, 0)
    if step is None or count >= step.at_most or run.c.status != "open":
        return
    run.change(wakes={**run.c.wakes, command.wake: count + 1})
    run.say(command.wake)
    run.ask_again("buttons")
    if count + 1 < step.at_most:
        run.decide(Wake(command.wake, step.after))


def _finish(run: Run, *, heard: bool) -> None:
    """Go on from where the commands left off, and say something whatever was heard."""
    if run.silent:
        if heard:
            run.decide(Notify("prospect_wrote"))
        return
    if run.c.status == "open":
        walk(run)
    settle_wait(run)
    if (run.c.flow, run.c.step) != (run.before.flow, run.before.step):
        run.ask_again("full")
    elif run.told:
        _tell_back(run)
    if run.question() is None or run.c.status == "stopped":
        run.pose = ""
    if heard and run.pose in {"", "buttons"} and not any(isinstance(decision, Say | Quote) for decision in run.out):
        run.say("common.noted")
    pose(run)
    if run.c.recap and any(isinstance(decision, Say) for decision in run.out):
        run.out.insert(0, Say("common.recap", {"text": run.c.recap}))
        run.change(recap="")


def _tell_back(run: Run) -> None:
    """Say what was noted by the way, for no next question shows it; an answer or a greeting comes first."""
    for slot, value in run.told.items():
        run.say("common.noted_slot", {"slot": slot, "value": value})
    run.ask_again("full")


def _turn(run: Run) -> Turn:
    """Stamp the result and see what became of the lead."""
    lead = lead_of(run.flows, run.c, run.facts(), run.held())
    status = lead.status if lead else ""
    if lead and status != run.c.lead and status in {"new", "qualified"}:
        run.decide(Notify(f"lead_{status}", {"score": lead.score.points}))
    run.change(version=run.before.version + 1, lead=status, updated_at=run.now.isoformat(timespec="milliseconds"))
    return Turn(run.c, tuple(run.out), lead)
