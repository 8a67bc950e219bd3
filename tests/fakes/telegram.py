"""A Bot API server on loopback, as strict as the real one, with users who type and press and faults on order."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram_faults import Fault
from tests.fakes.telegram_forum import FORUM_METHODS
from tests.fakes.telegram_methods import METHODS, Chat, Message, shown
from tests.fakes.telegram_rules import ApiError, decoded
from tests.fakes.telegram_topics import Forum
from tests.fakes.telegram_updates import Updates
from tests.fakes.telegram_user import User

TOKEN = "4242:AAtest_token-that_is_nobodys-secret00"


@dataclass(frozen=True)
class Call:
    """One call of the bot, as it was understood."""

    name: str
    params: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    ok: bool = False


class TelegramServer:
    """The server: `async with TelegramServer() as telegram`; the bot's base is `telegram.url`."""

    def __init__(self, token: str = TOKEN, prefix: str = "") -> None:
        self.token = token
        self.prefix = prefix
        self.bot = {
            "id": int(token.split(":", maxsplit=1)[0]),
            "is_bot": True,
            "first_name": "Bot",
            "username": "shop_bot",
        }
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Message] = {}
        self.queries: dict[str, bool] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.stored_files: dict[str, bytes] = {}
        self._peers: set[tuple[str, int]] = set()
        self.updates = Updates(self.perform)
        self._ids = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The base URL for the bot."""
        return f"http://127.0.0.1:{self._port}{self.prefix}"

    @property
    def connections(self) -> int:
        """How many connections the bot has made."""
        return len(self._peers)

    async def start(self) -> None:
        """Listen; a second start listens on the same port again."""
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", self.prefix + "/bot{token}/{method}", self._handle)
        app.router.add_get(self.prefix + "/file/bot{token}/{path:.*}", self._download)
        app.middlewares.append(self._count_connections)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection; what is queued stays."""
        if self._runner is not None:
            server = self._runner.server
            for handler in list(server.connections) if server is not None else []:
                handler.force_close()
                if handler.transport is not None:
                    handler.transport.abort()
            await self._runner.cleanup()
            self._runner = None

    @contextlib.asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        """Nobody listens on the port while the block runs."""
        await self.stop()
        yield
        await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.updates.close()
        await self.stop()

    def user(self, number: int = 0, **about: str) -> User:
        """A person in a private chat with the bot; the same number is the same person."""
        chat_id = 100_000 + (number or next(self._ids))
        self.chats.setdefault(chat_id, Chat(chat_id, "private"))
        return User(self, chat_id, **about)

    def group(self, chat_id: int = -1001) -> Chat:
        """A group that the bot is a member of."""
        return self.chats.setdefault(chat_id, Chat(chat_id, "supergroup", title="Group"))

    def forum(self, chat_id: int = -1001234567890) -> Chat:
        """A supergroup with topics, in which the bot may do everything."""
        return self.chats.setdefault(chat_id, Chat(chat_id, "supergroup", title="Desk", forum=Forum()))

    def shown(self, message: Message) -> dict[str, Any]:
        """A message of the bot as Telegram tells of it."""
        return shown(self, message)

    def fail(self, fault: Fault, method: str = "*", chat: int | None = None, times: int = 1) -> None:
        """Let the next `times` calls of that method, in that chat, meet a fault."""
        self.faults.append(replace(fault, method=method, chat=chat, times=times))

    def next_id(self) -> int:
        """A fresh number for a message, file or query."""
        return next(self._ids)

    def called(self, *names: str) -> list[Call]:
        """The calls that were carried out, of those methods or of all."""
        return [call for call in self.calls if call.ok and (not names or call.name in names)]

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until a condition holds: of the server, or of whatever its answers set in motion."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - a condition may be about anything, so nothing can tell it
                await asyncio.sleep(0.003)

    async def perform(self, name: str, params: dict[str, Any], files: dict[str, bytes] | None = None) -> Any:
        """Carry out a call; raises ApiError as the server would answer it."""
        call = Call(name, params, files or {})
        position = len(self.calls)
        self.calls.append(call)
        serve = METHODS.get(name.lower()) or FORUM_METHODS.get(name.lower())
        if serve is None:
            raise ApiError(404, "Not Found: method not found")
        result = serve(self, params, files or {})
        if asyncio.iscoroutine(result):
            result = await result
        self.calls[position] = replace(call, ok=True)
        return result

    @web.middleware
    async def _count_connections(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.transport is not None:
            self._peers.add(request.transport.get_extra_info("peername"))
        response: web.StreamResponse = await handler(request)
        return response

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        params, files = await _arguments(request)
        fault = self._take_fault(name, params)
        kind = fault.kind if fault is not None else ""
        if fault is not None and kind in {"raw", "refuse", "hang", "reset"}:
            return await self._misbehave(request, fault)
        try:
            self._authorize(request.match_info["token"])
            checked = {key: decoded(key, value) for key, value in params.items()}
            status, answer = 200, {"ok": True, "result": await self.perform(name, checked, files)}
        except ApiError as error:
            status, answer = error.code, _refusal(error)
        try:
            return await _answer(request, status, json.dumps(answer, ensure_ascii=False).encode(), kind)
        except ConnectionError:
            # Whoever asked has gone meanwhile.
            return _dropped(request)

    def _authorize(self, token: str) -> None:
        if token != self.token:
            raise ApiError(401, "Unauthorized")

    def _take_fault(self, name: str, params: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.meets(name, params):
                fault.times -= 1
                return fault
        return None

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "hang":
            await asyncio.sleep(3600)
        if fault.kind == "reset":
            return _dropped(request)
        if fault.kind == "raw":
            return web.Response(status=fault.code, body=fault.body)
        error = ApiError(fault.code, fault.description, fault.parameters or {})
        return web.json_response(_refusal(error), status=error.code)

    async def _download(self, request: web.Request) -> web.Response:
        content = self.stored_files.get(request.match_info["path"])
        if request.match_info["token"] != self.token or content is None:
            return web.json_response(_refusal(ApiError(404, "Not Found")), status=404)
        return web.Response(body=content)


def _refusal(error: ApiError) -> dict[str, Any]:
    answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        answer["parameters"] = dict(error.parameters)
    return answer


async def _arguments(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Parameters and files from JSON, a form or the query."""
    params: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        params.update(json.loads(await request.read() or b"{}"))
    elif request.method == "POST":
        for key, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[key] = value.file.read()
            else:
                params[key] = value
    return params, files


def _dropped(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _answer(request: web.Request, status: int, body: bytes, kind: str) -> web.StreamResponse:
    if kind == "lost":
        return _dropped(request)
    response = web.StreamResponse(status=status, headers={"Content-Type": "application/json"})
    if kind == "chunked":
        response.enable_chunked_encoding()
    else:
        response.content_length = len(body)
    await response.prepare(request)
    if kind == "cut":
        await response.write(body[: len(body) // 2])
        return _dropped(request)
    middle = len(body) // 2 if kind == "chunked" else 0
    for piece in (body[:middle], body[middle:]):
        if piece:
            await response.write(piece)
    await response.write_eof()
    if kind == "close_after" and request.transport is not None:
        request.transport.close()
    return response
