"""What only the desk in Telegram does: topics, its pace, its forms, and what Telegram refuses."""

import pytest

from flows.desk import Button, Post, Spot
from flows.errors import Misconfigured, Retry
from flows.model import File
from integrations.desk.telegram.adapter import Settings, connect
from integrations.desk.telegram.pace import KEPT, MESSAGES
from tests.contracts.desk_telegram import TelegramHouse
from tests.fakes.telegram_faults import Fault, bad_entities, broken
from tests.fakes.telegram_topics import Forum

CARD = Post(title="Anna, CRM", text="Needs a CRM", controls=(Button("take_over", "Take over", "c1"),))


def forum(house: TelegramHouse) -> Forum:
    assert house.chat.forum is not None
    return house.chat.forum


# ------------------------------------------------------------------ topics
async def test_a_topic_has_the_name_of_its_card(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    assert forum(house).topics[int(spot.thread)].name == "Anna, CRM"


async def test_a_card_that_did_not_arrive_follows_into_the_topic_that_there_is(house: TelegramHouse) -> None:
    house.server.fail(broken(), "sendMessage")
    with pytest.raises(Retry):
        await house.desk.open(CARD, "open")
    spot, _ = await house.desk.open(CARD, "open")
    assert list(forum(house).topics) == [int(spot.thread)]
    assert len(house.thread(spot)) == 1


async def test_a_topic_whose_making_was_not_answered_is_one_too_many_at_most(house: TelegramHouse) -> None:
    house.server.fail(Fault("lost"), "createForumTopic")
    with pytest.raises(Retry):
        await house.desk.open(CARD, "open")
    await house.desk.open(CARD, "open")
    assert house.threads() == 2


async def test_a_topic_deleted_before_its_card_is_made_anew(house: TelegramHouse) -> None:
    house.server.fail(broken(), "sendMessage")
    with pytest.raises(Retry):
        await house.desk.open(CARD, "open")
    forum(house).topics.clear()
    with pytest.raises(Retry):
        await house.desk.open(CARD, "open")
    spot, _ = await house.desk.open(CARD, "open")
    assert len(house.thread(spot)) == 1


async def test_a_closed_topic_is_opened_for_what_is_said_in_it(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    topic = forum(house).topics[int(spot.thread)]
    topic.closed = True
    await house.desk.post(spot, Post("still here"), "1")
    topic.closed = True
    house.contents["f"] = b"x"
    await house.desk.post(spot, Post("a file", files=(File("document", "f", "f.txt"),)), "2")
    assert not topic.closed
    assert [seen.files for seen in house.thread(spot)] == [(), (), (b"x",)]


# ------------------------------------------------------------------ set up wrong
async def test_a_working_desk_has_nothing_to_complain_of(house: TelegramHouse) -> None:
    await house.desk.check()


@pytest.mark.parametrize(
    ("status", "rights", "reason"),
    [
        ("administrator", {"can_delete_messages"}, "may not manage topics"),
        ("member", set(), "may not manage topics"),
        ("left", set(), "no group of this id"),
    ],
)
async def test_a_missing_right_is_found_by_the_doctor(
    house: TelegramHouse, status: str, rights: set[str], reason: str
) -> None:
    forum(house).status, forum(house).rights = status, rights
    if status == "left":
        del house.server.chats[house.chat.id]
    with pytest.raises(Misconfigured) as caught:
        await house.desk.check()
    assert reason in caught.value.reason
    assert caught.value.setting == "TELEGRAM_DESK_CHAT"
    assert caught.value.remedy


async def test_a_group_without_topics_is_told_so(house: TelegramHouse) -> None:
    house.chat.forum = None
    for attempt in (house.desk.check(), house.desk.open(CARD, "open")):
        with pytest.raises(Misconfigured, match="no topics"):
            await attempt


@pytest.mark.parametrize("chat", ["", "-", "desk", "@desk"])
def test_what_is_no_id_is_refused_at_once(house: TelegramHouse, chat: str) -> None:
    with pytest.raises(Misconfigured):
        connect(Settings(desk_chat=chat), house.api, house.content)


# ------------------------------------------------------------------ pace
async def _fill(house: TelegramHouse, spot: Spot) -> list[Retry]:
    """Post until nothing more may leave, and beyond."""
    waits: list[Retry] = []
    for number in range(MESSAGES):
        try:
            await house.desk.post(spot, Post(f"line {number}"), f"fill-{number}")
        except Retry as error:
            waits.append(error)
    return waits


async def test_a_busy_forum_is_never_flooded(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    waits = await _fill(house, spot)
    assert len(house.thread(spot)) == MESSAGES - KEPT - 1
    assert all(error.after is not None and 0 < error.after <= 60 for error in waits)
    assert not [call for call in house.server.calls if not call.ok]


async def test_a_taken_chat_goes_first(house: TelegramHouse) -> None:
    quiet, _ = await house.desk.open(CARD, "a")
    taken, _ = await house.desk.open(CARD, "b")
    assert await _fill(house, quiet)
    await house.writes(taken, "I am here")
    await house.desk.post(taken, Post("for Olga"), "x")
    await house.desk.post(quiet, Post("hot", mention=(house.colleague,)), "y")
    await house.desk.post(quiet, Post("an answer", urgent=True), "z")
    assert len(house.thread(taken)) == 2


async def test_a_flood_holds_back_everything_for_the_group(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.flood(9)
    calls = []
    for number in range(3):
        with pytest.raises(Retry) as caught:
            await house.desk.post(spot, Post("now", urgent=True), str(number))
        assert caught.value.after is not None
        assert 8 < caught.value.after <= 9
        calls.append(len(house.server.calls))
    assert len(set(calls)) == 1
    await house.desk.write(house.colleague, Post("privately"), "x")


async def test_a_post_of_several_messages_goes_on_where_it_was_cut(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.contents["f"] = b"x"
    post = Post("word " * 1200, files=(File("document", "f", "f.txt"), File("voice", "f")))
    house.server.fail(broken(), "sendVoice")
    with pytest.raises(Retry):
        await house.desk.post(spot, post, "1")
    first = await house.desk.post(spot, post, "1")
    seen = house.thread(spot)[1:]
    assert seen[0].id == first
    assert [message.files for message in seen] == [(), (), (b"x",), (b"x",)]


# ------------------------------------------------------------------ posts
async def test_formatting_that_is_refused_goes_as_plain_words(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.server.fail(bad_entities(), "sendMessage")
    await house.desk.post(spot, Post("**bold** <b>"), "1")
    assert house.thread(spot)[1].text == "bold <b>"


async def test_a_caption_is_changed_as_one(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.contents["f"] = b"x"
    message = await house.desk.post(spot, Post("an **offer**", files=(File("document", "f"),)), "1")
    for text in ("another **offer**", "long " * 400):
        await house.desk.change(spot, message, Post(text))
        seen = house.thread(spot)[1]
        assert (seen.text[:4], seen.files) == (text[:4], (b"x",))


async def test_a_file_that_cannot_be_had_is_named_and_its_words_are_shown(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    file = File("video", "nowhere", "tour.mp4", size=31_000_000)
    controls = (Button("x", "X", "1"),)
    await house.desk.post(spot, Post("look", speaker="Anna", by="prospect", files=(file,), controls=controls), "1")
    seen = house.thread(spot)[1]
    assert seen.text == "👤 Anna\nlook\n\n📎 tour.mp4, 31.0 MB ✖"
    assert seen.buttons == ("X",)


async def test_a_photo_too_large_for_one_goes_as_a_document(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.contents["p"] = bytes(10 * 1024 * 1024) + b"x"
    await house.desk.post(spot, Post("a plan", files=(File("photo", "p", "plan.jpg"),)), "1")
    assert house.server.called("sendDocument")[0].params["caption"] == "a plan"


async def test_what_the_bot_has_itself_is_not_uploaded_again(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    file = File("document", f"telegram:{house.desk.bot}:file-documents/1", "brief.pdf")
    await house.desk.post(spot, Post("brief", files=(file,)), "1")
    (call,) = house.server.called("sendDocument")
    assert (call.params["document"], call.files) == ("file-documents/1", {})


async def test_an_id_that_telegram_does_not_take_is_uploaded(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    file = File("document", f"telegram:{house.desk.bot}:stale", "brief.pdf")
    house.contents[file.ref] = b"%PDF"
    await house.desk.post(spot, Post("brief", files=(file,)), "1")
    assert house.thread(spot)[1].files == (b"%PDF",)


# ------------------------------------------------------------------ one person
async def test_a_server_that_knows_no_whispers_shows_nothing_to_others(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    forum(house).whispers = False
    await house.desk.tell(spot, house.colleague, Post("only for you"))
    assert len(house.thread(spot)) == 1
    assert [seen.text for seen in house.letters(house.colleague)] == ["only for you"]


async def test_who_pressed_in_private_is_told_in_private(house: TelegramHouse) -> None:
    await house.desk.tell(Spot("telegram", house.colleague), house.colleague, Post("You lead this chat already."))
    assert [seen.text for seen in house.letters(house.colleague)] == ["You lead this chat already."]
    assert len(house.server.called("sendMessage")) == 1


async def test_files_for_one_person_come_privately(house: TelegramHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    chart = Post("figures", files=(File("photo", "chart", "chart.png"),), contents={"chart": b"png"})
    await house.desk.tell(spot, house.colleague, chart)
    assert [seen.files for seen in house.letters(house.colleague)] == [(b"png",)]
    assert len(house.thread(spot)) == 1
