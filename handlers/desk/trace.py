"""How a line of the bot came about, for whoever wonders: where the chat stood, what it rests on, how long it took."""

from collections.abc import Mapping, Sequence
from typing import Final

from flows.desk import Field, Post, Spot
from flows.model import BOT, Json
from flows.outbound import Line
from flows.ports.desk import Threads
from flows.ports.reading import Reports
from locales.markup import escape, one_line
from locales.operators import Messages

_BACK: Final = 400
"""Lines of a chat in which the one that was asked about is looked for, to tell how long it took."""


class Trace:
    """Explains messages of threads; whoever asks has been found to be on the staff."""

    def __init__(self, threads: Threads, reports: Reports) -> None:
        self._threads = threads
        self._reports = reports

    async def __call__(self, spot: Spot, message: str, texts: Messages) -> Post:
        """What is known of a message at the desk. Raises `StorageDown`."""
        copy = await self._threads.by_message(spot, message)
        trace = await self._reports.trace(copy.line) if copy else None
        if copy is None or not trace or "flow" not in trace:
            return Post(texts.gettext("Only lines of the bot can be explained, and this is none."))
        thread = await self._threads.at(copy.spot)
        lines = await self._threads.tail(thread.conversation, _BACK) if thread else ()
        return _explained(copy.line, trace, _took(copy.line, lines), texts)


def _explained(line: str, trace: Mapping[str, Json], took: float | None, texts: Messages) -> Post:
    gettext = texts.gettext
    place = f"{trace.get('flow')}.{trace.get('step')}" if trace.get("step") else str(trace.get("flow"))
    fields = [
        Field(gettext("Flow and step"), _said(f"{place}, v{trace.get('flow_version', '?')}")),
        Field(gettext("Texts"), _said(", ".join(_words(trace.get("texts"))))),
        Field(gettext("Sources"), _said(", ".join(_words(trace.get("sources")))) or gettext("none: no fact was told")),
        Field(gettext("Language"), _said(str(trace.get("locale", "")))),
    ]
    if trace.get("unanswered"):
        fields.append(Field(gettext("Answer"), gettext("the knowledge has none")))
    if took is not None:
        fields.append(Field(gettext("Latency"), gettext("{seconds} s", seconds=f"{took:.3g}")))
    shown = tuple(field for field in fields if field.value)
    return Post(title=gettext("❓ How this line came about"), fields=shown, small=(f"assistant why {line}",))


def _took(line: str, lines: Sequence[Line]) -> float | None:
    """Seconds from the prospect's line before it; None where that is not near."""
    place = next((number for number, one in enumerate(lines) if one.id == line), 0)
    before = next((one for one in reversed(lines[:place]) if one.by != BOT), None)
    if before is None or before.by != "prospect":
        return None
    return (lines[place].at - before.at).total_seconds()


def _words(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _said(text: str) -> str:
    return escape(one_line(text))
