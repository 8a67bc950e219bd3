"""Files, people, pages and hints in Slack, and that nobody but Slack sees the token."""

from dataclasses import replace

import pytest

from flows.desk import Form, Input, Member, Post, Spot
from flows.errors import Misconfigured
from flows.model import File
from integrations.desk.slack.adapter import Slack
from tests.fakes.slack import SlackServer
from tests.fakes.slack_reading import called, files, readable
from tests.fakes.slack_state import BOT_USER, CHANNEL, Channel, Upload
from tests.integrations.desk.slack.conftest import CARD, FILE, made, opened, replies


async def test_a_file_that_nobody_has_is_left_out(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    await desk.post(spot, replace(FILE, contents={}), "k1")
    assert [readable(one) for one in replies(slack, spot)] == ["the dialogue"]


async def test_files_of_others_come_from_contents(slack: SlackServer) -> None:
    desk = made(slack, contents=b"OggS voice")
    await desk.introduce()
    spot = await opened(desk)
    await desk.post(spot, Post(speaker="Anna", files=(File("voice", "tg-1"),)), "k1")
    await desk.close()
    shown = replies(slack, spot)[-1]
    assert shown["files"][0]["name"] == "voice.ogg"
    assert files(slack.state, shown) == (b"OggS voice",)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/files.slack.com",
        "https://files.slack.com.evil.example/x",
        "https://user:pw@files.slack.com/x",
        "http://files.slack.com/x",
        "https://files.slack.com:8443/x",
        "file:///etc/passwd",
        "https://[::1",
        "",
    ],
)
async def test_the_token_is_shown_to_slack_only(slack: SlackServer, desk: Slack, url: str) -> None:
    assert not desk._files.is_slacks(url)  # noqa: SLF001 - the gate itself


async def test_slacks_own_addresses_are_taken(slack: SlackServer, desk: Slack) -> None:
    for url in ("https://files.slack.com/files-pri/T1-F1/x", "https://hooks.slack.com/x", f"{slack.url}/files/F1/x"):
        assert desk._files.is_slacks(url)  # noqa: SLF001 - the gate itself


async def test_a_file_that_leads_elsewhere_is_not_followed(slack: SlackServer, desk: Slack, free_port: int) -> None:
    slack.state.files["F1"] = Upload("F1", "a", 1, "U0ANNA", b"x", moved_to=f"http://127.0.0.1:{free_port}/steal")
    with pytest.raises(Misconfigured):
        await desk.fetch(File("document", "F1"))


async def test_without_the_scope_a_sign_in_page_is_no_file(slack: SlackServer, desk: Slack) -> None:
    slack.state.files["F1"] = Upload("F1", "a.pdf", 1, "U0ANNA", b"x", mime="application/pdf")
    assert await desk.fetch(File("document", "F1")) == b"x"
    slack.state.scopes.discard("files:read")
    with pytest.raises(Misconfigured, match="files:read"):
        await desk.fetch(File("document", "F1"))


async def test_people_with_their_groups(slack: SlackServer, desk: Slack) -> None:
    slack.state.groups = [{"id": "S1", "handle": "sales", "users": ["U0ANNA"]}]
    assert await desk.member("U0ANNA") == Member("U0ANNA", "Anna", "anna@example.com", "ru", ("S1", "sales"))
    assert (await desk.member("U0BORIS")).groups == ()
    await desk.member("U0ANNA")
    assert len(slack.named("users.info")) == 2


async def test_people_without_the_right_to_read_groups(slack: SlackServer, desk: Slack) -> None:
    slack.state.scopes.discard("usergroups:read")
    assert (await desk.member("U0ANNA")).email == "anna@example.com"


async def test_a_form_whose_trigger_is_old_is_lost_without_a_sound(slack: SlackServer, desk: Slack) -> None:
    form = Form("won", "Won", "Save", (Input("amount", "Amount", "number"),), Spot("slack", CHANNEL, "1.0"))
    slack.state.triggers["t"] = -10.0
    await desk.ask(form, "t")
    assert slack.refused == ["views.open: expired_trigger_id"]
    assert slack.state.views == []


async def test_marks(slack: SlackServer, desk: Slack) -> None:
    spot = await opened(desk)
    for _ in range(2):
        await desk.react(spot, spot.thread, "failed")
    assert slack.state.reactions == {(CHANNEL, spot.thread): ["warning"]}


async def test_home(slack: SlackServer, desk: Slack) -> None:
    await desk.home("U0ANNA", [Post("today", "Your chats"), CARD])
    kinds = [block["type"] for block in slack.state.homes["U0ANNA"]["blocks"]]
    assert kinds == ["header", "section", "divider", "header", "section", "actions"]


async def test_only_post_mention_calls(slack: SlackServer, desk: Slack) -> None:
    hostile = "<!channel> @channel <@U0ANNA> <!subteam^S1> &lt;!here&gt;"
    spot, _ = await desk.open(Post(hostile, hostile, speaker=hostile, small=(hostile,)), "a")
    await desk.post(spot, Post("hot", mention=("U0BORIS", "channel", "U1> <!here")), "b")
    assert [called(one) for one in slack.state.thread(spot.thread)] == [(), ("U0BORIS",)]


async def test_another_channel_keeps_its_threads(slack: SlackServer, desk: Slack) -> None:
    slack.state.channels["C0OLD"] = Channel("C0OLD", {BOT_USER})
    slack.state.channels["C0OLD"].messages["1.000001"] = {"user": BOT_USER, "ts": "1.000001", "text": "root"}
    await desk.post(Spot("slack", "C0OLD", "1.000001"), Post("late"), "k")
    assert [one["text"] for one in slack.state.thread("1.000001", "C0OLD")] == ["root", "late"]
