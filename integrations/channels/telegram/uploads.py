"""Files that Telegram does not have yet: as what they can be sent, and under which name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flows.errors import Refused
from flows.model import File
from flows.outbound import Outbound

UPLOAD_LIMIT: Final = 50 * 1024 * 1024
_PHOTO_LIMIT: Final = 10 * 1024 * 1024
_PLAYED_AS_VOICE: Final = frozenset({"audio/ogg", "audio/mpeg", "audio/mp3", "audio/mp4", "audio/m4a", "audio/x-m4a"})
_NAME_LIMIT: Final = 120


def uploadable(message: Outbound, contents: Mapping[str, bytes]) -> Outbound:
    """The message with each file that is to be uploaded as a kind that Telegram shows; what it cannot, as a document.

    Raises `Refused` for what is too large or empty.
    """
    if not contents:
        return message
    return replace(message, files=tuple(_shown(file, contents.get(file.ref)) for file in message.files))


def file_name(file: File) -> str:
    """A name without folders and without what a terminal or a header would obey."""
    name = "".join(char for char in file.name.replace("\\", "/").rpartition("/")[2] if char.isprintable())
    return name.strip(" .")[-_NAME_LIMIT:] or file.kind


def _shown(file: File, content: bytes | None) -> File:
    if content is None:
        return file
    if not content:
        raise Refused(reason="the file is empty", state="invalid")
    if len(content) > UPLOAD_LIMIT:
        raise Refused(reason="the file has more than 50 MB", state="too_large")
    odd = (
        file.kind in {"sticker", "location", "other"}
        or (file.kind == "photo" and len(content) > _PHOTO_LIMIT)
        or (file.kind == "voice" and file.mime.partition(";")[0].strip().lower() not in _PLAYED_AS_VOICE)
    )
    return replace(file, kind="document") if odd else file
