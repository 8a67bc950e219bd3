"""Where a value enters a text: a prospect's words stay words, whatever signs they hold."""

import re
from typing import Final

_SIGNS: Final = re.compile(r"[\\*_\[\]`]")
_BLANKS: Final = re.compile(r"\s*[\r\n\t\v\f\x1c-\x1f\x85\u2028\u2029]\s*")


class Formatted(str):
    """Text of the company's own whose **bold** and [links](https://…) are meant."""

    __slots__ = ()


def one_line(value: str) -> str:
    """A value stays in its line: it cannot begin a paragraph or a list of its own."""
    return value if value.isprintable() else _BLANKS.sub(" ", value)


def escape(value: str) -> str:
    r"""Put a backslash before `\ * _ [ ]` and the backquote, as in CommonMark; renderers take it off again."""
    return _SIGNS.sub(r"\\\g<0>", value) if _SIGNS.search(value) else value


def marked_up(value: object) -> str:
    """What an expression of a message becomes: escaped, unless it was formatted on purpose."""
    if isinstance(value, Formatted):
        return value
    return escape(one_line(value if isinstance(value, str) else str(value)))


def plain(value: object) -> str:
    """What an expression of a label becomes: labels know no markup, so nothing is escaped."""
    return one_line(value if isinstance(value, str) else str(value))
