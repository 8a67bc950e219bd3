"""Calls of Slack's Web API: at the pace that each method allows, and with Slack's errors as ours."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
import orjson

from flows.errors import AssistantError, Misconfigured, Retry
from flows.model import Json
from integrations.desk.slack.faults import RATE_LIMITED, Unclear, slow_down, translated
from integrations.desk.slack.turnstile import Turnstile

Reply = dict[str, Json]

SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 5.0
# Calls in a minute, by method: Slack's tiers of 20, 50 and 100. A fifth of them may come at once.
PER_MINUTE: Final = {
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "conversations.history": 50,
    "conversations.replies": 50,
    "conversations.info": 50,
    "conversations.open": 50,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
    "files.info": 100,
    "reactions.add": 50,
    "usergroups.list": 20,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
}
POST: Final = "chat.postMessage"
POSTS_PER_MINUTE: Final = 60  # into one channel
CHANNELS_REMEMBERED: Final = 1000
# These read no JSON; all others do.
FORMS: Final = frozenset(
    {
        "conversations.history", "conversations.replies", "files.getUploadURLExternal", "users.info",
        "usergroups.list",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and the setting that it came from."""

    value: str
    setting: str = "SLACK_BOT_TOKEN"


class Calls:
    """The Web API under one address for one token. `scopes` are what Slack said of the token's rights, if it did."""

    def __init__(self, token: Token, api_url: str, pace: float = 1.0) -> None:
        self._token = token
        self._base = api_url.rstrip("/")
        self._pace = pace
        self._session: aiohttp.ClientSession | None = None
        self._turnstiles: OrderedDict[str, Turnstile] = OrderedDict()
        self.scopes: frozenset[str] = frozenset()

    async def call(
        self,
        method: str,
        params: Mapping[str, Json],
        *,
        urgent: bool = False,
        token: Token | None = None,
        seconds: float = SECONDS,
    ) -> Reply:
        """Make one call, at most one time. `params` that are None are left out.

        Raises `Unclear` when it may have been done, `Retry` when it was not, `Refused` and `Misconfigured`.
        """
        token = token or self._token
        given = {name: value for name, value in params.items() if value is not None}
        turnstile = self._turnstile(method, str(given.get("channel", "")))
        if turnstile:
            await turnstile.enter(urgent=urgent)
        try:
            reply = await self._exchange(method, given, token, seconds)
        except Retry as error:
            if turnstile and error.after is not None:
                turnstile.close(error.after / self._pace)
            raise
        if reply.get("ok") is not True:
            raise self._failure(method, reply, token)
        return reply

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections, made when they are first needed."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=SECONDS, connect=CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def _turnstile(self, method: str, channel: str) -> Turnstile | None:
        key = f"{method} {channel}" if method == POST else method
        found = self._turnstiles.get(key)
        if found is None:
            limit = POSTS_PER_MINUTE if method == POST else PER_MINUTE.get(method)
            if limit is None:
                return None
            found = Turnstile(limit, 1 if method == POST else limit // 5, self._pace)
            self._turnstiles[key] = found
        self._turnstiles.move_to_end(key)
        if len(self._turnstiles) > CHANNELS_REMEMBERED:
            self._turnstiles.popitem(last=False)
        return found

    async def _exchange(self, method: str, params: Mapping[str, Json], token: Token, seconds: float) -> Reply:
        headers = {"Authorization": f"Bearer {token.value}"}
        body: bytes | dict[str, str]
        if method in FORMS:
            body = {name: _formed(value) for name, value in params.items()}
        else:
            body, headers["Content-Type"] = orjson.dumps(params), "application/json; charset=utf-8"
        limit = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        url = f"{self._base}/{method}"
        try:
            async with self.session.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                return self._read(method, answer, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Retry(reason=f"Slack was not reached: {type(error).__name__}") from None
        except (aiohttp.InvalidURL, ValueError):
            raise Misconfigured("SLACK_API_URL", "it is no URL", "Leave it empty for Slack itself") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unclear(reason=f"Slack did not answer {method}: {type(error).__name__}") from None

    def _read(self, method: str, answer: aiohttp.ClientResponse, body: bytes) -> Reply:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise slow_down(answer.headers.get("Retry-After"))
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unclear(reason=f"{method}: Slack's server failed with HTTP {answer.status}")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise Misconfigured("SLACK_API_URL", f"there is no {method} under it", "Leave it empty for Slack itself")
        try:
            reply = orjson.loads(body)
        except orjson.JSONDecodeError:
            reply = None
        if not isinstance(reply, dict) or not isinstance(reply.get("ok"), bool):
            raise Unclear(reason=f"{method}: HTTP {answer.status} with an answer of no known form")
        if method == "auth.test":
            listed = answer.headers.get("X-OAuth-Scopes", "")
            self.scopes = frozenset(scope.strip() for scope in listed.split(",") if scope.strip())
        if reply.get("error") in RATE_LIMITED:
            raise slow_down(answer.headers.get("Retry-After"))
        return reply

    def _failure(self, method: str, reply: Reply, token: Token) -> AssistantError:
        return translated(method, reply, token.setting)


def _formed(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
