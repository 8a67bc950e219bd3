"""From what happened to what was meant: which waiting events are one turn, and the commands they stand for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from flows.commands import Ask, Choose, Command, Fill, GiveContact, HandOff, Media, Start, Unclear, WakeUp, Wish
from flows.engine import open_question
from flows.events import Answered, Due, Event, Moved, Pressed, Reachable, Said, Written
from flows.model import BOT, Conversation
from flows.ports.turns import Stored
from flows.schema import AskStep, Flows
from handlers.bursts import Burst
from handlers.reading import Meaning, Reader
from locales.catalog import Catalog

_MOST = 20  # messages that are read as one
_COMMANDS: dict[str, Command] = {
    "help": Wish("help"),
    "language": Wish("languages"),
    "lang": Wish("languages"),
    "human": HandOff(),
    "operator": HandOff(),
    "back": Wish("back"),
    "me": Wish("me"),
    "stop": Wish("stop"),
    "restart": Wish("restart"),
    "contact": Wish("leave_contact"),
    "skip": Wish("skip"),
}


class Interpreter:
    """Reads the head of a lane against the question that is open in its conversation."""

    def __init__(self, flows: Flows, catalog: Catalog, reader: Reader) -> None:
        self._flows = flows
        self._catalog = catalog
        self._reader = reader
        # Everybody presses the same few buttons; data that somebody made up falls out again.
        self._label = lru_cache(maxsize=1024)(self._words_on)

    def head(self, conversation: Conversation, waiting: Sequence[Stored], now: datetime) -> Burst:
        """The events that make the next turn; never empty."""
        first = waiting[0]
        event = first.event
        if isinstance(event, Said):
            if _is_words(event):
                return self._words(conversation, waiting, now)
            if event.group:
                return self._album(conversation, waiting, event.group, now)
        meaning = self._single(conversation, event, now)
        return Burst((first,), meaning.commands, (self._shown(conversation, event),), meaning.open, meaning.asks)

    def _words(self, conversation: Conversation, waiting: Sequence[Stored], now: datetime) -> Burst:
        """As many messages as it takes until they say something, or until no more have come."""
        asked, step = self._open(conversation, now)
        taken: list[Stored] = []
        texts: list[str] = []
        meaning = Meaning(())
        for stored in waiting[:_MOST]:
            if not (isinstance(stored.event, Said) and _is_words(stored.event)):
                break  # a press or a command after free words ends the burst
            taken.append(stored)
            texts.append(stored.event.text)
            meaning = self._reader.words(asked, step, "\n".join(texts), now)
            if not meaning.open:
                break
        still_open = meaning.open and len(taken) == len(waiting)
        return Burst(tuple(taken), meaning.commands, tuple(texts), still_open, meaning.asks)

    def _open(self, conversation: Conversation, now: datetime) -> tuple[Conversation, AskStep | None]:
        """What words would answer: nothing of ours while a person leads, for they answer that person's questions."""
        asked, step = open_question(self._flows, conversation, now)
        return asked, step if conversation.owner == BOT else None

    def _album(self, conversation: Conversation, waiting: Sequence[Stored], group: str, now: datetime) -> Burst:
        """The pictures of an album are one message; its caption, if any, speaks for it."""
        taken = []
        for stored in waiting[:_MOST]:
            if not (isinstance(stored.event, Said) and stored.event.group == group):
                break
            taken.append(stored)
        captions = [stored for stored in taken if isinstance(stored.event, Said) and stored.event.text]
        meaning = self._single(conversation, (captions or taken)[0].event, now)
        shown = tuple(self._shown(conversation, stored.event) for stored in taken)
        return Burst(tuple(taken), meaning.commands, shown, open=len(taken) == len(waiting), asks=True)

    def _single(self, conversation: Conversation, event: Event, now: datetime) -> Meaning:
        """What one event means."""
        match event:
            case Said():
                return self._said(conversation, event, now)
            case Due():
                return Meaning((WakeUp(event.wake),))
            case Answered():
                return Meaning((Ask(event.question, event.fact),))
            case Reachable() | Written() | Pressed() | Moved():
                return Meaning(())

    def _said(self, conversation: Conversation, said: Said, now: datetime) -> Meaning:
        """What a command, a press, a contact or a file means."""
        if not said.private:
            return Meaning(())
        if said.kind == "choice":
            return Meaning((self._press(conversation, said.choice, now),))
        if said.kind == "contact" and said.contact:
            return Meaning((GiveContact(said.contact),))
        if said.kind == "foreign_contact":
            return Meaning((Media("foreign_contact"),))
        if said.kind == "edited":
            asked, step = self._open(conversation, now)
            return self._reader.edited(asked, step, said.text, now)
        if said.text.startswith("/"):
            return Meaning((_command(said.text),))
        if said.text.strip():
            return self._captioned(conversation, said, now)
        return Meaning((Media(said.files[0].kind if said.files else _media(said.kind)),))

    def _captioned(self, conversation: Conversation, said: Said, now: datetime) -> Meaning:
        """The words beside a file, and that it has arrived; a caption that answers nothing is no wrong answer."""
        asked, step = self._open(conversation, now)
        meaning = self._reader.words(asked, step, said.text, now)
        if not said.files:
            return meaning
        told = tuple(command for command in meaning.commands if not isinstance(command, Unclear))
        return replace(meaning, commands=(Media("captioned"), *told))

    def _press(self, conversation: Conversation, data: str, now: datetime) -> Command:
        """A button's data: `flow.step:version:value`; an example stands for its words."""
        choose = press_of(data)
        if choose is None:
            return Choose("?", "", 0, data[:64])
        if choose.flow == "!":
            return choose
        if not choose.value.startswith("~"):
            label = self._label(conversation.locale, data)
            return Choose(choose.flow, choose.step, choose.version, choose.value, label)
        examples = self._catalog.items(conversation.locale, f"{choose.flow}.{choose.step}.examples")
        number = int(choose.value[1:]) if choose.value[1:].isdecimal() else -1
        _, step = self._open(conversation, now)
        if isinstance(step, AskStep) and step.id == choose.step and 0 <= number < len(examples):
            return Fill(step.slot, examples[number], examples[number])
        return choose

    def _shown(self, conversation: Conversation, event: Event) -> str:
        """What the transcript shows of an event."""
        if not isinstance(event, Said):
            return ""
        if event.kind == "choice":
            return self._label(conversation.locale, event.choice)
        if event.contact:
            contact = event.contact
            return " ".join(part for part in (contact.name, contact.phone, contact.email) if part)
        files = " ".join(f"[{file.kind}{' ' + file.name if file.name else ''}]" for file in event.files)
        return " ".join(part for part in (event.text, files) if part) or f"[{event.kind}]"

    def _words_on(self, locale: str, data: str) -> str:
        """The words on a pressed button."""
        choose = press_of(data)
        if choose is None:
            return f"[{data[:64]}]"
        if choose.flow == "!":
            return f"[{choose.value}]"
        key = f"{choose.flow}.{choose.step}"
        if choose.value.startswith("~"):
            items = self._catalog.items(locale, f"{key}.examples")
            number = int(choose.value[1:]) if choose.value[1:].isdecimal() else len(items)
            return items[number] if number < len(items) else f"[{data[:64]}]"
        if choose.value == "!skip":
            return self._catalog.labels(locale, "common.options").get("skip", ("[skip]",))[0]
        return self._catalog.labels(locale, f"{key}.choices").get(choose.value, (f"[{choose.value}]",))[0]


@lru_cache(maxsize=1024)
def press_of(data: str) -> Choose | None:
    """Read a button's data; None when it is not one of ours."""
    place, _, rest = data.partition(":")
    version, _, value = rest.partition(":")
    if not version.isdecimal() or not value:
        return None
    flow, _, step = place.partition(".")
    return Choose(flow, step, int(version), value)


def _is_words(said: Said) -> bool:
    """Whether an event is plain typed text in a private chat."""
    return said.kind == "text" and said.private and not said.text.startswith("/") and bool(said.text.strip())


def _command(text: str) -> Command:
    """`/start PAYLOAD`, `/help@bot` and the like; an unknown one gets help."""
    word, _, rest = text[1:].partition(" ")
    name = word.partition("@")[0].lower()
    if name == "start":
        return Start(rest.strip()[:64])
    return _COMMANDS.get(name, Wish("help"))


def _media(kind: str) -> str:
    """The text key of a message that has neither words nor a file."""
    return kind if kind in {"sticker", "location"} else "other"
