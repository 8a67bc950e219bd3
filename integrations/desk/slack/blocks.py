"""Posts as Slack messages in Block Kit, within all of its limits; pure."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.desk import Post
from flows.errors import Refused
from flows.model import Json
from integrations.desk.slack.controls import Block, actions, words
from integrations.desk.slack.markup import cut, escape, mention, mrkdwn, plain, sections

SECTION_LIMIT: Final = 3000
HEADER_LIMIT: Final = 150
FIELD_LIMIT: Final = 2000
FIELDS_LIMIT: Final = 10
CONTEXT_LIMIT: Final = 2000
CONTEXT_ELEMENTS: Final = 10
BLOCKS_LIMIT: Final = 50
SUM_LIMIT: Final = 12_000
"""Slack refuses the sum of a message's texts from about 13,200 characters on."""
FALLBACK_LIMIT: Final = 3000
HOME_BLOCKS: Final = 100
HOME_BYTES: Final = 200_000  # of 250,000 that Slack takes
_SPEAKERS: Final = {"prospect": "👤", "bot": "🤖", "rep": "🎧", "system": "⚙️"}
_MORE: Final = "…"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: blocks, and the text for notifications and for readers that show no blocks."""

    blocks: tuple[Block, ...]
    text: str

    @property
    def params(self) -> dict[str, Json]:
        """As `chat.postMessage` and its like take it: nothing in it is read as a name or a link but what we wrote."""
        return {"text": self.text, "blocks": [*self.blocks], "parse": "none", "link_names": False}


def messages(post: Post) -> tuple[Message, ...]:
    """A post as one message; without controls it may become several, in order. Raises `Refused`."""
    if post.controls:
        return (message(post),)
    _check(post)
    pages: list[list[Block]] = [[]]
    used = 0
    for block in _body(post):
        used += _size(block)
        if pages[-1] and (len(pages[-1]) >= BLOCKS_LIMIT or used > SUM_LIMIT):
            pages.append([])
            used = _size(block)
        pages[-1].append(block)
    text = _fallback(post)
    return tuple(Message(tuple(page), text if page is pages[0] else _MORE) for page in pages)


def message(post: Post) -> Message:
    """A post as exactly one message: what is too long is cut, its controls never are. Raises `Refused`."""
    _check(post)
    rows = list(actions(post.controls, {}))
    room, total = BLOCKS_LIMIT - len(rows), SUM_LIMIT - sum(map(_size, rows))
    return Message((*_cut(_body(post), room, total), *rows), _fallback(post))


def home(posts: Sequence[Post]) -> Block:
    """Posts one under the other as a Home tab. Raises `Refused`."""
    blocks: list[Block] = []
    used: dict[str, int] = {}
    for post in posts:
        blocks += [{"type": "divider"}] if blocks else []
        blocks += [*_body(post), *actions(post.controls, used)]
    shown: list[Json] = [*_cut(blocks, HOME_BLOCKS, HOME_BYTES, _bytes)]
    return {"type": "home", "blocks": shown}


def _check(post: Post) -> None:
    if not (any(text.strip() for text in (post.text, post.title, *post.small)) or post.fields or post.files):
        raise Refused(reason="a post without anything to see", state="invalid")


def _body(post: Post) -> Iterator[Block]:
    """Everything but the controls, top to bottom."""
    if post.title:
        yield {"type": "header", "text": words(plain(post.title), HEADER_LIMIT)}
    if told := " ".join(filter(None, map(mention, post.mention))):
        yield _section(told)
    if post.speaker:
        mark = _SPEAKERS.get(post.by, "")
        yield _context([f"{mark} *{escape(cut(plain(post.speaker), CONTEXT_LIMIT))}*".strip()])
    for part in sections(post.text, SECTION_LIMIT):
        yield _section(part)
    shown = [_field(field.label, field.value) for field in post.fields]
    for start in range(0, len(shown), FIELDS_LIMIT):
        yield {"type": "section", "fields": shown[start : start + FIELDS_LIMIT]}
    small = [next(sections(text, CONTEXT_LIMIT)) for text in post.small if text.strip()]
    for start in range(0, len(small), CONTEXT_ELEMENTS):
        yield _context(small[start : start + CONTEXT_ELEMENTS])
    if not (post.title or post.text.strip() or post.fields or small) and post.files:
        yield _context([escape(cut(f"📎 {file.name or file.kind}", CONTEXT_LIMIT)) for file in post.files[:10]])


def _fallback(post: Post) -> str:
    told = " ".join(filter(None, map(mention, post.mention)))
    name = plain(post.speaker)
    said = plain(post.text).strip()
    parts = (plain(post.title), f"{name}: {said}" if name and said else name or said)
    lines = [part for part in parts if part] or [f"{plain(field.label)}: {plain(field.value)}" for field in post.fields]
    lines = lines or [plain(text) for text in post.small] or [file.name or file.kind for file in post.files]
    return f"{told} {escape(cut(chr(10).join(lines), FALLBACK_LIMIT))}".strip()


def _mrkdwn(text: str) -> Block:
    # `verbatim`: bare names and addresses in it stay words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: Sequence[str]) -> Block:
    shown: list[Json] = [_mrkdwn(text) for text in texts]
    return {"type": "context", "elements": shown}


def _field(label: str, value: str) -> Json:
    head = f"*{escape(cut(plain(label).strip(), HEADER_LIMIT))}*\n" if label.strip() else ""
    body = mrkdwn(value) or "–"
    if len(head) + len(body) > FIELD_LIMIT:
        body = escape(cut(plain(value), FIELD_LIMIT - len(head)))
    return _mrkdwn(head + body)


def _size(block: Json) -> int:
    """The characters of all texts in a block."""
    if isinstance(block, Mapping):
        own = block.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(
            _size(part) for part in block.values() if not isinstance(part, str)
        )
    return sum(map(_size, block)) if isinstance(block, list) else 0


def _bytes(block: Json) -> int:
    # Slack may write other letters than Latin ones as six signs.
    return len(json.dumps(block))


def _cut(blocks: Iterable[Block], room: int, total: int, size: Callable[[Json], int] = _size) -> Iterator[Block]:
    """As many blocks as there is room for, with a sign that there were more."""
    more = _context([_MORE])
    shown: list[Block] = []
    used = 0
    for block in blocks:
        used += size(block)
        shown.append(block)
        if len(shown) > room or used > total:
            while shown and (len(shown) >= room or used + size(more) > total):
                used -= size(shown.pop())
            shown.append(more)
            break
    yield from shown
