"""A form as a message, for Telegram has none: choices are buttons, words are a reply to the message; pure."""

from collections.abc import Sequence
from typing import Final

from flows.desk import Form, Input
from flows.model import Json
from integrations.desk.telegram.keyboards import Press, choices, inline
from integrations.desk.telegram.render import block, italic, quiet
from integrations.desk.telegram.words import Words
from integrations.telegram_html import Formatted, bold, cut, unformatted
from integrations.telegram_updates import Fields, fields_of, size_of, text_of

_CANCEL: Final = "✖"
_SHOWN: Final = 3000  # units of a text that can be accepted as it is
_BLOCK: Final = "pre"


def prompt(form: Form, words: Words, here: str) -> tuple[Formatted, dict[str, Json]]:
    """The message that asks, and its buttons. Raises `Refused` for names or values that no button can carry.

    A required choice is pressed, and nothing else is asked then: a message takes one answer. Words are typed, one line
    a field; what all may be left out is left out by a press, and a text that is there already is accepted by one.
    """
    chosen = next((entry for entry in form.inputs if entry.options), None)
    typed = [entry for entry in form.inputs if not entry.options]
    if chosen is not None and not chosen.optional:
        typed = []
    given = next((entry for entry in typed if entry.value), None)
    buttons: list[list[Json]] = []
    if chosen is not None:
        options = [(label, Press("fill", form.action, form.value, {chosen.name: key})) for key, label in chosen.options]
        buttons += choices(options, here)
    if given is not None:
        buttons += choices([(form.submit, Press("keep", form.action, form.value, names=(given.name,)))], here)
    elif all(entry.optional for entry in form.inputs):
        buttons += choices([(form.submit, Press("fill", form.action, form.value))], here)
    cancel = Press("cancel", form.action, form.value, names=tuple(entry.name for entry in typed))
    buttons += choices([(_CANCEL, cancel)], here)
    return _text(form, chosen, typed, words), inline(buttons)


def _text(form: Form, chosen: Input | None, typed: Sequence[Input], words: Words) -> Formatted:
    lines = [bold(form.title)]
    lines += [unformatted(entry.label) for entry in ((chosen,) if chosen is not None else ()) if entry.label]
    lines += [unformatted(f"• {entry.label}") for entry in typed]
    lines = [quiet(line) for line in lines]
    lines += [block(cut(entry.value, _SHOWN)) for entry in typed if entry.value][:1]
    if typed:
        lines.append(italic(words.lines if len(typed) > 1 else words.reply))
    return sum((Formatted("\n", "\n") + line for line in lines[1:]), lines[0])


def kept(message: Fields) -> str:
    """The text that a form's message shows to be accepted as it is."""
    text = text_of(message, "text").encode("utf-16-le", "surrogatepass")
    entities = message.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        about = fields_of(entity)
        if text_of(about, "type") == _BLOCK:
            start = size_of(about, "offset") * 2
            return text[start : start + size_of(about, "length") * 2].decode("utf-16-le", "ignore")
    return ""


def filled(names: Sequence[str], reply: str) -> dict[str, str]:
    """The fields of a form that was answered by a reply: a line each, what is left belongs to the last."""
    lines = reply.strip().split("\n", len(names) - 1)
    return {name: line.strip() for name, line in zip(names, lines, strict=False)}
