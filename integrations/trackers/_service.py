"""How every tracker is called: within its rate limit, its answers and failures told in our words once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import httpx

from flows.errors import Misconfigured, NotSent, Refused, Retry
from flows.model import Json
from flows.ports.tracker import Budget
from flows.ports.turns import Clock

FIRST_WAIT: Final = 10.0
"""Seconds to wait after a 429 that names no time, at most."""
_PATIENCE: Final = 5.0  # seconds that a call waits in line; a longer wait gives the entry back to the outbox
_SHOWN: Final = 200  # characters of a service's own words


class Forbidden(Refused):
    """A webhook whose signature does not hold."""

    def __init__(self) -> None:
        super().__init__("the signature does not fit", "forbidden")


class Unreadable(Refused):
    """A signed webhook that is not what its service sends."""

    def __init__(self) -> None:
        super().__init__("no webhook of this service", "invalid")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in so many seconds; `name` is the same for all who share it: a token's digest, never the token."""

    name: str
    calls: int
    seconds: float


class Service:
    """One tracker's API."""

    def __init__(self, client: httpx.AsyncClient, setting: str, limit: Limit, budget: Budget, clock: Clock) -> None:
        self._client = client
        self._setting = setting  # the name in the environment of what it is let in by
        self._limit = limit
        self._budget = budget
        self._clock = clock
        self._line = asyncio.Lock()  # callers wait one behind the other, and only the first looks at the budget

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON as the service gives it
        """The decoded answer, None for an empty one. A `Retry` of a write may have written, but for `NotSent`."""
        await self._in_line()
        try:
            response = await self._client.request(
                method, path, json=json, params=params, data=data, content=content, headers=headers, files=files
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            reason = f"{self._client.base_url.host}: {type(error).__name__}"
            raise NotSent(reason) from None
        except httpx.RequestError as error:
            reason = f"{self._client.base_url.host}: {type(error).__name__}"
            raise Retry(reason) from None
        except httpx.InvalidURL:
            raise Misconfigured(self._setting, "the address cannot be used", "Correct the API's URL") from None
        if response.is_success:
            return _decoded(response)
        raise self._meaning(response)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _in_line(self) -> None:
        limit = self._limit
        async with self._line:
            while wait := await self._budget.take(limit.name, limit.calls, limit.seconds, self._clock()):
                if wait > _PATIENCE:
                    reason = "the service's rate limit is used up"
                    raise NotSent(reason, after=wait)
                await asyncio.sleep(wait)

    def _meaning(self, response: httpx.Response) -> Exception:
        words = _words(response)
        match response.status_code:
            case HTTPStatus.TOO_MANY_REQUESTS:
                return NotSent(f"too many requests: {words}", after=_wait(response, self._clock()))
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                return Misconfigured(self._setting, f"the service does not let us in: {words}", "Make a new token")
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                return Refused(f"not there: {words}", "gone")
            case HTTPStatus.REQUEST_TIMEOUT | HTTPStatus.CONFLICT:
                return Retry(f"HTTP {response.status_code}: {words}")
            case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return Retry(f"HTTP {status}: {words}")
            case status:
                return Refused(f"HTTP {status}: {words}", "invalid")


def _decoded(response: httpx.Response) -> Any:  # noqa: ANN401 - JSON as the service gives it
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        # Whether it was written is not known: a proxy's page with 200 says nothing.
        reason = "the service answered with something that is no JSON"
        raise Retry(reason) from None


def _words(response: httpx.Response) -> str:
    """The service's own words, short, in one line."""
    return " ".join(response.text[:_SHOWN].split()) or response.reason_phrase


def _wait(response: httpx.Response, now: datetime) -> float:
    """Seconds until the service wants to hear from us: `Retry-After`, `X-RateLimit-Reset` (Unix time), else ten."""
    after = _number(response.headers.get("Retry-After"))
    if after is not None:
        return max(after, 0.0)
    reset = _number(response.headers.get("X-RateLimit-Reset"))
    if reset is not None:
        return max(reset - now.astimezone(UTC).timestamp(), 0.0)
    return FIRST_WAIT


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value, however its name is written; empty where it is missing."""
    return next((value for given, value in headers.items() if given.lower() == name.lower()), "")
