"""The house of the desk in memory."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from flows.desk import Button, Menu, Post, Spot
from flows.errors import Misconfigured, Refused
from flows.events import Event
from flows.model import File
from tests.contracts.desk_house import Seen
from tests.fakes.desk import MemoryDesk
from tests.fakes.desk_rules import Shown


class MemoryHouse:
    """See `DeskHouse`."""

    finds = True
    colleague = "U1"
    stranger = "U404"

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.desk = MemoryDesk(contents=self._content)
        self.desk.join(self.colleague, "Olga")

    def thread(self, spot: Spot) -> Sequence[Seen]:
        return [_seen(shown) for shown in self.desk.thread(spot)]

    def threads(self) -> int:
        return len(self.desk.roots)

    def letters(self, member: str) -> Sequence[Seen]:
        return [Seen("", _text(post), _labels(post)) for to, post in self.desk.letters if to == member]

    def whispers(self, member: str) -> Sequence[str]:
        return [_text(post) for _, to, post in self.desk.told if to == member]

    def mark(self, spot: Spot, message: str) -> Literal["", "delivered", "failed"]:
        marks = [mark for at, marked, mark in self.desk.reactions if (at.channel, marked) == (spot.channel, message)]
        return "" if not marks else "delivered" if marks[-1] == "delivered" else "failed"

    async def writes(self, spot: Spot, text: str, content: bytes = b"") -> Sequence[Event]:
        files = {"offer.pdf": content} if content else {}
        return [self.desk.writes(spot, self.colleague, text, files=files)]

    async def edits(self, spot: Spot, message: str, text: str) -> Sequence[Event]:
        return [self.desk.writes(spot, self.colleague, text, message=message, kind="edited")]

    async def takes_back(self, spot: Spot, message: str) -> Sequence[Event]:
        return [self.desk.writes(spot, self.colleague, "", message=message, kind="deleted")]

    async def presses(self, spot: Spot, label: str) -> Sequence[Event]:
        for shown in reversed(self.desk.thread(spot)):
            for control in shown.post.controls:
                if isinstance(control, Button) and control.label == label:
                    return [self.desk.presses(spot, self.colleague, control.action, value=control.value)]
                for value, name in control.options if isinstance(control, Menu) else ():
                    if name == label:
                        return [self.desk.presses(spot, self.colleague, control.action, value=value)]
        raise AssertionError(f"no button {label!r}")

    async def fills_in(self, spot: Spot, fields: Mapping[str, str]) -> Sequence[Event]:
        return [self.desk.submits(self.colleague, fields)]

    def trigger(self) -> str:
        return "T"

    def large_file(self) -> File:
        self.desk.files["large"] = bytes(20 * 1024 * 1024 + 1)
        return File("document", "large")

    def lose(self, times: int = 1) -> None:
        self.desk.lose("post", times)

    def flood(self, seconds: int) -> None:
        self.desk.slow_down(seconds)

    def delete_thread(self, spot: Spot) -> None:
        self.desk.lose_thread(spot)

    def archive(self) -> None:
        self.desk.archived = True

    def deny(self) -> None:
        self.desk.fail(Misconfigured("DESK", "a right is missing", "Give it"), "open", 100)

    async def _content(self, file: File) -> bytes:
        if file.ref not in self.contents:
            raise Refused("there is no such file", "gone")
        return self.contents[file.ref]


@asynccontextmanager
async def memory_house() -> AsyncIterator[MemoryHouse]:
    """A desk in memory with one colleague."""
    yield MemoryHouse()


def _seen(shown: Shown) -> Seen:
    post = shown.post
    return Seen(shown.id, _text(post), _labels(post), tuple(shown.files.values()), post.mention)


def _text(post: Post) -> str:
    parts = [
        post.speaker,
        post.title,
        post.text,
        *(f"{field.label}: {field.value}" for field in post.fields),
        *post.small,
    ]
    return "\n".join(part for part in parts if part)


def _labels(post: Post) -> tuple[str, ...]:
    labels: list[str] = []
    for control in post.controls:
        labels += [control.label] if isinstance(control, Button) else [label for _, label in control.options]
    return tuple(labels)
