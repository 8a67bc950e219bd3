"""Our small markup as Slack's mrkdwn, in which nobody can be mentioned; pure.

Slack has no way to write a star or an underscore that is surely none of its own, so a prospect's `*word*` may be shown
in bold. What could do harm, links and mentions, begins with `<`, and that is always escaped.
"""

import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BULLET: Final = re.compile(r"^([ \t]*)[-*] (?=\S)", re.MULTILINE)
_LINK: Final = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_MEMBER: Final = re.compile(r"[UW][A-Z0-9]{1,30}")
_GROUP: Final = re.compile(r"S[A-Z0-9]{1,30}")
_END: Final = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_GROWTH: Final = 5  # "&" becomes "&amp;"

_inline = MarkdownIt("zero").enable(["emphasis", "link", "escape"])


def escape(text: str) -> str:
    """The three signs that Slack reads, written so that they are only shown."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """The beginning of a text, at most `limit` characters long once it is escaped; not escaped yet."""
    if len(text) * _GROWTH <= limit or len(escape(text)) <= limit:
        return text
    return f"{_window(text, limit - 1).rstrip()}…"


def mention(member: str) -> str:
    """The one way to mention somebody: by the id of a person or of a user group; empty for anything else."""
    if _MEMBER.fullmatch(member):
        return f"<@{member}>"
    return f"<!subteam^{member}>" if _GROUP.fullmatch(member) else ""


def mrkdwn(text: str) -> str:
    """Read **bold**, _italic_, [links](https://…), list dashes and backslash escapes; all else is meant literally."""
    links: list[str] = []
    return "".join(_formatted(token, links) for token in _tokens(text))


def plain(text: str) -> str:
    """The same text without any formatting, not escaped."""
    links: list[str] = []
    return "".join(_unformatted(token, links) for token in _tokens(text))


def sections(text: str, limit: int) -> Iterator[str]:
    """A text in mrkdwn, in parts of at most `limit` characters: between paragraphs, else lines, sentences, words."""
    packed = ""
    for separator, block in _blocks(text.strip(), limit):
        if packed and len(packed) + len(separator) + len(block) > limit:
            yield packed
            packed = block
        else:
            packed = f"{packed}{separator}{block}" if packed else block
    if packed.strip():
        yield packed


def _tokens(text: str) -> list[Token]:
    return _inline.parseInline(_BULLET.sub(r"\1• ", text))[0].children or []


def _formatted(token: Token, links: list[str]) -> str:
    """One token; `links` holds the open link's address, empty for one that is shown as words."""
    inside = bool(links and links[-1])
    match token.type, token.markup:
        case ("strong_open" | "strong_close", "**"):
            return "" if inside else "*"
        case ("em_open" | "em_close", "_"):
            return "" if inside else "_"
        case ("link_open", _):
            address = str(token.attrs.get("href", ""))
            links.append(address if _LINK.match(address) else "")
            return f"<{escape(address).replace('|', '%7C')}|" if links[-1] else ""
        case ("link_close", _):
            return ">" if links.pop() else ""
        case ("text" | "text_special", _):
            shown = escape(token.content)
            return shown.replace("|", "¦").replace("\n", " ") if inside else shown
        case ("softbreak" | "hardbreak", _):
            return " " if inside else "\n"
        case _:
            # Single asterisks and double underscores are products and file names, not emphasis.
            return escape(token.markup)


def _unformatted(token: Token, links: list[str]) -> str:
    match token.type, token.markup:
        case ("strong_open" | "strong_close", "**") | ("em_open" | "em_close", "_"):
            return ""
        case ("link_open", _):
            links.append(str(token.attrs.get("href", "")))
            return ""
        case ("link_close", _):
            return f" ({links.pop()})"
        case ("text" | "text_special", _):
            return token.content
        case ("softbreak" | "hardbreak", _):
            return "\n"
        case _:
            return token.markup


def _blocks(text: str, limit: int) -> Iterator[tuple[str, str]]:
    """The paragraphs of a text, each with what stands before it; one that is too long, in smaller parts."""
    for paragraph in re.split(r"\n{2,}", text):
        block = mrkdwn(paragraph)
        if len(block) <= limit:
            yield "\n\n", block
            continue
        separator = "\n\n"
        for line in paragraph.split("\n"):
            for part in _parts(line, limit):
                yield separator, part
                separator = " "
            separator = "\n"


def _parts(line: str, limit: int) -> Iterator[str]:
    """A line that fits, as it is; a longer one unformatted, cut behind sentences, else words, else anywhere."""
    whole = mrkdwn(line)
    if len(whole) <= limit:
        yield whole
        return
    rest = plain(line)
    while len(escape(rest)) > limit:
        window = _window(rest, limit)
        ends = [found.start() for found in _END.finditer(window)]
        end = ends[-1] if ends and ends[-1] > len(window) // 2 else window.rfind(" ")
        if end <= 0:
            end = len(window)
        yield escape(rest[:end])
        rest = rest[end:].lstrip()
    if rest:
        yield escape(rest)


def _window(text: str, limit: int) -> str:
    """As much of a text as has at most `limit` characters once it is escaped."""
    window = text[:limit]
    while (over := len(escape(window)) - limit) > 0:
        window = window[: -max(1, over // _GROWTH)]
    return window
