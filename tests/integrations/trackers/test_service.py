"""What a service's answer means, whatever it answers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from flows.errors import AssistantError, Misconfigured, NotSent, Refused, Retry
from integrations.http import http_client
from integrations.trackers._service import Limit, Service

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


class Paced:
    """A limit that says these waits, then none."""

    def __init__(self, *waits: float) -> None:
        self.waits = list(waits)
        self.taken = 0

    async def take(self, name: str, limit: int, seconds: float, now: datetime) -> float:
        self.taken += 1
        return self.waits.pop(0) if self.waits else 0.0


def service(answer: Answer, budget: Paced | None = None, base: str = "https://api.example/1") -> Service:
    """Over an answer in place of the network."""
    client = http_client(base, transport=httpx.MockTransport(answer), repeats=False)
    return Service(client, "X_TOKEN", Limit("x", 10, 10.0), budget or Paced(), lambda: NOW)


async def meaning(answer: Answer | httpx.Response, path: str = "/cards") -> AssistantError:
    """What is raised."""
    given = answer if callable(answer) else lambda _: answer
    with pytest.raises(AssistantError) as raised:
        await service(given).call("POST", path, json={})
    return raised.value


@pytest.mark.parametrize(
    ("status", "kind", "state"),
    [
        (301, Refused, "invalid"),
        (302, Refused, "invalid"),
        (400, Refused, "invalid"),
        (401, Misconfigured, ""),
        (403, Misconfigured, ""),
        (404, Refused, "gone"),
        (408, Retry, ""),
        (409, Retry, ""),
        (410, Refused, "gone"),
        (422, Refused, "invalid"),
        (429, NotSent, ""),
        (500, Retry, ""),
        (502, Retry, ""),
        (503, Retry, ""),
    ],
)
async def test_every_status_is_one_of_our_errors(status: int, kind: type[AssistantError], state: str) -> None:
    error = await meaning(httpx.Response(status, text="words\nof theirs", headers={"Location": "https://evil.example"}))
    assert type(error) is kind
    assert getattr(error, "state", "") == state
    assert "words of theirs" in str(error)


async def test_a_page_of_a_proxy_with_200_says_nothing_of_what_was_written() -> None:
    error = await meaning(httpx.Response(200, text="<html>sign in"))
    assert type(error) is Retry


async def test_an_empty_answer_is_an_answer() -> None:
    for status in (200, 204):
        assert await service(lambda _, status=status: httpx.Response(status)).call("POST", "/x") is None  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError, NotSent),
        (httpx.ConnectTimeout, NotSent),
        (httpx.PoolTimeout, NotSent),
        (httpx.ReadTimeout, Retry),
        (httpx.WriteError, Retry),
        (httpx.ReadError, Retry),
        (httpx.RemoteProtocolError, Retry),
    ],
)
async def test_only_what_never_left_is_told_as_not_sent(fault: type[httpx.RequestError], kind: type[Retry]) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise fault("boom", request=request)

    error = await meaning(broken)
    assert type(error) is kind
    assert "api.example" in str(error)


async def test_an_address_that_is_none_is_the_settings_fault() -> None:
    found = service(lambda _: httpx.Response(200))
    with pytest.raises(Misconfigured) as raised:
        await found.call("GET", "https://shop.example/\x00")
    assert "X_TOKEN" in str(raised.value)


async def test_waits_of_the_limit_are_kept_and_long_ones_given_back() -> None:
    budget = Paced(0.0001, 0.0001)
    assert await service(lambda _: httpx.Response(200, json=1), budget).call("GET", "/x") == 1
    assert budget.taken == 3
    with pytest.raises(NotSent) as raised:
        await service(lambda _: httpx.Response(200), Paced(30.0)).call("GET", "/x")
    assert raised.value.after == 30.0


async def test_callers_wait_in_one_line() -> None:
    budget, order = Paced(*[0.001] * 5), list[int]()

    def answer(request: httpx.Request) -> httpx.Response:
        order.append(int(request.url.path.rpartition("/")[2]))
        return httpx.Response(204)

    found = service(answer, budget)
    await asyncio.gather(*(found.call("GET", f"/{number}") for number in range(20)))
    assert order == list(range(20))
    assert budget.taken == 25, "only the first in the line looks at the limit"
