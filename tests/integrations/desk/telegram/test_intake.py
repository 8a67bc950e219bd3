"""What is read of an update: what staff did, and nothing at all of what is none of the desk's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.desk import Spot
from flows.events import Written
from flows.model import File
from integrations.desk.telegram.intake import Answer, Asked, Command, Place, Touched, heard

CHAT = -1001234567890
PLACE = Place("telegram", "4242", str(CHAT))
NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
OLGA = {"id": 7, "is_bot": False, "first_name": "Olga"}
GROUP = {"id": CHAT, "type": "supergroup", "is_forum": True, "title": "Desk"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Olga"}
BOT = {"id": 4242, "is_bot": True, "first_name": "Bot"}
TOPIC = {"message_thread_id": 55, "is_topic_message": True}
SPOT = Spot("telegram", str(CHAT), "55")


def message(content: dict[str, Any], kind: str = "message", /, **about: Any) -> dict[str, Any]:
    base = {"message_id": 9, "date": 1, "chat": GROUP, "from": OLGA, **TOPIC}
    return {"update_id": 1, kind: {**base, **about, **content}}


def press(data: str, **about: Any) -> dict[str, Any]:
    shown = {"message_id": 3, "date": 1, "chat": GROUP, "from": BOT, **TOPIC, **about}
    return {"update_id": 2, "callback_query": {"id": "q", "from": OLGA, "data": data, "message": shown}}


def written(update: dict[str, Any]) -> Written:
    ours, said = heard(update, PLACE, NOW)
    assert ours
    assert isinstance(said, Written)
    return said


@pytest.mark.parametrize(
    "update",
    [
        message({"text": "hi"}, chat=PRIVATE, message_thread_id=None),
        message({"text": "hi"}, chat={"id": -5, "type": "group"}),
        press("yes", chat=PRIVATE),
        {"update_id": 3, "my_chat_member": {"chat": PRIVATE, "from": OLGA}},
        {"update_id": 4, "poll": {}},
        {},
        [],
        None,
        "update",
    ],
)
def test_what_is_not_the_desks_is_left_to_others(update: Any) -> None:
    assert heard(update, PLACE, NOW) == (False, None)


@pytest.mark.parametrize(
    "update",
    [
        message({"text": "in General"}, message_thread_id=0, is_topic_message=False),
        message({"forum_topic_created": {"name": "x", "icon_color": 1}}),
        message({"pinned_message": {}}),
        message({"text": "of another bot", "from": {"id": 8, "is_bot": True}}),
        message({"text": "of a linked channel"}, sender_chat={"id": -77, "type": "channel"}),
        message({"poll": {"question": "?"}}),
        message({"text": "/undo"}),
        message({"text": "/undo", "reply_to_message": {"message_id": 4, "from": BOT}}),
        {"update_id": 3, "my_chat_member": {"chat": GROUP, "from": OLGA}},
    ],
)
def test_what_speaks_to_nobody_is_nothing(update: dict[str, Any]) -> None:
    assert heard(update, PLACE, NOW) == (True, None)


def test_an_unnamed_administrator_is_heard() -> None:
    unnamed = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    event = written(message({"text": "hi", "from": unnamed}, sender_chat=GROUP))
    assert event.by == "1087968824"


def test_links_behind_words_are_kept() -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 4, "url": "https://a.example/1"},
        {"type": "text_link", "offset": 8, "length": 3, "url": "https://a.example/2"},
    ]
    event = written(message({"text": "👋 here and", "entities": entities}))
    assert event.text == "👋 here (https://a.example/1) and (https://a.example/2)"


@pytest.mark.parametrize(
    ("content", "file"),
    [
        ({"voice": {"file_id": "v", "mime_type": "audio/ogg"}}, File("voice", "v", "", "audio/ogg")),
        ({"photo": [{"file_id": "s", "width": 1, "height": 1}]}, File("photo", "s")),
        ({"sticker": {"file_id": "st", "emoji": "👍"}}, File("sticker", "st", "👍")),
        ({"location": {"latitude": 1.5, "longitude": 2.5}}, File("location", "1.5,2.5")),
    ],
)
def test_files_are_read(content: dict[str, Any], file: File) -> None:
    assert written(message(content)).files == (file,)


def test_a_card_of_somebody_is_words() -> None:
    card = {"contact": {"first_name": "Pavel", "phone_number": "+79160000000"}}
    assert written(message(card)).text == "Pavel +79160000000"


@pytest.mark.parametrize(
    ("content", "command"),
    [
        ({"text": "/stats week"}, Command(SPOT, "7", "stats", "week")),
        ({"text": "/Leads@shop_bot"}, Command(SPOT, "7", "leads")),
        (
            {"text": "/why", "reply_to_message": {"message_id": 4, "from": BOT}},
            Command(SPOT, "7", "why", "", "4"),
        ),
    ],
)
def test_commands_are_questions_not_words(content: dict[str, Any], command: Command) -> None:
    assert heard(message(content), PLACE, NOW) == (True, command)


def test_a_slash_in_an_edited_message_is_words() -> None:
    assert written(message({"text": "/stats"}, "edited_message")).kind == "edited"


def test_undo_takes_back_what_it_answers() -> None:
    event = written(message({"text": "/undo", "reply_to_message": {"message_id": 4, "from": OLGA}}))
    assert (event.kind, event.message, event.by) == ("deleted", "4", "7")


def test_a_press_in_a_private_chat_is_the_desks() -> None:
    ours, said = heard(press("~take_over:1", chat=PRIVATE, message_thread_id=None, is_topic_message=False), PLACE, NOW)
    assert ours
    assert isinstance(said, Touched)
    assert said.event is not None
    assert (said.event.address.chat, said.event.address.thread) == ("7", "")


def test_a_heading_is_only_answered() -> None:
    assert heard(press("~-"), PLACE, NOW) == (True, Touched("q", None))


def test_a_text_that_is_accepted_comes_from_its_block() -> None:
    shown = {"text": "👋 Brief\n20 seats\n…", "entities": [{"type": "pre", "offset": 9, "length": 8}]}
    _, said = heard(press("~*brief|hand_back:c1", **shown), PLACE, NOW)
    assert isinstance(said, Touched)
    assert said.event is not None
    assert dict(said.event.fields) == {"brief": "20 seats"}
    assert said.asked == Asked(str(CHAT), "3")
    assert said.event.message == ""


def test_a_reply_fills_in_a_form_line_by_line() -> None:
    keys = {"inline_keyboard": [[{"text": "✖", "callback_data": "~?amount,note|won:c1"}]]}
    asked = {"message_id": 4, "chat": GROUP, "from": BOT, "reply_markup": keys}
    _, said = heard(message({"text": "300 000\nfirst\nsecond", "reply_to_message": asked}), PLACE, NOW)
    assert isinstance(said, Answer)
    assert (said.event.action, said.event.value) == ("won", "c1")
    assert dict(said.event.fields) == {"amount": "300 000", "note": "first\nsecond"}
    assert said.asked == Asked(str(CHAT), "4")


def test_a_form_of_somebody_else_is_only_words() -> None:
    keys = {"inline_keyboard": [[{"text": "✖", "callback_data": "~?amount|won:c1"}]]}
    asked = {"message_id": 4, "chat": GROUP, "from": {"id": 9, "is_bot": True}, "reply_markup": keys}
    assert written(message({"text": "300", "reply_to_message": asked})).text == "300"


KEYS = [
    "update_id", "message", "edited_message", "callback_query", "my_chat_member", "chat", "id", "from", "text", "data",
    "entities", "reply_to_message", "reply_markup", "inline_keyboard", "photo", "voice", "message_thread_id",
]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(VALUES)
def test_nothing_that_comes_raises(update: Any) -> None:
    heard(update, PLACE, NOW)
