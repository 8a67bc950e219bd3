"""A tracker's webhook: let in by its signature alone, stored before it is said yes to, off when the tracker is."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from flows.errors import Refused, StorageDown
from tests.bot.api.conftest import World, client_of

URL = "/trackers/trello/webhook"


class Hook:
    """What a tracker's webhook is given to."""

    def __init__(self) -> None:
        self.stored: list[bytes] = []
        self.trouble: Exception | None = None

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> None:
        if self.trouble:
            raise self.trouble
        if headers.get("X-Trello-Webhook") != "right":
            raise Refused("the signature does not fit", "forbidden")
        self.stored.append(body)


async def status(world: World, hook: Hook, method: str, url: str = URL, signature: str = "right") -> int:
    """The answer to one call, by somebody who is not signed in."""
    async with client_of(replace(world.deps, trackers={"trello": hook})) as client:
        answer = await client.request(method, url, content=b"{}", headers={"X-Trello-Webhook": signature})
    return answer.status_code


async def test_a_service_that_only_asks_whether_we_are_here_is_told_so(world: World) -> None:
    hook = Hook()
    assert await status(world, hook, "HEAD") == 200
    assert not hook.stored


async def test_what_is_signed_is_stored_and_what_is_forged_is_not(world: World) -> None:
    hook = Hook()
    assert await status(world, hook, "POST") == 200
    assert await status(world, hook, "POST", signature="") == 401
    assert hook.stored == [b"{}"]


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_a_tracker_that_is_off_does_not_exist(world: World, method: str) -> None:
    assert await status(world, Hook(), method, "/trackers/clickup/webhook") == 404


async def test_nothing_is_said_yes_to_that_was_not_stored(world: World) -> None:
    hook = Hook()
    hook.trouble = StorageDown("locked")
    assert await status(world, hook, "POST") == 503


async def test_what_is_signed_and_makes_no_sense_is_refused(world: World) -> None:
    hook = Hook()
    hook.trouble = Refused("no webhook of this service", "invalid")
    assert 400 <= await status(world, hook, "POST") < 500
