"""The HTTP client: reads are repeated, writes never, nothing hangs."""

import httpx
import pytest

from integrations.http import GatewayFailedError, http_client


class Flaky(httpx.AsyncBaseTransport):
    """Fails as it is told, then answers 200."""

    def __init__(self, *failures: int | Exception) -> None:
        self.failures = list(failures)
        self.seen: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.method)
        if not self.failures:
            return httpx.Response(200, text="fine")
        failure = self.failures.pop(0)
        if isinstance(failure, Exception):
            raise failure
        return httpx.Response(failure)


@pytest.mark.parametrize("failure", [httpx.ConnectError("away"), httpx.ReadTimeout("slow"), 502, 503, 504])
async def test_a_read_is_repeated(failure: int | Exception) -> None:
    wire = Flaky(failure, failure)
    async with http_client("http://service.test", transport=wire, pause=0.001) as client:
        assert (await client.get("/x")).text == "fine"
    assert wire.seen == ["GET"] * 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_write_is_never_repeated(method: str) -> None:
    wire = Flaky(503)
    async with http_client("http://service.test", transport=wire, pause=0.001) as client:
        assert (await client.request(method, "/x")).status_code == 503
    assert wire.seen == [method]
    wire = Flaky(httpx.ReadTimeout("slow"))
    async with http_client("http://service.test", transport=wire, pause=0.001) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.request(method, "/x")
    assert wire.seen == [method]


async def test_after_three_failures_the_answer_is_the_callers() -> None:
    wire = Flaky(503, 503, 503, 503)
    async with http_client("http://service.test", transport=wire, pause=0.001) as client:
        assert (await client.get("/x")).status_code == 503
    assert wire.seen == ["GET"] * 3
    wire = Flaky(*[httpx.ConnectError("away")] * 4)
    async with http_client("http://service.test", transport=wire, pause=0.001) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/x")
    assert wire.seen == ["GET"] * 3


async def test_other_refusals_are_answers() -> None:
    wire = Flaky(404)
    async with http_client("http://service.test", transport=wire, pause=0.001) as client:
        assert (await client.get("/x")).status_code == 404
    assert wire.seen == ["GET"]


def test_a_failed_gateway_is_a_failure_of_the_way() -> None:
    assert isinstance(GatewayFailedError(502), httpx.TransportError)


def test_every_client_has_time_outs_and_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    client = http_client("http://service.test", timeout=4.0)
    assert client.timeout.read == client.timeout.write == client.timeout.pool == 4.0
    assert client.trust_env is False
