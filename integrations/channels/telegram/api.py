"""One bot at one Bot API server: calls and downloads, with Telegram's errors told as ours."""

from typing import Final, cast

from aiogram import Bot as AiogramBot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageText,
    GetFile,
    GetMe,
    Response,
    SendMessage,
    SetWebhook,
)
from aiogram.types import BufferedInputFile, Message
from aiogram.utils.token import TokenValidationError
from pydantic import BaseModel

from flows.errors import Misconfigured, Refused, Retry
from flows.model import Json
from integrations.channels.telegram.faults import translated
from integrations.channels.telegram.session import FileSession, LeanSession, Params, method_of

DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
DOWNLOAD_SECONDS: Final = 60
UPLOAD_SECONDS: Final = 120
TYPED_REPLIES: Final = (AnswerCallbackQuery, DeleteMessage, EditMessageText, GetFile, GetMe, SendMessage, SetWebhook)

_prewarmed: list[type[BaseModel]] = []


def prewarm() -> None:
    """Build what aiogram needs to read a refusal, and keep it: pydantic holds it weakly and would build it again.

    Takes a part of a second, so it belongs to the start, before `gc.freeze()`.
    """
    if _prewarmed:
        return
    for method in TYPED_REPLIES:
        reply = Response[method.__returning__]  # type: ignore[name-defined]
        reply.model_validate({"ok": False, "error_code": 400, "description": "", "parameters": {"retry_after": 1}})
        _prewarmed.append(reply)


class BotApi:
    """The calls of one bot. Raises `Misconfigured` for a token, proxy or URL that cannot be one."""

    def __init__(self, token: str, api_url: str, proxy: str = "") -> None:
        server = TelegramAPIServer.from_base(api_url)
        try:
            self._session = FileSession(server, proxy) if proxy else LeanSession(server)
            self._bot = AiogramBot(token, session=self._session)
        except TokenValidationError:
            raise Misconfigured(
                setting="TELEGRAM_TOKEN",
                reason="not a bot's token",
                remedy="Copy it whole from @BotFather: digits, a colon, letters",
            ) from None
        except (RuntimeError, ValueError):
            raise Misconfigured(
                setting="TELEGRAM_PROXY",
                reason="a proxy of this kind cannot be used",
                remedy="Give http://host:port, or install the package aiohttp-socks for socks5://host:port",
            ) from None

    @property
    def id(self) -> str:
        """The bot's id, which its token begins with."""
        return str(self._bot.id)

    async def call(self, name: str, params: Params, seconds: float | None = None) -> Json:
        """Make a call and return its decoded result. Raises `Retry`, `Refused` and `Misconfigured`."""
        try:
            return await self._session.call(self._bot, name, params, seconds)
        except AiogramError as error:
            raise translated(error) from error
        except TypeError as error:
            # What JSON cannot carry: half of a surrogate pair, cut out of somebody's emoji.
            raise Refused(reason="the text is not valid Unicode", state="invalid") from error

    async def upload(self, name: str, params: Params, ref: str, content: bytes, filename: str) -> int:
        """Make a call whose parameter that holds `ref` is a file to be uploaded; the id of the message it made.

        Raises as `call` does.
        """
        file = BufferedInputFile(content, filename)
        filled = {key: file if value == ref else value for key, value in params.items()}
        try:
            sent = await self._session.make_request(self._bot, method_of(name, cast("Params", filled)), UPLOAD_SECONDS)
        except AiogramError as error:
            raise translated(error) from error
        return sent.message_id if isinstance(sent, Message) else 0

    async def download(self, ref: str) -> bytes:
        """A file's content, at most 20 MB. Raises `Refused` (too_large, invalid) and `Retry`."""
        found = await self.call("getFile", {"file_id": ref})
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str):
            raise Retry(reason="Telegram has not made the file ready")
        content = bytearray()
        url = self._session.api.file_url(self._bot.token, path)
        try:
            async for piece in self._session.stream_content(url, timeout=DOWNLOAD_SECONDS):
                content += piece
                if len(content) > DOWNLOAD_LIMIT:
                    raise Refused(reason="the file has more than 20 MB", state="too_large")
        except AiogramError as error:
            raise translated(error) from error
        return bytes(content)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()
