"""Files both ways: posts' files into Slack, and what staff sent out of it, never from anywhere else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

import aiohttp

from flows.errors import Misconfigured, Refused, Retry
from flows.model import File, Json
from integrations.desk.slack.calls import Calls

DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
FILE_SECONDS: Final = 120.0
TITLE_LIMIT: Final = 200
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SLACK: Final = (".slack.com", ".slack-files.com", ".slack-gov.com")
_Kind: TypeAlias = Literal["photo", "document", "voice", "video", "audio"]
_KINDS: Final[tuple[tuple[str, _Kind], ...]] = (("image/", "photo"), ("audio/", "audio"), ("video/", "video"))
_ENDINGS: Final = {"photo": ".jpg", "voice": ".ogg", "video": ".mp4", "audio": ".mp3", "sticker": ".webp"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to be shown, with its bytes."""

    name: str
    content: bytes


def file_of(shared: Json) -> File | None:
    """A file in a Slack message; its `ref` is Slack's id of it. None where there is none."""
    if not isinstance(shared, dict) or not isinstance(shared.get("id"), str) or shared.get("mode") == "tombstone":
        return None
    mime = str(shared.get("mimetype") or "")
    size = shared.get("size")
    return File(
        kind=_kind(mime, str(shared.get("subtype") or "")),
        ref=str(shared["id"]),
        name=str(shared.get("name") or shared.get("title") or ""),
        mime=mime,
        size=size if isinstance(size, int) else 0,
    )


def name_of(file: File) -> str:
    """A name for a file that may have none."""
    name = file.name.replace("/", "_").replace("\\", "_").strip() or f"{file.kind}{_ENDINGS.get(file.kind, '')}"
    return name[-TITLE_LIMIT:]


class Files:
    """Uploads in three steps, and downloads with the token, which no other host than Slack's may see."""

    def __init__(self, calls: Calls, token: str, api_url: str) -> None:
        self._calls = calls
        self._token = token
        self._api = urlsplit(api_url)

    async def share(self, uploads: Sequence[Upload], channel: str, thread: str) -> None:
        """Show files in a thread. Raises as `Calls.call` does."""
        shown: list[Json] = [{"id": await self._upload(upload), "title": upload.name} for upload in uploads]
        await self._calls.call(
            "files.completeUploadExternal", {"files": shown, "channel_id": channel, "thread_ts": thread or None}
        )

    async def fetch(self, file: File) -> bytes:
        """The bytes of a file that staff sent. Raises `Refused` (too_large, gone, forbidden) and as `Calls.call`."""
        if file.size > DOWNLOAD_LIMIT:
            raise Refused(reason="the file has more than 20 MB", state="too_large")
        reply = await self._calls.call("files.info", {"file": file.ref}, urgent=True)
        found = reply.get("file")
        known = found if isinstance(found, dict) else {}
        url = str(known.get("url_private_download") or known.get("url_private") or "")
        if not self.is_slacks(url):
            raise Refused(reason="the file is not kept by Slack", state="forbidden")
        try:
            return await self._download(url, str(known.get("mimetype") or file.mime))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(reason=f"a file was not downloaded: {type(error).__name__}") from None

    def is_slacks(self, url: str) -> bool:
        """Whether an address is Slack's own, or that of the API this adapter is told to use."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.password is not None:
            return False
        host = parts.hostname or ""
        api = self._api.hostname or ""
        if (parts.scheme, port) == (self._api.scheme, self._api.port) and (host == api or {host, api} <= _LOOPBACK):
            return True
        return parts.scheme == "https" and port in {None, 443} and host.endswith(_SLACK)

    async def _upload(self, upload: Upload) -> str:
        """Put the bytes at the place that Slack names; the file's id."""
        params: dict[str, Json] = {"filename": upload.name, "length": len(upload.content)}
        place = await self._calls.call("files.getUploadURLExternal", params)
        url = str(place.get("upload_url") or "")
        if not self.is_slacks(url):
            raise Refused(reason="the place for an upload is not Slack's", state="forbidden")
        limit = aiohttp.ClientTimeout(total=FILE_SECONDS)
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self._calls.session.post(
                url, data=upload.content, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                if answer.status != HTTPStatus.OK:
                    raise Retry(reason=f"an upload ended with HTTP {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(reason=f"a file was not uploaded: {type(error).__name__}") from None
        return str(place.get("file_id") or "")

    async def _download(self, url: str, mime: str) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}"}
        limit = aiohttp.ClientTimeout(total=FILE_SECONDS)
        # No redirect is followed: it would lead to a sign-in page, or carry the token elsewhere.
        async with self._calls.session.get(url, headers=headers, timeout=limit, allow_redirects=False) as answer:
            if answer.status == HTTPStatus.NOT_FOUND:
                raise Refused(reason="the file is not there any more", state="gone")
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Retry(reason=f"a download ended with HTTP {answer.status}")
            page = answer.content_type == "text/html" and mime != "text/html"
            if answer.status != HTTPStatus.OK or page:
                raise Misconfigured(
                    "SLACK_BOT_TOKEN",
                    "Slack shows a sign-in page instead of a file",
                    "Add the scope files:read and install the app again",
                )
            return await _limited(answer)


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_chunked(1 << 16):
        content += piece
        if len(content) > DOWNLOAD_LIMIT:
            raise Refused(reason="the file has more than 20 MB", state="too_large")
        await asyncio.sleep(0)
    return bytes(content)


def _kind(mime: str, subtype: str) -> _Kind:
    if subtype == "slack_audio":
        return "voice"
    for start, kind in _KINDS:
        if mime.startswith(start):
            return kind
    return "document"
