"""What a thread begins with when the chat has long been going: a three-line brief, its end, and all of it as a file."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from flows.desk import Post
from flows.model import BOT, File
from flows.outbound import Line
from handlers.desk.card import LeadCard
from handlers.desk.known import Known
from handlers.desk.lines import Teller, by_of
from locales.markup import escape, one_line

SHOWN: Final = 6
"""So many of the last lines are shown; a chat that is no longer needs no brief."""
_EXCERPT: Final = 200
_DIALOGUE: Final = "dialogue"


def backfill(known: Known, lines: Sequence[Line], card: LeadCard) -> Post:
    """One post for a whole chat, oldest line first."""
    teller = Teller(known, card.texts)
    last, texts = lines[-SHOWN:], card.texts
    name = texts.gettext("dialogue-{id}.txt", id=known.conversation.id[:8])
    whole = teller.written([_local(line, card.zone) for line in lines]).encode("utf-8", "replace")
    file = File("document", _DIALOGUE, name, "text/plain", len(whole))
    count = texts.ngettext("{number} message so far", "{number} messages so far", len(lines))
    return Post(
        text="\n\n".join(["\n".join(_brief(known, lines, card)), teller.dialogue(last)]),
        small=(texts.gettext("{count}: the last {shown} here, all of them in the file", count=count, shown=len(last)),),
        files=(file, *(sent for line in last for sent in teller.files(line))),
        contents={_DIALOGUE: whole},
        urgent=known.conversation.owner != BOT,
    )


def _brief(known: Known, lines: Sequence[Line], card: LeadCard) -> tuple[str, str, str]:
    """What is wanted, how far it has come, and what was said last that needs an answer."""
    gettext = card.texts.gettext
    wanted = ", ".join(f"{label}: {value}" for label, value in card.answers(known))
    heard = next((line for line in reversed(lines) if by_of(line) == "prospect"), None)
    said = one_line(known.words(heard.text)) if heard else ""
    excerpt = said if len(said) <= _EXCERPT else f"{said[: _EXCERPT - 1].rstrip()}…"
    return (
        gettext("**Wanted:** {wanted}", wanted=wanted or gettext("nothing was named yet")),
        gettext("**Stands:** {state}", state=" ".join(card.state(known))),
        gettext("**Said last:** “{words}”", words=escape(excerpt)),
    )


def _local(line: Line, zone: tzinfo | None) -> Line:
    return Line(line.id, line.conversation, line.by, line.at.astimezone(zone), line.text, line.trace, line.place)
