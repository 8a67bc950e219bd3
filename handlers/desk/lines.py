"""Lines of the transcript as posts in a thread: prospect, bot and colleagues are told apart, contacts may be hidden."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from flows.desk import Post
from flows.model import BOT, File, Json
from flows.outbound import Line
from handlers.desk.contents import of_channel
from handlers.desk.known import Known
from locales.markup import escape, one_line
from locales.operators import Messages

By: TypeAlias = Literal["prospect", "bot", "rep"]
_Kind: TypeAlias = Literal["photo", "document", "voice", "video", "audio", "sticker", "location", "other"]
_KINDS: Final[dict[str, _Kind]] = {kind: kind for kind in get_args(_Kind)}
MARKS: Final[dict[By, str]] = {"prospect": "👤", "bot": "🤖", "rep": "🎧"}
LINES: Final = 20
CHARACTERS: Final = 6000
"""So much is one post: a desk takes it as one message, or as few."""
_BAR: Final = "│ "
_ESCAPED: Final = re.compile(r"\\([\\*_\[\]`])")


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts lines of one conversation into words, in the language of the desk."""

    known: Known
    texts: Messages

    def post(self, lines: Sequence[Line]) -> Post:
        """Lines, oldest first, as one post; urgent where a colleague leads the chat."""
        files = tuple(file for line in lines for file in self.files(line))
        urgent = self.known.conversation.owner != BOT
        if len(lines) == 1:
            by = by_of(lines[0])
            return Post(self.words(lines[0]), speaker=self.speaker(lines[0]), by=by, files=files, urgent=urgent)
        return Post(self.dialogue(lines), files=files, urgent=urgent)

    def dialogue(self, lines: Sequence[Line]) -> str:
        """Several lines in one text; what goes on in the next row has a bar before it, so that nobody speaks as two."""
        return "\n".join(
            f"{MARKS[by_of(line)]} **{self.speaker(line)}:** {self.words(line)}".replace("\n", f"\n{_BAR}")
            for line in lines
        )

    def written(self, lines: Sequence[Line]) -> str:
        """Lines as a plain text file has them, each with its time; `at` of the lines is shown in its own zone."""
        return "".join(
            f"[{line.at:%Y-%m-%d %H:%M}] {plain(self.speaker(line))}: {plain(self.words(line))}".replace("\n", "\n    ")
            + "\n"
            for line in lines
        )

    def speaker(self, line: Line) -> str:
        """Who speaks, safe to be put into a text."""
        match by_of(line):
            case "bot":
                return self.texts.gettext("Bot")
            case "prospect":
                return escape(one_line(self.known.name)) or self.texts.gettext("Prospect")
            case "rep":
                return escape(one_line(self.known.people.get(line.by, ""))) or self.texts.gettext("Colleague")

    def words(self, line: Line) -> str:
        """What was said: of a prospect their words as they are, of others with the markup that they were sent with."""
        if by_of(line) != "prospect":
            return self.known.words(line.text)
        files = files_of(line)
        marks = " ".join(f"[{file.kind}{' ' + file.name if file.name else ''}]" for file in files)
        said = line.text.removesuffix(marks).strip() if marks else line.text
        shown = [escape(self.known.words(said))] if said else []
        shown += [f"_{self._file(file)}_" for file in files]
        if line.trace.get("edited") is True:
            shown.insert(0, self.texts.gettext("✏️ _changed to:_"))
        return " ".join(shown)

    def files(self, line: Line) -> tuple[File, ...]:
        """What was sent with a line and can be shown; a place is a link among the words."""
        if by_of(line) != "prospect" or self.known.transcript not in {"full", "masked"}:
            return ()
        address = self.known.conversation.address
        return tuple(of_channel(address, file) for file in files_of(line) if file.ref and file.kind != "location")

    def _file(self, file: File) -> str:
        gettext = self.texts.gettext
        if file.kind == "location":
            latitude, _, longitude = file.ref.partition(",")
            place = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
            known = _is_number(latitude) and _is_number(longitude)
            return f"[{gettext('a place on the map')}]({place})" if known else gettext("a place on the map")
        words = {
            "photo": gettext("a photo"),
            "voice": gettext("a voice message"),
            "video": gettext("a video"),
            "audio": gettext("a recording"),
            "sticker": gettext("a sticker"),
        }
        name = escape(one_line(self.known.words(file.name)))
        return " ".join(part for part in (words.get(file.kind, gettext("a file")), name) if part)


def by_of(line: Line) -> By:
    """What the speaker is."""
    if line.by == BOT:
        return "bot"
    return "prospect" if line.by == "prospect" else "rep"


def files_of(line: Line) -> tuple[File, ...]:
    """What came with a line, as its channel knows it."""
    listed = line.trace.get("files")
    return tuple(_file(one) for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def fitting(lines: Sequence[Line]) -> Sequence[Line]:
    """The first lines that are one post together; at least one."""
    count, total = 0, 0
    for line in lines[:LINES]:
        total += len(line.text)
        if count and total > CHARACTERS:
            break
        count += 1
    return lines[:count]


def plain(text: str) -> str:
    """A text with markup as a plain one."""
    return _ESCAPED.sub(r"\1", text.replace("**", ""))


def _file(told: dict[str, Json]) -> File:
    size = told.get("size")
    return File(
        kind=_KINDS.get(str(told.get("kind")), "other"),
        ref=str(told.get("ref") or ""),
        name=str(told.get("name") or ""),
        mime=str(told.get("mime") or ""),
        size=size if isinstance(size, int) else 0,
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,3}(\.\d{1,20})?", text) is not None
