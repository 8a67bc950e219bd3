"""What stands before every route: sign-in to the API, a limit on bodies, and an answer when all else failed."""

import hmac

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.problems import Problem, marked_problem_response
from bot.telemetry import Metrics
from locales.operators import N_

LARGEST_BODY = 1024 * 1024
"""Bytes; Telegram's largest update is far below."""
API = "/api/v1"

log = structlog.get_logger("bot.api")


class Guard:
    """An ASGI middleware: under `/api/v1` the right token comes before everything, also before "not found"."""

    def __init__(self, app: ASGIApp, admin_token: str, metrics: Metrics, largest_body: int = LARGEST_BODY) -> None:
        self._app = app
        self._token = admin_token.encode()
        self._metrics = metrics
        self._largest = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer problems itself; a response that has begun is cut off, as there is no other way to say it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._metrics)
        try:
            self._admit(scope)
            await self._app(scope, _Limited(receive, self._largest), answer)
        except Problem as problem:
            await marked_problem_response(scope, problem)(scope, receive, answer)
        except Exception:
            log.exception("request failed", path=scope["path"])
            if answer.begun:
                raise
            unforeseen = Problem(500, N_("An error that nobody foresaw; it is in the log"), N_("Try again later"))
            await marked_problem_response(scope, unforeseen)(scope, receive, answer)

    def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        path = scope["path"]
        if path == API or path.startswith(f"{API}/"):
            self._authorise(headers.get("authorization", ""))
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._largest:
            raise Problem(413, N_("At most {limit} bytes are taken"), limit=str(self._largest))

    def _authorise(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        if not self._token:
            problem = Problem(401, N_("The API is closed: no token is set"), N_("Set ADMIN_TOKEN and restart"))
        elif scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1"), self._token):
            return
        else:
            problem = Problem(
                401,
                N_("A token is needed, and this is not it"),
                N_("Send “Authorization: Bearer …” with ADMIN_TOKEN"),
            )
        problem.headers["WWW-Authenticate"] = "Bearer"
        raise problem


class _Answer:
    """Passes a response on, and knows whether it has begun."""

    def __init__(self, send: Send, metrics: Metrics) -> None:
        self._send = send
        self._metrics = metrics
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self._metrics.http_requests.labels(str(message["status"])).inc()
        await self._send(message)


class _Limited:
    """Passes a request's body on until it is too large."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self._receive = receive
        self._left = largest

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message
