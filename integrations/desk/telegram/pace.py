"""How fast a group may be written to: what Telegram allows, and the last of it for chats that a person has taken."""

from collections import deque
from typing import Final

MESSAGES: Final = 20
WINDOW: Final = 60.0
KEPT: Final = 6  # for what is urgent


class Pace:
    """At most so many messages in any such window, in seconds of the caller's clock."""

    def __init__(self, messages: int = MESSAGES, window: float = WINDOW, kept: int = KEPT) -> None:
        self._messages = messages
        self._window = window
        self._kept = kept
        self._sent: deque[float] = deque()
        self._until = 0.0

    def wait(self, now: float, *, urgent: bool) -> float:
        """Seconds until a message may leave: 0 for at once."""
        if now < self._until:
            return self._until - now
        while self._sent and self._sent[0] <= now - self._window:
            self._sent.popleft()
        over = len(self._sent) - (self._messages if urgent else self._messages - self._kept)
        return self._sent[over] + self._window - now if over >= 0 else 0.0

    def count(self, now: float) -> None:
        """A message leaves."""
        self._sent.append(now)

    def hold(self, until: float) -> None:
        """Nothing leaves before that time: Telegram has said so."""
        self._until = max(self._until, until)
