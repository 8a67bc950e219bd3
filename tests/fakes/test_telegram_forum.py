"""The strict Telegram's forums refuse what the real ones do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_forum import Colleague
from tests.fakes.telegram_methods import Chat
from tests.fakes.telegram_rules import ApiError
from tests.fakes.telegram_topics import PER_MINUTE, called


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as opened:
        yield opened


@pytest.fixture
def desk(server: TelegramServer) -> Chat:
    return server.forum()


async def topic(server: TelegramServer, desk: Chat) -> int:
    made = await server.perform("createForumTopic", {"chat_id": desk.id, "name": "Anna"})
    return int(made["message_thread_id"])


async def refusal(server: TelegramServer, name: str, params: dict[str, Any]) -> str:
    with pytest.raises(ApiError) as caught:
        await server.perform(name, params)
    return caught.value.description


async def test_a_message_needs_a_topic_that_is_there_and_open(server: TelegramServer, desk: Chat) -> None:
    thread = await topic(server, desk)
    params = {"chat_id": desk.id, "message_thread_id": thread, "text": "hi"}
    sent = await server.perform("sendMessage", params)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    assert desk.forum is not None
    desk.forum.topics[thread].closed = True
    assert "TOPIC_CLOSED" in await refusal(server, "sendMessage", params)
    await server.perform("reopenForumTopic", {"chat_id": desk.id, "message_thread_id": thread})
    await server.perform("sendMessage", params)
    del desk.forum.topics[thread]
    assert "message thread not found" in await refusal(server, "sendMessage", params)


@pytest.mark.parametrize(
    ("params", "description"),
    [({"name": ""}, "TOPIC_TITLE_EMPTY"), ({"name": "я" * 129}, "TOPIC_TITLE_INVALID")],
)
async def test_a_topic_needs_a_name(
    server: TelegramServer, desk: Chat, params: dict[str, str], description: str
) -> None:
    assert description in await refusal(server, "createForumTopic", {"chat_id": desk.id, **params})


async def test_a_topic_needs_a_right_and_a_forum(server: TelegramServer, desk: Chat) -> None:
    assert desk.forum is not None
    desk.forum.rights.clear()
    params = {"chat_id": desk.id, "name": "Anna"}
    assert "not enough rights to create a topic" in await refusal(server, "createForumTopic", params)
    group = server.group()
    assert "not a forum" in await refusal(server, "createForumTopic", {**params, "chat_id": group.id})


async def test_a_group_takes_so_many_a_minute(server: TelegramServer, desk: Chat) -> None:
    for _ in range(PER_MINUTE):
        await server.perform("sendMessage", {"chat_id": desk.id, "text": "hi"})
    with pytest.raises(ApiError) as caught:
        await server.perform("sendMessage", {"chat_id": desk.id, "text": "hi"})
    assert caught.value.code == 429
    assert 0 < caught.value.parameters["retry_after"] <= 61


@pytest.mark.parametrize(
    ("reaction", "description"),
    [("✅", "REACTION_INVALID"), ("⚠️", "REACTION_INVALID")],
)
async def test_only_some_signs_are_reactions(
    server: TelegramServer, desk: Chat, reaction: str, description: str
) -> None:
    update = Colleague(server, desk, 7).says(0, "hi")
    params = {"chat_id": desk.id, "message_id": update["message"]["message_id"]}
    assert description in await refusal(
        server, "setMessageReaction", {**params, "reaction": [{"type": "emoji", "emoji": reaction}]}
    )
    await server.perform("setMessageReaction", {**params, "reaction": [{"type": "emoji", "emoji": "👍"}]})


async def test_a_whisper_is_for_members_and_seen_by_one(server: TelegramServer, desk: Chat) -> None:
    olga = Colleague(server, desk, 7)
    params = {"chat_id": desk.id, "text": "psst", "ephemeral_message_parameters": {"receiver_user_id": 7}}
    assert (await server.perform("sendMessage", params))["ephemeral_message_id"]
    assert olga.sees(0) == []
    params["ephemeral_message_parameters"] = {"receiver_user_id": 8}
    assert "USER_NOT_PARTICIPANT" in await refusal(server, "sendMessage", params)


@pytest.mark.parametrize("upload", [b"", bytes(50 * 1024 * 1024 + 1)])
async def test_uploads_have_a_size(server: TelegramServer, desk: Chat, upload: bytes) -> None:
    with pytest.raises(ApiError):
        await server.perform("sendDocument", {"chat_id": desk.id}, {"document": upload})


@pytest.mark.parametrize(
    ("text", "mode", "names"),
    [
        ("@olga_sales and @channel", "", ("@olga_sales", "@channel")),
        ("a@example.com <code>@olga_sales</code>", "HTML", ()),
        ('<a href="tg://user?id=7">Olga</a> @olga_sales', "HTML", ("7", "@olga_sales")),
        ("<b>@olga_sales</b> &lt;@pavel_k&gt;", "HTML", ("@olga_sales", "@pavel_k")),
    ],
)
def test_names_and_links_call_people(text: str, mode: str, names: tuple[str, ...]) -> None:
    assert called({"text": text, "parse_mode": mode}, "text") == names
