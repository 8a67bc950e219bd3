"""What became of a rep's words: a mark on their message, a reason where they failed, and the bytes of their files."""

from collections.abc import Mapping
from typing import Final

from flows.desk import Post
from flows.errors import Refused
from flows.model import File
from flows.outbound import Dispatch
from flows.ports.desk import Desk, Held, Holds
from handlers.desk.acting import replaced, shown
from handlers.desk.speaking import desk_of
from locales.markup import escape
from locales.operators import messages

_SHOWN: Final = 300


class Receipts:
    """`handlers.sending.Reps` over the desks; `language` is that of threads."""

    def __init__(self, desks: Mapping[str, Desk], holds: Holds, language: str) -> None:
        self._desks = desks
        self._holds = holds
        self._language = language

    async def left(self, entry: Dispatch, problem: str) -> None:
        """Mark the message that the words came in; a failure is posted too, once. Raises `Retry`."""
        held = await self._holds.get(str(entry.payload.get("origin", "")))
        desk = self._desks.get(held.spot.desk) if held else None
        if held is None or desk is None:
            return
        if problem:
            await self._failed(desk, held, entry, problem)
        elif entry.kind == "message" and entry.key == held.entry and await self._holds.move(held.id, "sending", "sent"):
            await replaced(desk, held.spot, held.prompt, Post())
        if not problem and entry.kind != "delete":
            await desk.react(held.spot, held.message, "delivered")

    async def _failed(self, desk: Desk, held: Held, entry: Dispatch, problem: str) -> None:
        texts = messages(self._language)
        words = escape(problem[:_SHOWN])
        match entry.kind:
            case "edit":
                line = texts.gettext("The prospect still reads the words as they were: {why}", why=words)
            case "delete":
                line = texts.gettext("The prospect can still read what was deleted here: {why}", why=words)
            case _:
                line = texts.gettext("Not delivered: {why}", why=words)
                if entry.key == held.entry:
                    await self._holds.move(held.id, "sending", "failed")
                    await replaced(desk, held.spot, held.prompt, Post())
        await shown(desk, held.spot, Post(line, by="system", urgent=True), f"failed:{entry.key}")
        await desk.react(held.spot, held.message, "failed")

    async def fetch(self, file: File) -> bytes | None:
        """The bytes of a file that a desk keeps, read when it is sent. Raises `Retry` and `Refused`."""
        kept = desk_of(file)
        if kept is None:
            return None
        name, known = kept
        desk = self._desks.get(name)
        if desk is None:
            raise Refused(reason="the desk that keeps the file is not connected", state="gone")
        return await desk.fetch(known)
