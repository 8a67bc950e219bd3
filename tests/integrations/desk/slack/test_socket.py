"""The socket through everything that Slack and networks do to it."""

import asyncio

import pytest

from flows.errors import Misconfigured
from tests.fakes.slack import APP_TOKEN, SlackServer
from tests.fakes.slack_staff import Staff
from tests.integrations.desk.slack.conftest import Ear, listening, made, running


async def test_a_refresh_overlaps_and_loses_nothing(slack: SlackServer, ear: Ear) -> None:
    async with listening(slack, ear, socket=True) as (desk, staff):
        (old,) = slack.state.sockets
        await old.link.send_json({"type": "disconnect", "reason": "refresh_requested"})
        await slack.until(lambda: len(slack.state.sockets) == 2)
        # The old one is still served while the new one is there.
        for number in range(6):
            _, sent = await staff.writes("U0ANNA", "1.0", f"line {number}")
            assert sent.acknowledged
        await old.link.close()
        await slack.until(lambda: len(slack.state.sockets) == 1)
        assert desk.ready
        assert slack.state.opened == 2
    assert len(ear.heard) == 6


async def test_a_cut_connection_is_opened_again_and_the_repeat_is_heard(slack: SlackServer, ear: Ear) -> None:
    async with listening(slack, ear, socket=True) as (desk, staff):
        for round_ in range(3):
            (socket,) = slack.state.sockets
            await socket.link.close()
            _, sent = await staff.writes("U0ANNA", "1.0", f"line {round_}")
            if not sent.acknowledged:
                await slack.until(lambda: desk.ready)
                assert (await staff.send("events_api", sent.body, 1, "timeout"))[0] is not None
            await slack.until(lambda: len(slack.state.sockets) == 1)
    assert len({event.id for event in ear.heard}) == 3


async def test_addresses_are_used_once_and_asked_for_again(slack: SlackServer, ear: Ear) -> None:
    slack.fail("apps.connections.open", status=500, times=2)
    async with listening(slack, ear, socket=True) as (_, staff):
        (socket,) = slack.state.sockets
        slack.fail("apps.connections.open", error="internal_error")
        await socket.link.send_json({"type": "disconnect", "reason": "warning"})
        await socket.link.close()
        await slack.until(lambda: slack.state.opened == 2 and bool(slack.state.sockets))
        assert (await staff.writes("U0ANNA", "1.0", "x"))[1].acknowledged


async def test_socket_mode_switched_off_is_told(slack: SlackServer, ear: Ear) -> None:
    desk = made(slack, socket=True)
    task = asyncio.create_task(desk.run(ear, ear))
    await slack.until(lambda: desk.ready)
    (socket,) = slack.state.sockets
    await socket.link.send_json({"type": "disconnect", "reason": "link_disabled"})
    with pytest.raises(Misconfigured, match="SLACK_APP_TOKEN"):
        await asyncio.wait_for(task, 5)
    assert not desk.ready
    await desk.close()


async def test_a_wrong_app_token_is_told(slack: SlackServer, ear: Ear) -> None:
    slack.state.revoked.add(APP_TOKEN)
    desk = made(slack, socket=True)
    with pytest.raises(Misconfigured, match="SLACK_APP_TOKEN"):
        await asyncio.wait_for(desk.run(ear, ear), 5)
    await desk.close()


async def test_too_many_connections_are_not_pressed_for(slack: SlackServer, ear: Ear) -> None:
    others = [made(slack, socket=True) for _ in range(10)]
    tasks = [asyncio.create_task(other.run(ear, ear)) for other in others]
    await slack.until(lambda: len(slack.state.sockets) == 10)
    async with running(made(slack, socket=True), ear):
        await asyncio.sleep(0.2)
        tickets = len(slack.named("apps.connections.open"))
        # With pauses of 0.01 and 0.05 seconds there is time for a handful of tries.
        assert 10 < tickets < 20
    for task, other in zip(tasks, others, strict=True):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await other.close()


async def test_unreadable_frames_break_nothing(slack: SlackServer, ear: Ear) -> None:
    async with listening(slack, ear, socket=True) as (_, staff):
        (socket,) = slack.state.sockets
        for frame in ("", "{", "[]", '{"type": 1}', '{"envelope_id": "e", "type": "events_api", "payload": 7}'):
            await socket.link.send_str(frame)
        await socket.link.send_bytes(b"\x00")
        assert (await staff.writes("U0ANNA", "1.0", "x"))[1].acknowledged
        assert slack.state.opened == 1


async def test_slack_away_at_the_start_is_waited_for(ear: Ear, slack: SlackServer) -> None:
    slack.fail("auth.test", status=503, times=3)
    async with listening(slack, ear, socket=True) as (desk, _):
        assert desk.bot == "T0TEAM"


async def test_shutting_down_leaves_nothing_open(slack: SlackServer, ear: Ear) -> None:
    async with listening(slack, ear, socket=True) as (_, staff):
        assert isinstance(staff, Staff)
    await slack.until(lambda: not slack.state.sockets)
