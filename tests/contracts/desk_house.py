"""What the contract of a desk needs: the desk, and everybody who stands around it, sees it and breaks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from flows.desk import Spot
from flows.events import Event
from flows.model import File
from flows.ports.desk import Desk


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as people see it.

    `text` is all that can be read, markup undone. `called` are the ids of people whom it calls, "everybody" for a call
    to the whole channel.
    """

    id: str
    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()
    called: tuple[str, ...] = ()


class DeskHouse(Protocol):
    """A desk before a strict vendor.

    `finds` says that a message whose end nobody knows is found again by its key; where it is not, it stands twice at
    most. `contents` are the bytes behind files of posts, by `ref`; a file that is not among them is `Refused`.
    """

    finds: bool
    colleague: str  # who can be written to, and is called Olga
    stranger: str  # an id that nobody has
    contents: dict[str, bytes]

    @property
    def desk(self) -> Desk:
        """The adapter."""
        ...

    # ------------------------------------------------------------ what is seen
    def thread(self, spot: Spot) -> Sequence[Seen]:
        """What everybody sees in a thread, oldest first; nothing where it is gone."""
        ...

    def threads(self) -> int:
        """How many threads there are."""
        ...

    def letters(self, member: str) -> Sequence[Seen]:
        """What a person was written privately."""
        ...

    def whispers(self, member: str) -> Sequence[str]:
        """The texts that this person alone was shown, in threads or privately."""
        ...

    def mark(self, spot: Spot, message: str) -> Literal["", "delivered", "failed"]:
        """How a message is marked."""
        ...

    # ------------------------------------------------------------ what staff do; returned is what the adapter tells
    async def writes(self, spot: Spot, text: str, content: bytes = b"") -> Sequence[Event]:
        """The colleague writes, perhaps with a document."""
        ...

    async def edits(self, spot: Spot, message: str, text: str) -> Sequence[Event]:
        """The colleague gives an own message another text."""
        ...

    async def takes_back(self, spot: Spot, message: str) -> Sequence[Event]:
        """The colleague takes an own message back, in the way that this desk has."""
        ...

    async def presses(self, spot: Spot, label: str) -> Sequence[Event]:
        """The colleague presses the newest button, or picks the option of a menu, of that label; confirms if asked."""
        ...

    async def fills_in(self, spot: Spot, fields: Mapping[str, str]) -> Sequence[Event]:
        """The colleague fills in the form that was asked last, and sends it."""
        ...

    def trigger(self) -> str:
        """What a press gives, by which a form may be shown."""
        ...

    def large_file(self) -> File:
        """A file of more than 20 MB that the colleague has sent."""
        ...

    # ------------------------------------------------------------ what breaks
    def lose(self, times: int = 1) -> None:
        """The next posts are done, and nobody is told."""
        ...

    def flood(self, seconds: int) -> None:
        """The next call is one too many: the vendor wants to be left alone for so long."""
        ...

    def delete_thread(self, spot: Spot) -> None:
        """Somebody deletes a thread, its root included."""
        ...

    def archive(self) -> None:
        """The channel cannot be written to any more."""
        ...

    def deny(self) -> None:
        """A right without which no thread can be opened is taken away."""
        ...
