"""Every kind of update becomes the event that it is, and no update is an exception."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.events import Reachable, Said
from flows.model import Address, Contact, File, Json, Profile
from integrations.channels.telegram.events import ALLOWED_UPDATES, Bot, events_of
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_user import User

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOT = Bot("4242", "shop_bot")
ANNA = {"id": 7, "is_bot": False, "first_name": "Анна", "last_name": "К", "username": "anna", "language_code": "ru"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Group"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Анна"}


def message(chat: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    base = {"message_id": 5, "date": 1_760_000_000, "chat": chat or PRIVATE, "from": ANNA}
    return {"update_id": 10, "message": {**base, **content}}


def said(update: dict[str, Any]) -> Said:
    (event,) = events_of(update, BOT, NOW)
    assert isinstance(event, Said)
    return event


def events(update: Any) -> list[Any]:
    return list(events_of(update, BOT, NOW))


def user_update(act: Callable[[User], int]) -> dict[str, Any]:
    """The update that an act of the fake's person makes."""
    server = TelegramServer()
    user = server.user(1, username="anna")
    server.updates.deliver = lambda update: None  # type: ignore[method-assign]
    act(user)
    return server.updates.history[-1]


def test_a_text_says_who_where_and_when() -> None:
    assert said(message(text="Привет")) == Said(
        id="10",
        address=Address("telegram", "4242", "7"),
        at=NOW,
        text="Привет",
        profile=Profile("7", "Анна К", "anna", "ru"),
        message="5",
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/start", "/start"),
        ("/start ads_2026-11", "/start ads_2026-11"),
        ("/start@Shop_Bot ads", "/start ads"),
        ("/help@other_bot", "/help@other_bot"),
        ("me@example.com", "me@example.com"),
        ("zero\0byte", "zerobyte"),
    ],
)
def test_commands_lose_the_bots_own_name(typed: str, text: str) -> None:
    assert said(message(text=typed)).text == text


def test_an_edited_text_is_an_event_of_its_own() -> None:
    edited = {**message(text="на 50 человек")["message"], "edit_date": 1_760_000_100}
    event = said({"update_id": 11, "edited_message": edited})
    assert (event.kind, event.text, event.message, event.id) == ("edited", "на 50 человек", "5", "11")
    assert event.at == NOW


def test_a_moving_live_location_says_nothing() -> None:
    place = {"latitude": 1.0, "longitude": 2.0, "live_period": 60}
    assert events({"update_id": 11, "edited_message": message(location=place)["message"]}) == []


def test_a_press_brings_its_data_and_what_to_acknowledge() -> None:
    query = {"id": "q1", "from": ANNA, "chat_instance": "1", "data": "sale.budget|3|1"}
    old = {"message_id": 4, "date": 0, "chat": PRIVATE}
    event = said({"update_id": 12, "callback_query": {**query, "message": old}})
    assert (event.kind, event.choice, event.callback, event.message) == ("choice", "sale.budget|3|1", "q1", "4")
    assert event.address == Address("telegram", "4242", "7")
    assert event.at == NOW


def test_a_press_without_its_message_is_the_persons_own() -> None:
    query = {"id": "q1", "from": ANNA, "chat_instance": "1", "data": "x"}
    assert said({"update_id": 12, "callback_query": query}).address == Address("telegram", "4242", "7")


@pytest.mark.parametrize("phone", ["79161234567", "+79161234567"])
def test_ones_own_contact_is_verified(phone: str) -> None:
    card = {"phone_number": phone, "first_name": "Анна", "last_name": "Котова", "user_id": 7}
    event = said(message(contact=card))
    assert event.kind == "contact"
    assert event.contact == Contact(name="Анна Котова", phone="+79161234567", telegram="anna", verified=True)


@pytest.mark.parametrize("card", [{"user_id": 8}, {}, {"user_id": None}, {"user_id": "7"}])
def test_anothers_contact_is_marked_and_not_kept(card: dict[str, Any]) -> None:
    event = said(message(contact={"phone_number": "+79160000000", "first_name": "Пётр", **card}))
    assert (event.kind, event.contact) == ("foreign_contact", None)
    assert "79160000000" not in repr(event)


FILE = {"file_id": "F", "file_unique_id": "U", "file_size": 10}
NAMED = {**FILE, "file_name": "тз.pdf", "mime_type": "application/pdf"}
CONTENTS: dict[str, tuple[dict[str, Any], str, File | None]] = {
    "document": ({"document": NAMED}, "file", File("document", "F", "тз.pdf", "application/pdf", 10)),
    "voice": (
        {"voice": {**FILE, "duration": 3, "mime_type": "audio/ogg"}},
        "file",
        File("voice", "F", "", "audio/ogg", 10),
    ),
    "audio": ({"audio": FILE}, "file", File("audio", "F", size=10)),
    "video": ({"video": FILE}, "file", File("video", "F", size=10)),
    "round video": ({"video_note": FILE}, "file", File("video", "F", size=10)),
    "animation": ({"animation": FILE, "document": NAMED}, "file", File("video", "F", size=10)),
    "photo": (
        {"photo": [{**FILE, "width": 9, "height": 9}, {**FILE, "file_id": "L", "width": 90, "height": 90}]},
        "file",
        File("photo", "L", size=10),
    ),
    "sticker": ({"sticker": {**FILE, "emoji": "👍"}}, "sticker", File("sticker", "F", "👍")),
    "location": ({"location": {"latitude": 55.75, "longitude": 37.6}}, "location", File("location", "55.75,37.6")),
    "venue": (
        {"venue": {"title": "Офис"}, "location": {"latitude": 55.75, "longitude": 37.6}},
        "location",
        File("location", "55.75,37.6", "Офис"),
    ),
    "poll": ({"poll": {"question": "?"}}, "other", None),
    "dice": ({"dice": {"emoji": "🎲", "value": 3}}, "other", None),
    "something new": ({"hologram": {"rays": 3}}, "other", None),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_each_content_is_what_it_is(name: str) -> None:
    content, kind, file = CONTENTS[name]
    event = said(message(**content, caption="подпись"))
    assert (event.kind, event.text) == (kind, "подпись")
    assert event.files == (() if file is None else (file,))


def test_the_photos_of_an_album_share_a_group() -> None:
    event = said(message(photo=[{**FILE, "width": 1, "height": 1}], media_group_id="album"))
    assert event.group == "album"


def test_blocking_and_coming_back_are_events() -> None:
    gone = user_update(lambda user: user.blocks())
    back = user_update(lambda user: user.unblocks())
    for update, reachable in ((gone, False), (back, True)):
        (event,) = events(update)
        assert isinstance(event, Reachable)
        assert (event.reachable, event.address.chat) == (reachable, "100001")


def test_the_fakes_person_is_read_as_meant() -> None:
    assert said(user_update(lambda user: user.says("hello"))).text == "hello"
    assert said(user_update(lambda user: user.shares_contact("79160000000"))).kind == "contact"
    assert said(user_update(lambda user: user.shares_contact("79160000000", 0))).kind == "foreign_contact"
    assert said(user_update(lambda user: user.sends(user.photo()))).files[0].ref.startswith("file-photos/")
    assert said(user_update(lambda user: user.presses_data(3, "a|1|b"))).choice == "a|1|b"
    assert said(user_update(lambda user: user.edits("other"))).kind == "edited"


# ------------------------------------------------------------ groups and what is nobody's to answer
@pytest.mark.parametrize(
    "content",
    [
        {"text": "/start"},
        {"text": "/start@shop_bot ads"},
        {"text": "а что скажет @Shop_Bot?"},
        {"text": "да", "reply_to_message": {"message_id": 3, "from": {"id": 4242, "is_bot": True}}},
        {"photo": [], "caption": "@shop_bot"},
    ],
)
def test_in_a_group_it_listens_to_what_is_meant_for_it(content: dict[str, Any]) -> None:
    event = said(message(GROUP, **content))
    assert not event.private
    assert event.address.chat == "-1001"


@pytest.mark.parametrize(
    "content",
    [
        {"text": "всем привет"},
        {"text": "/start@other_bot"},
        {"text": ""},
        {"text": "да", "reply_to_message": {"message_id": 3, "from": {"id": 8}}},
        {"new_chat_members": [ANNA]},
    ],
)
def test_in_a_group_it_stays_out_of_the_rest(content: dict[str, Any]) -> None:
    assert events(message(GROUP, **content)) == []


def member(chat: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    change = {"chat": chat, "from": ANNA, "date": 1_760_000_000}
    return {
        "update_id": 13,
        "my_chat_member": {**change, "old_chat_member": {"status": old}, "new_chat_member": {"status": new}},
    }


def test_being_added_to_a_group_is_answered_once() -> None:
    event = said(member(GROUP, "left", "member"))
    assert (event.kind, event.private) == ("other", False)
    assert events(member(GROUP, "member", "administrator")) == []
    assert events(member(GROUP, "member", "kicked")) == []
    assert events(member({"id": -1002, "type": "channel"}, "left", "administrator")) == []


def test_a_topic_is_a_thread_of_its_own_and_a_reply_is_not() -> None:
    assert said(message(text="x", message_thread_id=3, is_topic_message=True)).address.thread == "3"
    assert not said(message(text="x", message_thread_id=3)).address.thread


@pytest.mark.parametrize(
    "update",
    [
        message(pinned_message={"message_id": 1}),
        message({"id": -1002, "type": "channel"}, text="x"),
        {"update_id": 1, "channel_post": message(text="x")["message"]},
        {"update_id": 1, "business_message": message(text="x")["message"]},
        {"update_id": 1, "message": {**message(text="x")["message"], "from": {**ANNA, "is_bot": True}}},
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 1},
        {"update_id": "1", "message": message(text="x")["message"]},
        {"message": message(text="x")["message"]},
        {},
        None,
        [],
        "text",
    ],
)
def test_what_is_not_ours_is_left_alone(update: Any) -> None:
    assert events(update) == []


# ------------------------------------------------------------ hostile input
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
CONTENT = {key for content, _, _ in CONTENTS.values() for key in content}
OTHER_KEYS = {"chat", "from", "date", "text", "caption", "contact", "reply_to_message", "message_thread_id", "data"}
OTHER_KEYS |= {"message", "id", "new_chat_member", "old_chat_member", "media_group_id"}
KEYS = st.sampled_from(
    sorted(CONTENT | OTHER_KEYS),
)


@given(
    kind=st.sampled_from(ALLOWED_UPDATES),
    content=st.dictionaries(KEYS, JSON | st.just(PRIVATE) | st.just(ANNA), max_size=8),
    whole=st.booleans(),
)
def test_no_update_is_an_exception(kind: str, content: dict[str, Any], whole: bool) -> None:
    base = {"chat": PRIVATE, "from": ANNA} if whole else {}
    for event in events({"update_id": 1, kind: {**base, **content}}):
        assert event.address.channel == "telegram"


@given(JSON)
def test_neither_is_any_other_json(update: Json) -> None:
    assert events(update) == []
