"""Our small markup as Telegram HTML, cut into messages that Telegram takes; pure."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKED = re.compile(r"[*_\[\\]")
BULLET = re.compile(r"^([ \t]*)[-*] (?=\S)", re.MULTILINE)
LINK = re.compile(r"(https?|tg)://", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?…;:])\s+|\n+")
WIDEST = 2  # UTF-16 units that one code point takes at most

_inline = MarkdownIt("zero").enable(["emphasis", "link", "escape"])


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text twice: with Telegram's tags, and as a reader sees it. They are equal where nothing is formatted."""

    html: str
    plain: str
    tagged: bool = False

    def __add__(self, other: "Formatted") -> "Formatted":
        return Formatted(self.html + other.html, self.plain + other.plain, self.tagged or other.tagged)


def units(text: str) -> int:
    """The length of a text as Telegram measures it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, limit: int) -> bool:
    """Whether a text has at most `limit` UTF-16 units."""
    return len(text) * WIDEST <= limit or units(text) <= limit


def cut(text: str, limit: int) -> str:
    """The beginning of a text, at most `limit` units long."""
    return text if fits(text, limit) else _window(text, limit - 1) + "…"


def _window(text: str, limit: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: limit * 2].decode("utf-16-le", "ignore")


def unformatted(text: str) -> Formatted:
    """A text in which nothing is markup."""
    return Formatted(html.escape(text, quote=False), text)


def bold(text: str) -> Formatted:
    """A text in which nothing is markup, in bold."""
    return Formatted(f"<b>{html.escape(text, quote=False)}</b>", text, tagged=True)


def formatted(text: str) -> Formatted:
    """Read **bold**, _italic_, [links](https://…), list dashes and backslash escapes; all else is meant literally."""
    listed = BULLET.sub(r"\1• ", text) if "- " in text or "* " in text else text
    if not MARKED.search(listed):
        return unformatted(listed)
    whole = Formatted("", "")
    links: list[str] = []
    for token in _inline.parseInline(listed)[0].children or []:
        whole += _piece(token, links)
    return whole


def _piece(token: Token, links: list[str]) -> Formatted:
    """One token; `links` holds the open link's address, empty for one that is shown as words."""
    match token.type, token.markup:
        case ("strong_open", "**"):
            return Formatted("<b>", "", tagged=True)
        case ("strong_close", "**"):
            return Formatted("</b>", "")
        case ("em_open", "_"):
            return Formatted("<i>", "", tagged=True)
        case ("em_close", "_"):
            return Formatted("</i>", "")
        case ("link_open", _):
            return _link_start(str(token.attrs.get("href", "")), links)
        case ("link_close", _):
            return _link_end(links.pop())
        case ("text" | "text_special", _):
            return unformatted(token.content)
        case _:
            # Single asterisks and double underscores are products and file names, not emphasis.
            return unformatted(token.markup)


def _link_start(address: str, links: list[str]) -> Formatted:
    links.append(address)
    if not LINK.match(address):
        return Formatted("", "")
    return Formatted(f'<a href="{html.escape(address)}">', "", tagged=True)


def _link_end(address: str) -> Formatted:
    if not LINK.match(address):
        return unformatted(f" ({address})")
    # Who gets the text without its tags must still get the address.
    return Formatted("</a>", f" ({address})")


@lru_cache(maxsize=1024)
def messages(text: str, limit: int, head: Formatted | None = None) -> tuple[Formatted, ...]:
    """Cut a text into messages of at most `limit` units: between paragraphs, else lines, sentences, words.

    Most of what is sent are a company's own texts, the same for everybody: they are read once.
    """
    start = head + Formatted("\n", "\n") if head is not None else Formatted("", "")
    whole = start + formatted(text.strip())
    if fits(whole.plain, limit):
        return (whole,) if whole.plain.strip() else ()
    packed: list[Formatted] = []
    current, begun = start, False
    for separator, block in _blocks(text.strip(), limit - units(start.plain)):
        joined = current + Formatted(separator, separator) + block if begun else current + block
        if begun and not fits(joined.plain, limit):
            packed.append(current)
            current = block
        else:
            current, begun = joined, True
    return tuple(message for message in (*packed, current) if message.plain.strip())


def _blocks(text: str, limit: int) -> Iterator[tuple[str, Formatted]]:
    """The paragraphs of a text, each with what stands before it; one that is too long, in smaller parts."""
    for paragraph in re.split(r"\n{2,}", text):
        block = formatted(paragraph)
        if fits(block.plain, limit):
            yield "\n\n", block
            continue
        separator = "\n\n"
        for line in paragraph.split("\n"):
            for part in _parts(formatted(line), limit):
                yield separator, part
                separator = " "
            separator = "\n"


def _parts(line: Formatted, limit: int) -> Iterator[Formatted]:
    """A line that fits, as it is; a longer one unformatted, cut behind sentences, else words, else anywhere."""
    rest = line.plain
    if fits(rest, limit):
        yield line
        return
    while not fits(rest, limit):
        window = _window(rest, limit)
        ends = [found.start() for found in SENTENCE_END.finditer(window)]
        cut = ends[-1] if ends and ends[-1] > len(window) // 2 else window.rfind(" ")
        if cut <= 0:
            cut = len(window)
        yield unformatted(rest[:cut])
        rest = rest[cut:].lstrip()
    if rest:
        yield unformatted(rest)
