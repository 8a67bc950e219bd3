"""A desk in memory: as strict as the vendors' are, with staff who write and press, and faults on order."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from flows.desk import Form, Member, Post, Spot, spot_address
from flows.errors import AssistantError, Misconfigured, Refused, Retry
from flows.events import Pressed, Written
from flows.model import File
from flows.ports.desk import Contents
from tests.fakes.desk_rules import Fault, Shown, check_post, pressed_value

DOWNLOAD_LIMIT = 20 * 1024 * 1024
START = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


class MemoryDesk:
    """The port `Desk`: threads, posts, private messages, hints and homes stand in plain attributes.

    `contents` gives the bytes of files that posts carry; without it a file has none.
    """

    def __init__(
        self, name: str = "slack", bot: str = "T1", channel: str = "C1", contents: Contents | None = None
    ) -> None:
        self.name = name
        self.bot = bot
        self.place = channel
        self.contents = contents
        self.shown: dict[tuple[str, str], Shown] = {}
        self.roots: dict[str, str] = {}
        self.members: dict[str, Member] = {}
        self.files: dict[str, bytes] = {}
        self.letters: list[tuple[str, Post]] = []
        self.told: list[tuple[Spot, str, Post]] = []
        self.asked: list[tuple[Form, str]] = []
        self.homes: dict[str, tuple[Post, ...]] = {}
        self.reactions: list[tuple[Spot, str, str]] = []
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.archived = False
        self._keys: dict[tuple[Spot | str, str], str] = {}
        self._ids = itertools.count(1)
        self._events = itertools.count(1)

    @property
    def channel(self) -> str:
        """Where threads are opened; set `place` to move the console."""
        return self.place

    # ------------------------------------------------------------ the port
    async def open(self, post: Post, key: str) -> tuple[Spot, str]:
        """A thread is named by the id of its root, as in Slack."""
        self._begin("open")
        self._writable()
        check_post(post)
        root = self._found(self.place, key)
        if not root:
            root = self._next()
            self.roots[root] = root
            await self._show(root, Spot(self.name, self.place, root), post, key)
            self._keys[self.place, key] = root
        spot = Spot(self.name, self.place, root)
        self._end("open")
        return spot, root

    async def post(self, spot: Spot, post: Post, key: str) -> str:
        """A key that was used is the message that it made."""
        self._begin("post")
        self._writable()
        self._thread(spot)
        check_post(post)
        message = self._found(spot, key)
        if not message:
            message = self._next()
            await self._show(message, spot, post, key)
            self._keys[spot, key] = message
        self._end("post")
        return message

    async def change(self, spot: Spot, message: str, post: Post) -> None:
        """The same content again is no error."""
        self._begin("change")
        self._writable()
        self._thread(spot)
        shown = self.shown.get((spot.channel, message))
        if shown is None or shown.removed:
            raise Refused("there is no such message", "gone")
        check_post(post)
        if post != shown.post:
            shown.versions.append(shown.post)
            shown.post = post
        self._end("change")

    async def remove(self, spot: Spot, message: str) -> None:
        """One that is gone is no error."""
        self._begin("remove")
        if shown := self.shown.get((spot.channel, message)):
            shown.removed = True
        self._end("remove")

    async def write(self, member: str, post: Post, key: str) -> None:
        """Only to people who are there."""
        self._begin("write")
        if member not in self.members:
            raise Refused("nobody of that id can be written to", "not_found")
        check_post(post)
        if (member, key) not in self._keys:
            self._keys[member, key] = self._next()
            self.letters.append((member, post))
        self._end("write")

    async def fetch(self, file: File) -> bytes:
        """What a member has sent with `writes`, or a test has put into `files`."""
        self._begin("fetch")
        content = self.files.get(file.ref)
        if content is None:
            raise Refused("there is no such file", "gone")
        if len(content) > DOWNLOAD_LIMIT:
            raise Refused("the file has more than 20 MB", "too_large")
        self._end("fetch")
        return content

    async def member(self, member: str) -> Member:
        """Add people to `members`."""
        self._begin("member")
        if member not in self.members:
            raise Refused("nobody of that id is here", "not_found")
        self._end("member")
        return self.members[member]

    async def tell(self, spot: Spot, member: str, post: Post) -> None:
        """A hint: lost on a fault."""
        if self._hint("tell"):
            self.told.append((spot, member, post))

    async def react(self, spot: Spot, message: str, mark: Literal["delivered", "failed"]) -> None:
        """A hint: lost on a fault."""
        if self._hint("react"):
            self.reactions.append((spot, message, mark))
            if shown := self.shown.get((spot.channel, message)):
                shown.marks.append(mark)

    async def ask(self, form: Form, trigger: str) -> None:
        """A hint: lost on a fault."""
        if self._hint("ask"):
            self.asked.append((form, trigger))

    async def home(self, member: str, posts: Sequence[Post]) -> None:
        """A hint: lost on a fault."""
        if self._hint("home"):
            self.homes[member] = tuple(posts)

    # ------------------------------------------------------------ what a test provokes
    def fail(self, error: AssistantError, method: str = "*", times: int = 1) -> None:
        """The next calls of a method do nothing and raise."""
        self.faults.append(Fault(error, method, times))

    def lose(self, method: str = "post", times: int = 1) -> None:
        """The next calls are done, but nobody is told: the caller gets `Retry`."""
        self.faults.append(Fault(Retry("the answer was lost"), method, times, done=True))

    def slow_down(self, seconds: float, method: str = "*", times: int = 1) -> None:
        """The vendor's 429."""
        self.fail(Retry("the desk asks to slow down", seconds), method, times)

    def unfit(self, method: str = "*", times: int = 1) -> None:
        """A right is missing."""
        self.fail(Misconfigured("DESK", "a right is missing", "Give it"), method, times)

    def lose_thread(self, spot: Spot) -> None:
        """Somebody deleted the root, and everything under it."""
        self.roots.pop(spot.thread, None)
        for shown in self.thread(spot):
            shown.removed = True

    # ------------------------------------------------------------ what staff see and do
    def thread(self, spot: Spot) -> list[Shown]:
        """What stands in a thread, its root first."""
        return [shown for shown in self.shown.values() if shown.spot == spot and not shown.removed]

    def texts(self, spot: Spot) -> list[str]:
        """The texts of a thread, its root first."""
        return [shown.post.text for shown in self.thread(spot)]

    def join(self, member: str, name: str = "", email: str = "", locale: str = "", groups: Sequence[str] = ()) -> str:
        """Somebody is at the desk; returns their id."""
        self.members[member] = Member(member, name, email, locale, tuple(groups))
        return member

    def writes(
        self,
        spot: Spot,
        by: str,
        text: str,
        *,
        files: Mapping[str, bytes] | None = None,
        message: str = "",
        kind: Literal["new", "edited", "deleted"] = "new",
        at: datetime = START,
    ) -> Written:
        """What the adapter tells when somebody writes; `files` by name. Give `message` to edit or delete one."""
        sent: list[File] = []
        for name, content in (files or {}).items():
            ref = f"F{next(self._ids)}"
            self.files[ref] = content
            sent.append(File("document", ref, name, "application/octet-stream", len(content)))
        return Written(
            self._event(), spot_address(spot, self.bot), at, by, message or self._next(), kind, text, tuple(sent)
        )

    def presses(self, spot: Spot, by: str, action: str, *, value: str | None = None, at: datetime = START) -> Pressed:
        """Press the newest visible button, or an option of the newest menu, of that action in a thread."""
        for shown in reversed(self.thread(spot)):
            for control in shown.post.controls:
                found = pressed_value(control, action, value)
                if found is not None:
                    address = spot_address(spot, self.bot)
                    return Pressed(self._event(), address, at, by, action, found, shown.id)
        raise AssertionError(f"no button {action!r} with the value {value!r} in {spot.thread}")

    def submits(self, by: str, fields: Mapping[str, str], *, at: datetime = START) -> Pressed:
        """Fill in the newest form; a field that it does not have, or a missing one, is the test's fault."""
        form, _ = self.asked[-1]
        names = {entry.name for entry in form.inputs}
        needed = {entry.name for entry in form.inputs if not entry.optional}
        assert needed <= set(fields) <= names, f"the form has {sorted(names)}"
        address = spot_address(form.spot, self.bot)
        return Pressed(self._event(), address, at, by, form.action, form.value, "", dict(fields))

    # ------------------------------------------------------------ how it works
    def _found(self, place: Spot | str, key: str) -> str:
        """The message of a key, if it still stands at its place."""
        message = self._keys.get((place, key), "")
        channel = place.channel if isinstance(place, Spot) else place
        shown = self.shown.get((channel, message))
        return message if shown is not None and not shown.removed else ""

    async def _show(self, message: str, spot: Spot, post: Post, key: str) -> None:
        read = {file.ref: await self._content(post, file) for file in post.files}
        self.shown[spot.channel, message] = Shown(message, spot, post, key, files=read)

    async def _content(self, post: Post, file: File) -> bytes:
        made = post.contents.get(file.ref)
        if made is not None or self.contents is None:
            return made or b""
        try:
            return await self.contents(file)
        except Refused:  # the words of a post are worth showing without its file
            return b""

    def _begin(self, method: str) -> None:
        self.calls.append(method)
        if fault := self._fault(method, done=False):
            raise fault.error

    def _end(self, method: str) -> None:
        if fault := self._fault(method, done=True):
            raise fault.error

    def _fault(self, method: str, *, done: bool) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.done is done and fault.method in {"*", method}:
                fault.times -= 1
                return fault
        return None

    def _hint(self, method: str) -> bool:
        self.calls.append(method)
        return self._fault(method, done=False) is None

    def _writable(self) -> None:
        if self.archived:
            raise Refused("the channel is archived", "archived")

    def _thread(self, spot: Spot) -> None:
        if spot.desk != self.name or (spot.thread and spot.thread not in self.roots):
            raise Refused("there is no such thread", "gone")

    def _next(self) -> str:
        return f"{next(self._ids)}.0"

    def _event(self) -> str:
        return f"E{next(self._events)}"
