"""A post of the desk as Telegram messages; pure."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flows.desk import Post
from flows.errors import Refused
from flows.model import File, Json
from integrations.telegram_html import Formatted, bold, cut, fits, formatted, messages, unformatted, units

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
TOPIC_LIMIT: Final = 128
PARTS: Final = 3  # longer texts come as a file: a group takes 20 messages a minute
_BEGINNING: Final = 1500
_VALUE_LIMIT: Final = 700
_TITLE_LIMIT: Final = 250
_SPEAKERS: Final = {"prospect": "👤", "bot": "🤖", "rep": "🎧", "system": "⚙️"}
_SENDERS: Final = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
    "sticker": "sendSticker",
}
# Tags are left alone; what stands between them may hold an @name, which would call its owner.
_NAMES: Final = re.compile(r"(<[^>]*>)|(?<!\w)@(?=\w)")
_TG_LINK: Final = re.compile(r'<a href="tg:[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_BREAK: Final = Formatted("\n", "\n")


@dataclass(frozen=True, slots=True)
class Worded:
    """The texts of a post, one a message; `whole` is what did not fit and goes as a file, empty where all is shown."""

    parts: tuple[Formatted, ...]
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    `text` names the parameter with formatted text, `plain` is that text unformatted; `file` is to be uploaded.
    """

    name: str
    params: dict[str, Json]
    text: str = ""
    plain: str = ""
    file: File | None = None

    def unformatted(self) -> "Call":
        """The same call without formatting, for a server that could not read it."""
        params = {key: value for key, value in self.params.items() if key != "parse_mode"}
        return replace(self, params={**params, self.text: self.plain}, text="")


def worded(post: Post, names: Mapping[str, str]) -> Worded:
    """A post in as many messages as it takes; `names` are those of the people whom it calls, by id."""
    lead, tail = _lead(post), _tail(post, names)
    parts = _parts(post.text, TEXT_LIMIT, lead)
    whole = ""
    if len(parts) > PARTS:
        parts, whole = _parts(cut(post.text, _BEGINNING), TEXT_LIMIT, lead), post.text
    if tail is not None and parts and fits(parts[-1].plain + "\n\n" + tail.plain, TEXT_LIMIT):
        parts[-1] = _joined(parts[-1], tail)
    elif tail is not None:
        parts.append(tail)
    return Worded(tuple(quiet(part, post.mention) for part in parts), whole)


def single(post: Post, names: Mapping[str, str]) -> Worded:
    """A post in one message, as a card and a changed message must be; what does not fit is cut."""
    lead, tail = _lead(post), _tail(post, names)
    room = TEXT_LIMIT - (units(tail.plain) + 2 if tail is not None else 0)
    parts = _parts(post.text, room, lead)
    whole = ""
    if len(parts) > 1:
        parts, whole = _parts(cut(post.text, room - (units(lead.plain) if lead else 0) - 2), room, lead), post.text
    shown = [_joined(parts[0], tail)] if parts else [tail] if tail is not None else []
    return Worded(tuple(quiet(part, post.mention) for part in shown), whole)


def quiet(text: Formatted, mention: tuple[str, ...] = ()) -> Formatted:
    """A text that calls nobody but `mention`: an @name of somebody's words is shown and does not ring."""
    source = _TG_LINK.sub(lambda found: found[0] if _calls(found[0], mention) else found[1], text.html)
    shown = _NAMES.sub(lambda found: found[1] or "＠", source)
    return Formatted(shown, _NAMES.sub(lambda found: found[1] or "＠", text.plain), text.tagged)


def topic_name(post: Post) -> str:
    """What a topic is called: 1 to 128 characters."""
    source = post.title or post.speaker or post.text
    line = next((line.strip() for line in formatted(source).plain.splitlines() if line.strip()), "")
    return cut(line, TOPIC_LIMIT) or "…"


def text_call(part: Formatted, keyboard: dict[str, Json] | None = None, name: str = "sendMessage") -> Call:
    """A message of one text."""
    params: dict[str, Json] = {"text": part.html if part.tagged else part.plain, "link_preview_options": NO_PREVIEW}
    if part.tagged:
        params["parse_mode"] = "HTML"
    if keyboard is not None:
        params["reply_markup"] = keyboard
    return Call(name, params, "text" if part.tagged else "", part.plain)


NO_PREVIEW: Final[dict[str, Json]] = {"is_disabled": True}
"""What a prospect links to is not fetched, and not shown large."""


def file_call(file: File, caption: Formatted | None = None) -> Call:
    """A message of one file. Raises `Refused` for a place without coordinates."""
    if file.kind == "location":
        return Call("sendLocation", _coordinates(file.ref))
    parameter = "document" if file.kind == "other" else file.kind
    params: dict[str, Json] = {parameter: file.ref}
    if caption is None or parameter == "sticker":
        return Call(_SENDERS[parameter], params, file=file)
    params["caption"] = caption.html if caption.tagged else caption.plain
    if caption.tagged:
        params["parse_mode"] = "HTML"
    return Call(_SENDERS[parameter], params, "caption" if caption.tagged else "", caption.plain, file)


def instead(call: Call, file: File) -> Call:
    """A message in the place of one whose file cannot be had: its words, and the name of the file."""
    size = f", {file.size / 1_000_000:.1f} MB" if file.size else ""
    name = unformatted(f"📎 {cut(file.name, _TITLE_LIMIT) or file.kind}{size} ✖")
    text = quiet(unformatted(f"{call.plain}\n\n") + name if call.plain else name)
    keys = call.params.get("reply_markup")
    made = text_call(text)
    return made if keys is None else replace(made, params={**made.params, "reply_markup": keys})


def as_caption(call: Call) -> Call:
    """The change of a message that is a file: its words are a caption, and shorter."""
    params: dict[str, Json] = {key: call.params[key] for key in ("message_id", "reply_markup") if key in call.params}
    if not fits(call.plain, CAPTION_LIMIT):
        return Call("editMessageCaption", {**params, "caption": cut(call.plain, CAPTION_LIMIT)})
    if call.text:
        params["parse_mode"] = "HTML"
    text = "caption" if call.text else ""
    return Call("editMessageCaption", {**params, "caption": call.params["text"]}, text, call.plain)


def as_document(call: Call, file: File) -> Call:
    """A photo that is too large to be one."""
    params = {key: value for key, value in call.params.items() if key != "photo"}
    return replace(call, name=_SENDERS["document"], params={"document": file.ref, **params})


def block(text: str) -> Formatted:
    """A text to be copied, whole as it is."""
    return Formatted(f"<pre>{html.escape(text, quote=False)}</pre>", text, tagged=True)


def italic(text: str) -> Formatted:
    """A text in which nothing is markup, in italics."""
    return _italic(unformatted(text))


# ------------------------------------------------------------------ the pieces of a post
def _parts(text: str, limit: int, lead: Formatted | None) -> list[Formatted]:
    if text.strip():
        return list(messages(text, limit, lead))
    return [lead] if lead is not None else []


def _lead(post: Post) -> Formatted | None:
    """Who speaks, and the title."""
    lines: list[Formatted] = []
    if post.speaker or post.by:
        icon = _SPEAKERS.get(post.by, "")
        lines.append(bold(f"{icon} {cut(formatted(post.speaker).plain, _TITLE_LIMIT)}".strip()))
    if post.title:
        lines.append(bold(cut(formatted(post.title).plain, _TITLE_LIMIT)))
    return _lines(lines)


def _tail(post: Post, names: Mapping[str, str]) -> Formatted | None:
    """Fields, small print, and whom the post calls."""
    lines = [bold(f"{field.label}: ") + _short(field.value) for field in post.fields]
    lines += [_italic(_short(line)) for line in post.small if line]
    called = [_call(member, names.get(member, "")) for member in post.mention if member.isdigit()]
    if called:
        lines.append(sum(called, Formatted("🔔", "🔔")))
    found = _lines(lines)
    if found is not None and not fits(found.plain, TEXT_LIMIT // 2):
        return unformatted(cut(found.plain, TEXT_LIMIT // 2))
    return found


def _call(member: str, name: str) -> Formatted:
    shown = html.escape(cut(name, _TITLE_LIMIT) or member, quote=False)
    return Formatted(f' <a href="tg://user?id={member}">{shown}</a>', f" {name or member}", tagged=True)


def _calls(link: str, mention: tuple[str, ...]) -> bool:
    return any(link.startswith(f'<a href="tg://user?id={member}">') for member in mention)


def _italic(text: Formatted) -> Formatted:
    return Formatted("<i>", "", tagged=True) + text + Formatted("</i>", "")


def _short(text: str) -> Formatted:
    return formatted(text) if fits(text, _VALUE_LIMIT) else unformatted(cut(formatted(text).plain, _VALUE_LIMIT))


def _lines(lines: list[Formatted]) -> Formatted | None:
    if not lines:
        return None
    return sum((_BREAK + line for line in lines[1:]), lines[0])


def _joined(text: Formatted, tail: Formatted | None) -> Formatted:
    return text if tail is None else text + Formatted("\n\n", "\n\n") + tail


def _coordinates(ref: str) -> dict[str, Json]:
    latitude, _, longitude = ref.partition(",")
    try:
        return {"latitude": float(latitude), "longitude": float(longitude)}
    except ValueError:
        raise Refused(reason="a location without coordinates", state="invalid") from None
