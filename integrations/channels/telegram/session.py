"""aiogram sessions that cost little: JSON over our own keep-alive connections, and aiohttp for files and proxies."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, cast
from urllib.parse import urlsplit

import aiogram.methods
import aiohttp
import certifi
import orjson
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import GetFile, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile

from flows.errors import Misconfigured
from flows.model import Json
from integrations.channels.telegram.connections import Connections, CutError
from integrations.channels.telegram.reply import GarbledError

Params: TypeAlias = Mapping[str, Json]

API_TIMEOUT = 30.0
FILE_TIMEOUT = 120.0
UNTYPED: Final = frozenset(
    {
        "answerCallbackQuery",
        "copyMessage",
        "deleteMessage",
        "editMessageCaption",
        "editMessageReplyMarkup",
        "editMessageText",
        "sendChatAction",
        "sendMessage",
        "sendMessageDraft",
        "setMessageReaction",
    },
)
# Doing one of these twice is the same as doing it once. Nothing that puts a message into a chat belongs here.
REPEATABLE: Final = frozenset({"answerCallbackQuery", "deleteWebhook", "sendChatAction", "setMyCommands", "setWebhook"})


class Sent(NamedTuple):
    """What a session returns for a message that was sent or edited: the id alone, no model of the whole message."""

    message_id: int


class CallSession(Protocol):
    """A session that also takes a call as it stands on the wire: method name and JSON parameters."""

    async def call(self, bot: Bot, name: str, params: Params, seconds: float | None = None) -> Json:
        """Return the decoded `result`; raise aiogram's exceptions, none of which holds the token."""

    async def close(self) -> None:
        """Close the connections."""


def message_id_of(result: Json) -> int:
    """Return the id of the message that a call made or changed, 0 where the result tells none."""
    found = result.get("message_id") if isinstance(result, dict) else None
    return found if isinstance(found, int) else 0


def method_of(name: str, params: Params) -> TelegramMethod[Any]:
    """Return aiogram's object for a call: its exceptions want one."""
    kind = getattr(aiogram.methods, name[0].upper() + name[1:])
    return cast("TelegramMethod[Any]", kind.model_construct(**params))


class _CheckedSession(BaseSession):
    """aiogram's own check of a reply, without its two flaws: a crash on a missing description, the token in a quote."""

    def result_of(self, bot: Bot, name: str, params: Params, status: int, body: bytes) -> Json:
        """Return the decoded `result` of a reply, or raise aiogram's exception for it."""
        if status == HTTPStatus.OK:
            try:
                reply = orjson.loads(body)
            except orjson.JSONDecodeError:
                reply = None
            if isinstance(reply, dict) and reply.get("ok") is True:
                return reply.get("result")
        self.check_response(bot, method_of(name, params), status, body.decode("utf-8", "replace"))
        raise TelegramServerError(
            method=method_of(name, params), message=f"HTTP {status} with an answer of no known form"
        )

    def check_response(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        status_code: int,
        content: str,
    ) -> Response[TelegramType]:
        """Return the reply or raise aiogram's exception for it."""
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as error:
            raise ClientDecodeError(error.message, error.original, _masked(str(error.data)[:200], bot.token)) from None
        except TypeError:
            raise TelegramServerError(method=method, message=f"HTTP {status_code} without a description") from None


class LeanSession(_CheckedSession):
    """aiogram's session over `Connections`.

    One request is one JSON body on one keep-alive connection. Hot methods (`UNTYPED`) return `Sent` or a bool and build
    no pydantic model; all others return what aiogram returns. Calls with files, and downloads, go to an AiohttpSession
    that is made when first needed.
    """

    def __init__(self, api: TelegramAPIServer, timeout: float = API_TIMEOUT, limit: int = 100) -> None:
        super().__init__(api=api, json_loads=orjson.loads, timeout=timeout)
        parts = urlsplit(api.api_url(token="", method=""))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Misconfigured(
                setting="TELEGRAM_API_URL",
                reason="not an http:// or https:// URL",
                remedy="Leave it empty for the public server, or give the base URL of your own",
            )
        tls = ssl.create_default_context(cafile=certifi.where()) if parts.scheme == "https" else None
        self._connections = Connections(parts.hostname, parts.port or (443 if tls else 80), tls, limit)
        self._heads: dict[tuple[str, str], bytes] = {}
        self._files: FileSession | None = None

    async def call(self, bot: Bot, name: str, params: Params, seconds: float | None = None) -> Json:
        """Make one call and return its decoded `result`; see `CallSession`."""
        status, body = await self._exchange(bot, name, orjson.dumps(params), seconds, params)
        return self.result_of(bot, name, params, status, body)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> TelegramType:
        """Make one call given as aiogram's object."""
        files: dict[str, InputFile] = {}
        fields = method.model_dump(warnings=False).items()
        prepared = {key: self.prepare_value(value, bot, files, _dumps_json=False) for key, value in fields}
        if files:
            return await self._file_session().make_request(bot, method, timeout)
        name = method.__api_method__
        body = orjson.dumps({key: value for key, value in prepared.items() if value is not None and value != ""})
        status, content = await self._exchange(bot, name, body, timeout, method)
        if name in UNTYPED:
            result = self.result_of(bot, name, prepared, status, content)
            return cast("TelegramType", Sent(message_id_of(result)) if isinstance(result, dict) else result)
        response = self.check_response(bot, method, status, content.decode("utf-8", "replace"))
        return cast("TelegramType", response.result)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002
    ) -> AsyncGenerator[bytes, None]:
        """Download, through aiohttp."""
        async for piece in self._file_session().stream_content(url, headers, timeout, chunk_size, raise_for_status):
            yield piece

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()
        if self._files is not None:
            await self._files.close()

    def _file_session(self) -> "FileSession":
        if self._files is None:
            self._files = FileSession(api=self.api)
        return self._files

    async def _exchange(
        self,
        bot: Bot,
        name: str,
        body: bytes,
        seconds: float | None,
        call: Params | TelegramMethod[Any],
    ) -> tuple[int, bytes]:
        head = self._heads.get((bot.token, name)) or self._head(bot.token, name)
        try:
            reply = await self._connections.request(
                b"%b%d\r\n\r\n%b" % (head, len(body), body),
                seconds=self.timeout if seconds is None else seconds,
                repeatable=name in REPEATABLE or name.startswith("get"),
            )
        except TimeoutError:
            reason = "Request timeout error"
        except (CutError, GarbledError) as error:
            reason = str(error)
        except OSError as error:
            reason = f"{type(error).__name__}: {error}"
        else:
            return reply.status, reply.body
        method = call if isinstance(call, TelegramMethod) else method_of(name, call)
        raise TelegramNetworkError(method=method, message=reason)

    def _head(self, token: str, name: str) -> bytes:
        parts = urlsplit(self.api.api_url(token=token, method=name))
        host = parts.netloc.rpartition("@")[2]
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._heads[token, name] = head
        return head


class FileSession(_CheckedSession, AiohttpSession):
    """aiogram's aiohttp session, for files and for proxies; nothing that it raises holds the token.

    `proxy` is `http://…` or `socks5://…`; the latter needs the package aiohttp-socks: without it, RuntimeError.
    """

    def __init__(self, api: TelegramAPIServer, proxy: str = "", timeout: float = FILE_TIMEOUT) -> None:
        socks = proxy if proxy.startswith("socks") else None
        super().__init__(proxy=socks, api=api, json_loads=orjson.loads, timeout=timeout)
        self._http_proxy = None if socks else proxy or None

    async def create_session(self) -> aiohttp.ClientSession:
        """Return the aiohttp session; an http proxy is aiohttp's own business and needs no further package."""
        if self._http_proxy is None:
            return await super().create_session()
        if self._session is None or self._session.closed:
            connector = self._connector_type(**self._connector_init)
            self._session = aiohttp.ClientSession(connector=connector, proxy=self._http_proxy)
            self._should_reset_connector = False
        return self._session

    async def call(self, bot: Bot, name: str, params: Params, seconds: float | None = None) -> Json:
        """Make one call and return its decoded `result`; see `CallSession`."""
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=name)
        limit = aiohttp.ClientTimeout(total=self.timeout if seconds is None else seconds)
        headers = {"Content-Type": "application/json"}
        try:
            async with session.post(url, data=orjson.dumps(params), headers=headers, timeout=limit) as reply:
                status, body = reply.status, await reply.read()
        except TimeoutError:
            reason = "Request timeout error"
        except (aiohttp.ClientError, OSError) as error:
            reason = _masked(f"{type(error).__name__}: {error}", bot.token)
        else:
            return self.result_of(bot, name, params, status, body)
        raise TelegramNetworkError(method=method_of(name, params), message=reason)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> TelegramType:
        """Make one call given as aiogram's object, in a form that may carry files."""
        try:
            return await super().make_request(bot, method, timeout)
        except TelegramEntityTooLarge:
            raise
        except TelegramNetworkError as error:
            reason = _masked(error.message, bot.token)
        except OSError as error:
            reason = _masked(f"{type(error).__name__}: {error}", bot.token)
        raise TelegramNetworkError(method=method, message=reason)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002
    ) -> AsyncGenerator[bytes, None]:
        """Download. The URL holds the token, so what fails is told without it."""
        try:
            async for piece in super().stream_content(url, headers, timeout, chunk_size, raise_for_status):
                yield piece
        except aiohttp.ClientResponseError as error:
            reason = f"download refused with HTTP {error.status}"
        except (aiohttp.ClientError, OSError) as error:
            reason = f"download failed: {type(error).__name__}"
        else:
            return
        raise TelegramNetworkError(method=GetFile(file_id=""), message=reason)


def _masked(text: str, token: str) -> str:
    return text.replace(token, "<token>")
