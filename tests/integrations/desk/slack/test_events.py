"""What Slack tells, as our events: people's words in the console's threads, and nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.desk import Spot, spot_address
from flows.events import Pressed, Written
from integrations.desk.slack.events import Commanded, Me, Opened, Press, Wondered, incoming, unescaped

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ME = Me("T1", "UBOT", "BBOT", "C1")
SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "specs" / "slack.samples"
ADDRESS = spot_address(Spot("slack", "C1", "1.0"), "T1")


def told(**event: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": event}


def said(**more: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "user": "U1", "ts": "2.0", "thread_ts": "1.0", "text": "hi", **more}


def heard(body: Any) -> list[Any]:
    return list(incoming(body, ME, NOW))


def test_words_in_a_thread() -> None:
    assert heard(told(**said())) == [Written("Ev1", ADDRESS, NOW, "U1", "2.0", "new", "hi")]


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message", "file_share"])
def test_other_ways_of_writing(subtype: str) -> None:
    (event,) = heard(told(**said(subtype=subtype)))
    assert event.text == "hi"


@pytest.mark.parametrize(
    "event",
    [
        said(user="UBOT"),
        said(bot_id="BBOT"),
        said(bot_id="BOTHER", user="U2"),
        said(subtype="bot_message", bot_id="B7", user=""),
        said(channel="C2"),
        said(channel="D1", channel_type="im"),
        {**said(), "thread_ts": ""},
        {key: value for key, value in said().items() if key != "thread_ts"},
        said(subtype="channel_join"),
        said(type="app_mention", text="<@UBOT> hi"),
        said(subtype="message_changed", message=said(user="UBOT", text="x"), previous_message=said(user="UBOT")),
        said(subtype="message_changed", message=said(attachments=[{"title": "preview"}]), previous_message=said()),
        said(subtype="message_changed", message={**said(subtype="tombstone"), "user": "USLACKBOT"}),
        said(subtype="message_deleted", deleted_ts="2.0", previous_message=said(bot_id="BBOT", user="UBOT")),
        said(subtype="message_deleted", deleted_ts="2.0"),
        {"type": "reaction_added", "user": "U1", "reaction": "tada", "item": {"type": "message", "channel": "C1"}},
        {
            "type": "reaction_added",
            "user": "U1",
            "reaction": "question",
            "item_user": "U2",
            "item": {"type": "message", "channel": "C1", "ts": "1.0"},
        },
        {"type": "app_home_opened", "user": "U1", "tab": "messages"},
        {"type": "member_joined_channel", "user": "U1"},
        {},
    ],
)
def test_what_is_not_ours_to_hear(event: dict[str, Any]) -> None:
    assert heard(told(**event)) == []


def test_an_edit_and_a_deletion_name_the_same_message() -> None:
    (edited,) = heard(told(**said(subtype="message_changed", message=said(text="new"), previous_message=said())))
    (deleted,) = heard(told(**said(subtype="message_deleted", deleted_ts="2.0", previous_message=said())))
    assert (edited.kind, edited.text, edited.message, edited.address) == ("edited", "new", "2.0", ADDRESS)
    assert (deleted.kind, deleted.message, deleted.by, deleted.address) == ("deleted", "2.0", "U1", ADDRESS)


def test_files_by_their_ids() -> None:
    files = [
        {"id": "F1", "name": "a.pdf", "mimetype": "application/pdf", "size": 7},
        {"id": "F2", "name": "clip.m4a", "mimetype": "audio/mp4", "subtype": "slack_audio"},
        {"id": "F3", "name": "p.png", "mimetype": "image/png"},
        {"id": "F4", "mode": "tombstone"},
        {"no": "id"},
    ]
    (event,) = heard(told(**said(subtype="file_share", files=files, text="")))
    assert [(file.kind, file.ref) for file in event.files] == [("document", "F1"), ("voice", "F2"), ("photo", "F3")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<https://a.b/c?x=1&amp;y=2>", "https://a.b/c?x=1&y=2"),
        ("<https://a.b|a.b>", "https://a.b"),
        ("<https://a.b|our site>", "our site (https://a.b)"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<@U1> <@U2|anna> <#C1|general> <!here> <!subteam^S1|@sales>", "@U1 @anna #general @here @sales"),
        ("<!date^1^{date}|today>", "today"),
    ],
)
def test_text_is_told_as_it_was_typed(text: str, plain: str) -> None:
    assert unescaped(text) == plain


def test_emoji_are_characters() -> None:
    block = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fb", "skin_tone": 2},
                    {"type": "emoji", "name": "tada", "unicode": "1f389"},
                    {"type": "emoji", "name": "ours", "url": "https://x"},
                    {"type": "emoji", "name": "bad", "unicode": "zz"},
                ],
            }
        ],
    }
    (event,) = heard(told(**said(text=":wave::skin-tone-2: :tada: :ours: :bad:", blocks=[block])))
    assert event.text == "👋🏻 🎉 :ours: :bad:"


def pressed(**more: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "trigger_id": "t1",
        "response_url": "https://hooks.slack.com/x",
        "container": {"type": "message", "message_ts": "5.0", "channel_id": "C1", "thread_ts": "1.0"},
        "channel": {"id": "C1"},
        "actions": [{"action_id": "take_over", "type": "button", "value": "c1", "action_ts": "9.0"}],
        **more,
    }


def test_a_press() -> None:
    (press,) = heard(pressed())
    assert isinstance(press, Press)
    assert press.event == Pressed("press:C1:5.0:9.0:U1:take_over", ADDRESS, NOW, "U1", "take_over", "c1", "5.0")
    assert (press.trigger, press.response_url) == ("t1", "https://hooks.slack.com/x")


def test_a_card_is_its_own_thread() -> None:
    (press,) = heard(pressed(container={"type": "message", "message_ts": "1.0", "channel_id": "C1"}))
    assert press.event.address == ADDRESS


@pytest.mark.parametrize(
    ("more", "spot"),
    [
        ({"container": {"type": "message", "message_ts": "5.0", "channel_id": "D7"}, "channel": {"id": "D7"}}, "D7"),
        ({"container": {"type": "view", "view_id": "V1"}, "channel": None}, "U1"),
    ],
)
def test_presses_outside_of_threads(more: dict[str, Any], spot: str) -> None:
    (press,) = heard(pressed(**more))
    assert press.event.address == spot_address(Spot("slack", spot), "T1")


def test_a_menu_and_equal_buttons() -> None:
    menu = {"action_id": "lost#2", "type": "static_select", "selected_option": {"value": "price"}, "action_ts": "1"}
    (press,) = heard(pressed(actions=[menu]))
    assert (press.event.action, press.event.value) == ("lost", "price")
    assert heard(pressed(actions=[{"action_id": "open", "type": "button", "url": "https://x"}])) == []


def test_questions() -> None:
    item = {"type": "message", "channel": "C1", "ts": "2.0"}
    assert heard(told(type="reaction_added", user="U1", reaction="question", item=item, item_user="UBOT")) == [
        Wondered("U1", Spot("slack", "C1"), "2.0")
    ]
    assert heard(told(type="app_home_opened", user="U1", tab="home")) == [Opened("U1")]
    command = {"command": "/stats", "text": " 7d &amp; ", "user_id": "U1", "channel_id": "C1", "response_url": "r"}
    assert heard(command) == [Commanded("stats", "7d &", "U1", Spot("slack", "C1"), "r")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "event", "user", "id", "actions", "container", "view", "state", "values", "text",
                         "event_id", "channel", "ts", "thread_ts", "message", "previous_message", "subtype", "files",
                         "blocks", "elements", "command", "user_id", "item", "action_id"]),
        inner | st.sampled_from(["event_callback", "block_actions", "view_submission", "message", "message_changed",
                                 "message_deleted", "C1", "emoji"]),
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(json_values)
def test_whatever_comes_breaks_nothing(body: Any) -> None:
    heard(body)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no Slack samples in ../shared ({SAMPLES.name})")
@pytest.mark.parametrize(
    "name",
    ["AppHomeOpened", "AppMention", "BlockAction", "MessageBot", "MessageChanged", "Message", "ReactionAdded",
     "SlashCommand", "ViewSubmission", "ViewClosed", "MessageShortcut"],
)  # fmt: skip
def test_slacks_samples_break_nothing(name: str) -> None:
    assert heard(json.loads((SAMPLES / f"{name}Payload.json").read_text())) == []
