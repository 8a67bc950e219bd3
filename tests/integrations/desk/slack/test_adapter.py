"""Posting into Slack when it is slow, silent, shut or full: nothing twice, nothing lost, all told in our words."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from flows.desk import Post, Spot
from flows.errors import Misconfigured, Refused, Retry
from integrations.clock import clock_in
from integrations.desk.slack.adapter import Settings, Slack, connect
from tests.fakes.slack import SlackServer
from tests.fakes.slack_reading import files, readable
from tests.fakes.slack_state import CHANNEL
from tests.integrations.desk.slack.conftest import CARD, FILE, made, opened, replies


# ------------------------------------------------------------------ nothing twice
@pytest.mark.parametrize("lost", [{"status": 502}, {"error": "internal_error"}, {"error": "fatal_error"}])
async def test_one_post_whatever_the_answer_was(slack: SlackServer, desk: Slack, lost: dict[str, Any]) -> None:
    spot = await opened(desk)
    slack.fail("chat.postMessage", done=True, **lost)
    with pytest.raises(Retry):
        await desk.post(spot, Post("once"), "k1")
    message = await desk.post(spot, Post("once"), "k1")
    assert [one["ts"] for one in replies(slack, spot)] == [message]


async def test_one_post_after_an_answer_that_never_came(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    slack.fail("chat.postMessage", lost=True, done=True)
    with pytest.raises(Retry):
        # As the time-out of a call, shortened.
        await asyncio.wait_for(_impatient(desk, spot), 5)
    message = await desk.post(spot, Post("once"), "k1")
    assert [one["ts"] for one in replies(slack, spot)] == [message]


async def _impatient(desk: Slack, spot: Spot) -> None:
    call = desk.calls.call

    async def hasty(method: str, params: Any, **more: Any) -> Any:
        return await call(method, params, **{**more, "seconds": 0.3})

    desk.calls.call = hasty  # type: ignore[method-assign]
    try:
        await desk.post(spot, Post("once"), "k1")
    finally:
        del desk.calls.call


async def test_a_post_that_did_not_happen_is_made(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    slack.fail("chat.postMessage", status=503)
    with pytest.raises(Retry):
        await desk.post(spot, Post("once"), "k1")
    await desk.post(spot, Post("once"), "k1")
    assert len(replies(slack, spot)) == 1


async def test_one_thread_whatever_the_answer_was(slack: SlackServer, desk: Slack) -> None:
    slack.fail("chat.postMessage", status=500, done=True)
    with pytest.raises(Retry):
        await desk.open(CARD, "open")
    spot = await opened(desk)
    assert [one["ts"] for one in slack.state.roots()] == [spot.thread]


async def test_a_process_that_died_is_followed_by_one_that_looks(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    await desk.post(spot, FILE, "k1")
    after = made(slack)
    await after.introduce()
    try:
        assert (await after.open(CARD, "open"))[0] == spot
        first = await after.post(spot, FILE, "k1")
        assert await after.post(spot, Post("more"), "k2") != first
    finally:
        await after.close()
    assert [readable(one) for one in replies(slack, spot)] == ["the dialogue", "", "more"]


async def test_a_long_post_goes_on_where_it_broke_off(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    long = Post(" ".join(f"word{number}" for number in range(6000)))
    slack.fail("chat.postMessage", status=429, after=1)
    with pytest.raises(Retry):
        await desk.post(spot, long, "k1")
    slack.fail("chat.postMessage", status=500, done=True)
    with pytest.raises(Retry):
        await desk.post(spot, long, "k1")
    await desk.post(spot, long, "k1")
    text = " ".join(readable(one) for one in replies(slack, spot))
    assert text.split() == long.text.split()


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
@pytest.mark.parametrize("done", [False, True])
async def test_a_file_is_shown_once(slack: SlackServer, desk: Slack, method: str, done: bool) -> None:
    spot = await opened(desk)
    slack.fail(method, status=500, done=done)
    with pytest.raises(Retry):
        await desk.post(spot, FILE, "k1")
    await desk.post(spot, FILE, "k1")
    assert [readable(one) for one in replies(slack, spot)] == ["the dialogue", ""]
    assert files(slack.state, replies(slack, spot)[1]) == (FILE.contents["d1"],)


async def test_metadata_names_nobody(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    await desk.post(spot, Post("hi"), "notice:+79161234567")
    for given in slack.named("chat.postMessage"):
        assert set(given["metadata"]["event_payload"]) == {"key", "part"}
        assert "7916" not in str(given["metadata"])


# ------------------------------------------------------------------ what Slack allows
async def test_a_storm_of_refusals_is_weathered_in_order(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    slack.fail("chat.postMessage", status=429, after=30, times=5)
    waits: list[float | None] = []
    for number in range(3):
        for _ in range(10):
            try:
                await desk.post(spot, Post(f"line {number}"), f"k{number}")
                break
            except Retry as error:
                waits.append(error.after)
    assert waits == [30.0] * 5
    assert [readable(one) for one in replies(slack, spot)] == ["line 0", "line 1", "line 2"]


async def test_many_posts_stay_within_the_limits() -> None:
    async with SlackServer(pace=5) as slack:
        desk = made(slack, pace=5)
        await desk.introduce()
        spot = await opened(desk)
        await asyncio.gather(*(desk.post(spot, Post(f"line {number}"), f"k{number}") for number in range(5)))
        await desk.close()
        assert slack.refused == []
        assert len(replies(slack, spot)) == 5


async def test_a_server_with_limits_refuses_who_is_too_quick() -> None:
    async with SlackServer() as slack:
        desk = made(slack)
        await desk.introduce()
        spot = await opened(desk)
        with pytest.raises(Retry) as caught:
            await desk.post(spot, Post("too soon"), "k")
        await desk.close()
        assert caught.value.after == 1
        assert slack.refused == ["chat.postMessage"]


async def test_an_urgent_post_overtakes(slack: SlackServer) -> None:
    desk = made(slack, pace=20)
    await desk.introduce()
    try:
        spot = await opened(desk)
        lines = [asyncio.create_task(desk.post(spot, Post(f"line {number}"), f"k{number}")) for number in range(4)]
        await asyncio.sleep(0.01)
        await desk.post(spot, Post("taken", urgent=True), "u")
        await asyncio.gather(*lines)
    finally:
        await desk.close()
    shown = [readable(one) for one in replies(slack, spot)]
    assert shown.index("taken") < shown.index("line 3")


async def test_a_refused_layout_is_sent_as_plain_text(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    slack.fail("chat.postMessage", error="invalid_blocks")
    await desk.post(spot, Post("**words** <!channel>"), "k1")
    (shown,) = replies(slack, spot)
    assert not shown["blocks"]
    assert readable(shown) == "words <!channel>"
    slack.fail("chat.postMessage", error="invalid_blocks")
    with pytest.raises(Refused):
        await desk.post(spot, CARD, "k2")


# ------------------------------------------------------------------ what is wrong, in our words
@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("is_archived", "archived"),
        ("not_in_channel", "archived"),
        ("channel_not_found", "archived"),
        ("message_not_found", "gone"),
        ("thread_not_found", "gone"),
        ("msg_too_long", "too_large"),
        ("cant_update_message", "forbidden"),
        ("something_new", "invalid"),
    ],
)
async def test_refusals(slack: SlackServer, desk: Slack, error: str, state: str) -> None:
    spot = await opened(desk)
    slack.fail("chat.update", error=error)
    with pytest.raises(Refused) as caught:
        await desk.change(spot, spot.thread, CARD)
    assert (caught.value.state, caught.value.detail) == (state, error)


@pytest.mark.parametrize("error", ["service_unavailable", "ratelimited", "request_timeout"])
async def test_what_passes(slack: SlackServer, desk: Slack, error: str) -> None:
    spot = await opened(desk)
    slack.fail("chat.update", error=error)
    with pytest.raises(Retry):
        await desk.change(spot, spot.thread, CARD)


async def test_a_missing_scope_names_it_and_its_remedy(slack: SlackServer, desk: Slack) -> None:
    slack.state.scopes.discard("chat:write")
    with pytest.raises(Misconfigured, match="chat:write") as caught:
        await desk.open(CARD, "open")
    assert "install again" in caught.value.remedy


async def test_a_revoked_token(slack: SlackServer, desk: Slack) -> None:
    slack.state.revoked.add("xoxb-test-bot")
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN") as caught:
        await desk.open(CARD, "open")
    assert "xoxb-" not in str(caught.value)


async def test_a_thread_that_is_gone_is_told_even_if_slack_posts_beside_it(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    await desk.post(spot, Post("hi"), "k1")
    slack.state.channels[CHANNEL].messages.clear()
    slack.state.orphans = True
    with pytest.raises(Refused) as caught:
        await desk.post(spot, Post("hi"), "k2")
    assert caught.value.state == "gone"
    assert slack.state.roots() == []


async def test_another_server_is_no_slack(free_port: int) -> None:
    settings = Settings(
        bot_token=SecretStr("x"), channel="C1", app_token=SecretStr("x"), api_url=f"http://127.0.0.1:{free_port}/api"
    )
    desk = connect(settings, clock_in("UTC"))
    with pytest.raises(Retry, match="not reached"):
        await desk.introduce()
    await desk.close()


@pytest.mark.parametrize(("channel", "named"), [("", "SLACK_CHANNEL"), ("C1", "SLACK_SIGNING_SECRET")])
def test_what_is_missing_is_said_at_the_start(channel: str, named: str) -> None:
    with pytest.raises(Misconfigured, match=named) as caught:
        connect(Settings(bot_token=SecretStr("x"), channel=channel), clock_in("UTC"))
    assert caught.value.remedy
