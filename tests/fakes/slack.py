"""A strict Slack on the loopback interface: the Web API, files, response addresses and sockets, none kinder than Slack.

Staff act through `tests.fakes.slack_staff`. Answers follow specs/slack.samples; what is refused and how often a method
may be called is in `slack_rules` and `slack_limits`.
"""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.fakes import slack_methods
from tests.fakes.slack_limits import ARGUMENTS, FORMS_ONLY, SCOPES, Limits
from tests.fakes.slack_rules import Refusal
from tests.fakes.slack_state import Fault, Socket, State

BOT_TOKEN = "xoxb-test-bot"
APP_TOKEN = "xapp-test-app"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
HELD_BACK = 60.0  # seconds that an answer is held back which never comes

Method = Callable[[State, Mapping[str, Any]], Any]


class SlackServer:
    """`async with SlackServer() as slack:`; its `state` is what everybody would see."""

    def __init__(self, pace: float = 1.0) -> None:
        self.state = State()
        self.pace = pace
        self.limits = Limits(pace)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[str] = []
        self.faults: list[Fault] = []
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/api/{method}", self._call)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files/{file}/{name}", self._download)
        app.router.add_post("/hooks/{hook}", self._hook)
        app.router.add_get("/link/{ticket}", self._link)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        self.state.url = self.url
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        for socket in (*self.state.sockets,):
            await socket.link.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """As SLACK_API_URL takes it."""
        return f"{self.url}/api"

    def fail(
        self,
        method: str,
        *,
        error: str = "",
        status: int = 0,
        after: int = 0,
        lost: bool = False,
        done: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next calls of a method fail: by an error, by an HTTP status (429 with `after`), or by no answer.

        `done` says that the call has had its effect.
        """
        self.faults.append(Fault(method, error, status, after, lost, done, times))

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait for something that is about to happen."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - a condition may be about anything, so nothing can tell it
                await asyncio.sleep(0.005)

    def named(self, method: str) -> list[dict[str, Any]]:
        """The arguments of all calls of a method that were let through."""
        return [given for name, given in self.calls if name == method]

    # ------------------------------------------------------------ the Web API
    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        found: Method | None = getattr(slack_methods, method.replace(".", "_"), None)
        if found is None:
            return web.json_response({"ok": False, "error": "unknown_method"})
        try:
            self._check_token(method, request.headers.get("Authorization", ""))
            given = _checked(method, await _given(method, request))
            if wait := self.limits.wait(method, str(given.get("channel", ""))):
                self.refused.append(method)
                return _slow_down(math.ceil(wait))
            fault = self._fault(method)
            if fault and not fault.done:
                return await self._failed(fault)
            self.calls.append((method, given))
            reply = found(self.state, given)
            if fault:
                return await self._failed(fault)
        except Refusal as refusal:
            self.refused.append(f"{method}: {refusal.error}")
            return web.json_response({"ok": False, "error": refusal.error, **refusal.more})
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.state.scopes))}
        return web.json_response({"ok": True, **reply}, headers=headers)

    def _check_token(self, method: str, authorization: str) -> None:
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        scheme, _, token = authorization.partition(" ")
        if not token:
            raise Refusal("not_authed")
        if scheme != "Bearer" or token not in {APP_TOKEN, BOT_TOKEN} or token in self.state.revoked:
            raise Refusal("invalid_auth")
        if token != wanted:
            raise Refusal("not_allowed_token_type")
        scope = SCOPES.get(method)
        if scope and scope not in self.state.scopes:
            raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(self.state.scopes)))

    def _fault(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method in {"*", method}:
                fault.times -= 1
                return fault
        return None

    async def _failed(self, fault: Fault) -> web.StreamResponse:
        if fault.lost:
            await asyncio.wait([asyncio.ensure_future(self._stopping.wait())], timeout=HELD_BACK)
            raise web.HTTPServiceUnavailable
        if fault.status == 429:
            return _slow_down(fault.after)
        if fault.status:
            return web.Response(status=fault.status, text="<html>upstream</html>", content_type="text/html")
        return web.json_response({"ok": False, "error": fault.error})

    # ------------------------------------------------------------ files and answers
    async def _upload(self, request: web.Request) -> web.Response:
        file = self.state.files.get(request.match_info["file"])
        content = await request.read()
        if file is None or len(content) != file.length:
            return web.Response(status=400, text="bad upload")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self.state.files.get(request.match_info["file"])
        if request.headers.get("Authorization") != f"Bearer {BOT_TOKEN}" or "files:read" not in self.state.scopes:
            # Slack shows its sign-in page, as if all were well.
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if file is None:
            return web.Response(status=404)
        if file.moved_to:
            raise web.HTTPFound(file.moved_to)
        return web.Response(body=file.content, content_type=file.mime)

    async def _hook(self, request: web.Request) -> web.Response:
        hook = self.state.hooks.get(request.match_info["hook"])
        body = await request.json()
        if hook is None or len(hook.answers) >= 5:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        try:
            slack_methods.check_answer(body)
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": refusal.error}, status=400)
        hook.answers.append(body)
        return web.Response(text="ok")

    # ------------------------------------------------------------ Socket Mode
    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        if ticket not in self.state.tickets:
            raise web.HTTPNotFound
        self.state.tickets.discard(ticket)
        link = web.WebSocketResponse(autoping=True)
        await link.prepare(request)
        if len(self.state.sockets) >= 10:
            await link.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await link.close()
            return link
        socket = Socket(link)
        self.state.sockets.append(socket)
        self.state.opened += 1
        await link.send_json({"type": "hello", "num_connections": len(self.state.sockets), "debug_info": {}})
        try:
            async for message in link:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(socket, json.loads(message.data))
        finally:
            if socket in self.state.sockets:
                self.state.sockets.remove(socket)
        return link

    def _acknowledged(self, socket: Socket, frame: dict[str, Any]) -> None:
        waiting = socket.waiting.pop(str(frame.get("envelope_id")), None)
        if waiting is None:
            self.refused.append("an acknowledgement of nothing")
        elif not waiting.done():
            waiting.set_result(frame.get("payload"))


async def _given(method: str, request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        if request.charset not in {None, "utf-8"}:
            raise Refusal("invalid_charset")
        body = await request.json() if method not in FORMS_ONLY else {}
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return body
    if request.content_type not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise Refusal("invalid_post_type")
    return dict(await request.post())


def _checked(method: str, given: dict[str, Any]) -> dict[str, Any]:
    needed, allowed = ARGUMENTS[method]
    if "token" in given:
        raise Refusal("invalid_arguments")
    if needed - set(given) or set(given) - needed - allowed:
        raise Refusal("invalid_arguments", response_metadata={"messages": sorted(set(given) ^ needed)})
    return given


def _slow_down(seconds: int) -> web.Response:
    headers = {"Retry-After": str(max(seconds, 1))}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


Deliver = Callable[[Mapping[str, str], bytes], Awaitable[tuple[int, bytes]]]
"""How a request reaches the product in HTTP mode; the answer's status and body."""
