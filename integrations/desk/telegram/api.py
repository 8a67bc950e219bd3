"""What the desk needs of the Bot API; the Telegram channel, which has the token, gives it."""

from collections.abc import Mapping
from typing import Protocol

from flows.model import Json


class BotCalls(Protocol):
    """The calls of one bot. Raise `Retry`, `Refused` (with Telegram's own words) and `Misconfigured`."""

    @property
    def id(self) -> str:
        """The bot's id."""
        ...

    async def call(self, name: str, params: Mapping[str, Json], seconds: float | None = None) -> Json:
        """Make a call; its decoded result."""
        ...

    async def upload(self, name: str, params: Mapping[str, Json], ref: str, content: bytes, filename: str) -> int:
        """Make a call whose parameter that holds `ref` is a file to be uploaded; the id of the message it made."""
        ...

    async def download(self, ref: str) -> bytes:
        """A file's content, at most 20 MB."""
        ...
