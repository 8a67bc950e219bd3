"""The one factory of HTTP clients: time-outs always, repeats only for reads."""

from collections.abc import Mapping

import httpx
import stamina
from typing_extensions import override

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_AGAIN = frozenset({502, 503, 504})
_ATTEMPTS = 3


class GatewayFailedError(httpx.TransportError):
    """A gateway answered instead of the service: the read is worth repeating."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")


class SafeReads(httpx.AsyncBaseTransport):
    """Repeats a read that the network or a gateway failed; a write is repeated by the outbox alone."""

    def __init__(self, inner: httpx.AsyncBaseTransport, pause: float = 0.2) -> None:
        self._inner = inner
        self._pause = pause

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One answer; the last failure is the caller's to translate."""
        if request.method not in SAFE:
            return await self._inner.handle_async_request(request)
        attempts = stamina.retry_context(
            on=httpx.TransportError, attempts=_ATTEMPTS, wait_initial=self._pause, wait_max=2.0, timeout=None
        )
        async for attempt in attempts:
            with attempt:
                response = await self._inner.handle_async_request(request)
                if response.status_code not in _AGAIN or attempt.num == _ATTEMPTS:
                    return response
                await response.aclose()
                raise GatewayFailedError(response.status_code)
        raise AssertionError

    @override
    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def http_client(
    base_url: str = "",
    *,
    timeout: float = 10.0,
    headers: Mapping[str, str] | None = None,
    proxy: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    pause: float = 0.2,
    repeats: bool = True,
) -> httpx.AsyncClient:
    """A client for one service; times in seconds. `transport` is for tests, in place of the network.

    Without `repeats` no read is repeated: where calls are counted, whoever counts them repeats them.

    The environment's proxies are not read: what the product talks through is a setting.
    """
    inner = transport or httpx.AsyncHTTPTransport(
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20), proxy=proxy or None
    )
    return httpx.AsyncClient(
        base_url=base_url,
        headers=dict(headers or {}),
        timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
        transport=SafeReads(inner, pause) if repeats else inner,
        trust_env=False,
        follow_redirects=False,
    )
