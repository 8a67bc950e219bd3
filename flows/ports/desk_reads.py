"""What staff ask at the desk and are answered at once, each alone: nothing of it is stored, any of it may be lost."""

from typing import Protocol

from flows.desk import Post, Spot
from flows.events import Pressed


class Respond(Protocol):
    """Answers whoever asked, and nobody else: at most five times within half an hour. Never raises."""

    async def __call__(self, post: Post) -> None:
        """Show a post; its files come as a private message."""
        ...


class Reads(Protocol):
    """Given to an adapter: what it calls after it has acknowledged. An exception is logged, and nobody is answered."""

    async def command(self, name: str, arguments: str, member: str, spot: Spot, respond: Respond) -> None:
        """A command such as `stats` (without the slash), called at a place."""
        ...

    async def home(self, member: str) -> None:
        """Somebody opened their own page: `Desk.home` shows it."""
        ...

    async def why(self, member: str, spot: Spot, message: str) -> None:
        """Somebody wonders at a message of ours; the spot is its channel, for an adapter may not know the thread."""
        ...

    def shows(self, action: str) -> bool:
        """Whether a press of that action only shows something, a form or an answer; then it is no event."""
        ...

    async def form(self, pressed: Pressed, trigger: str, respond: Respond) -> None:
        """Such a press, with the trigger for `Desk.ask`."""
        ...
