"""Telegram handles in free text; an Instagram name or an e-mail address is not one."""

import re

from knowledge.understanding.text import Found, Reading, read

_HANDLE = re.compile(r"(?<![\w.@/+-])@([a-z][a-z0-9_]{3,30}[a-z0-9])(?![\w@-]|\.\w)", re.IGNORECASE)
_LINK = re.compile(
    r"(?:\bt\.me|\btelegram\.me|\btlgg\.ru)/(?!joinchat|share|\+)([a-z][a-z0-9_]{3,30}[a-z0-9])(?!\w)", re.IGNORECASE
)
_NAMED = re.compile(
    r"\b(?:телеграмм?|телега|тг|telegram|tg) ?[:=-] ?([a-z][a-z0-9_]{3,30}[a-z0-9])(?![\w@]|\.\w)", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"\b(?:insta\w*|инст\w*|ig|twitter|твит\w*|tiktok|тикток\w*|youtube|ютуб\w*|vk|вк|x|threads)\b[^@]{0,20}$"
)


def find_telegram(text: str | Reading) -> Found[str] | None:
    """Find the first handle, without its @: 5 to 32 letters, digits and underscores, as Telegram allows."""
    reading = read(text)
    if "@" in reading.text:
        for match in _HANDLE.finditer(reading.text):
            if not _ELSEWHERE.search(reading.lower[max(0, match.start() - 32) : match.start()]):
                return reading.found(match[1], match.start(), match.end())
    if "t" not in reading.lower and "т" not in reading.lower:
        return None
    named = _LINK.search(reading.text) or _NAMED.search(reading.text)
    return reading.found(named[1], named.start(), named.end()) if named else None
