"""Takes secrets, phones and e-mail addresses out of whatever is written to a log."""

import re
from collections.abc import Mapping, Sequence

from structlog.typing import EventDict

HIDDEN = "••••"
_SHORTEST_SECRET = 6  # a shorter one would be found inside ordinary words
_DEPTH = 6
_KEPT = frozenset({"timestamp", "level", "logger"})

_TOKENS = re.compile(
    r"\b\d{6,}:[A-Za-z0-9_-]{20,}"  # a Telegram bot's token, also inside a URL
    r"|(?<=/bot)\d+:[^/\s\"']+"
    r"|(?i:(?<=bearer )[\w.~+/=-]+)"
    r"|\bxox[a-z]-[\w-]+|\bxapp-[\w-]+"  # Slack
    r"|(?i:(?<=token=)[^&\s\"']+)|(?i:(?<=key=)[^&\s\"']+)|(?i:(?<=secret=)[^&\s\"']+)"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user and password in a URL
)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+", re.UNICODE)
# A phone is written with a plus, or with separators; a bare run of digits is more often an id, and is
# hidden only in the Russian form of eleven digits.
_PHONE = re.compile(
    r"\+\d[\d\s().-]{7,18}\d"
    r"|(?<![\w.:-])\(?\d{3,4}\)?[\s-]\d{2,3}[\s-]\d{2}[\s-]?\d{2}(?![\w:-])"
    r"|(?<![\w.:-])[78][\s-]?\(?[3-9]\d{2}\)?[\s-]?\d{3}[\s-]?\d{2}[\s-]?\d{2}(?![\w.:-])"
)


class Redactor:
    """Hides the given secrets, and everything that looks like a token, an e-mail address or a phone."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(secret) for secret in known)) if known else None

    def text(self, text: str) -> str:
        """The text with each of them replaced by dots."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        text = _TOKENS.sub(HIDDEN, text)
        return _PHONE.sub(HIDDEN, _EMAIL.sub(HIDDEN, text))

    def value(self, value: object, depth: int = 0) -> object:
        """A field of a log event, through lists and mappings; other objects are turned into text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth > _DEPTH:
            return HIDDEN
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item, depth + 1) for item in value]
        return self.text(value if isinstance(value, str) else str(value))

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        """A structlog processor; it runs after exceptions became text."""
        return {key: item if key in _KEPT else self.value(item) for key, item in event.items()}
