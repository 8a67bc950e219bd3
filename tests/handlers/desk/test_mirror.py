"""A thread follows its conversation: each line once, whatever is killed, deleted, moved or archived meanwhile."""

import pytest

from flows.errors import Refused, Retry
from flows.model import File
from flows.ports.desk import Copy, Thread
from handlers.desk.follow import Notice
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_desk import MemoryThreads
from tests.handlers.desk.wall import CHAT, Wall
from tests.virtual_time import START


async def test_one_thread_begins_with_the_card_and_goes_on_with_lines() -> None:
    wall = Wall()
    wall.says("Здравствуйте")
    spot = await wall.looks()
    assert [post.text for post in wall.lines()] == ["Здравствуйте"]
    wall.says("Какая кофемашина вам нужна?", "bot")
    assert await wall.looks() == spot
    await wall.looks()
    assert [(post.by, post.text) for post in wall.lines()] == [
        ("prospect", "Здравствуйте"),
        ("bot", "Какая кофемашина вам нужна?"),
    ]
    assert wall.desk.calls.count("open") == 1


async def test_lines_of_a_busy_chat_are_one_post_in_which_speakers_are_told_apart() -> None:
    wall = Wall()
    wall.says("начало")
    await wall.looks()
    wall.says("раз")
    wall.says("**два**", "bot")
    wall.says("три", "olga")
    await wall.looks()
    assert wall.desk.calls.count("post") == 2
    assert wall.lines()[-1].text == "👤 **Prospect:** раз\n🤖 **Bot:** **два**\n🎧 **Ольга:** три"


async def test_nobody_speaks_as_somebody_else() -> None:
    wall = Wall()
    wall.says("начало")
    await wall.looks()
    wall.says("раз\n🎧 **Ольга:** скидка 90%")
    wall.says("ясно", "bot")
    await wall.looks()
    assert wall.lines()[-1].text.splitlines()[1] == "│ 🎧 \\*\\*Ольга:\\*\\* скидка 90%"


async def test_each_line_is_found_by_its_message_and_back() -> None:
    wall = Wall()
    first, second = wall.says("раз"), wall.says("два", "bot")
    spot = await wall.looks()
    threads = MemoryThreads(wall.memory)
    copies = [await threads.by_line(line.id, "slack") for line in (first, second)]
    assert copies[0] is not None
    assert copies == [Copy(line.id, spot, copies[0].message) for line in (first, second)]
    asked = await threads.by_message(spot, copies[0].message)
    assert asked is not None
    assert asked.line == second.id, "who asks about a message means what the bot said"


async def test_a_chat_in_a_colleagues_hands_goes_first() -> None:
    wall = Wall()
    wall.says("раз")
    await wall.looks()
    assert not wall.lines()[-1].urgent
    wall.changes(owner="olga")
    wall.says("два")
    await wall.looks()
    assert wall.lines()[-1].urgent


async def test_what_was_written_here_is_not_posted_again() -> None:
    wall = Wall()
    wall.says("раз")
    spot = await wall.looks()
    line = wall.says("Добрый день", "olga")
    await MemoryThreads(wall.memory).copied([Copy(line.id, spot, "77.0", "desk")], START)
    wall.says("два")
    await wall.looks()
    assert [post.text for post in wall.lines()] == ["раз", "два"]
    assert wall.memory.threads[CHAT, "slack"].mirrored == 3


# ------------------------------------------------------------------ a chat that has long been going
async def test_a_long_chat_is_filled_in_with_one_post() -> None:
    wall = Wall()
    wall.talks(40)
    spot = await wall.looks()
    (post,) = wall.lines()
    assert wall.desk.calls.count("post") == 1
    brief, last = post.text.split("\n\n")
    assert len(brief.splitlines()) == 3
    assert [line.rpartition(" ")[2] for line in last.splitlines()] == ["35", "36", "37", "38", "39", "40"]
    whole = wall.desk.thread(spot)[1].files["dialogue"].decode()
    assert whole.count("слово") == 40
    assert whole.splitlines()[0] == "[2026-11-23 07:01] Prospect: слово 1"
    wall.says("ещё")
    await wall.looks()
    assert [post.text for post in wall.lines()][1:] == ["ещё"]


async def test_a_chat_of_thousands_of_lines_is_whole_in_its_file() -> None:
    wall = Wall()
    wall.talks(1203)
    spot = await wall.looks()
    assert wall.desk.thread(spot)[1].files["dialogue"].decode().count("слово") == 1203
    assert wall.memory.threads[CHAT, "slack"].mirrored == 1203


async def test_what_came_while_the_desk_was_away_is_posted_in_few_posts() -> None:
    wall = Wall()
    wall.says("раз")
    await wall.looks()
    for number in range(45):
        wall.says(f"строка {number}")
    await wall.looks()
    assert [post.text.count("строка") for post in wall.lines()[1:]] == [20, 20, 5]


# ------------------------------------------------------------------ exactly once
@pytest.mark.parametrize("before", [1, 3])
@pytest.mark.parametrize(("method", "number"), [("keep", 1), ("keep", 2), ("copied", 1), ("keep", 3)], ids=str)
async def test_a_kill_at_any_moment_posts_nothing_twice_and_loses_nothing(
    method: str, number: int, before: int
) -> None:
    wall = Wall()
    for count in range(before):
        wall.says(f"строка {count}")
    await wall.dies(method, number)
    wall.says("после")
    await wall.looks()
    said = wall.everything()
    assert [said.count(f"строка {count}") for count in range(before)] == [1] * before
    assert said.count("после") == 1
    assert len([shown for shown in wall.desk.shown.values() if shown.id == shown.spot.thread]) == 1


@pytest.mark.parametrize(("method", "number"), [("copied", 1), ("keep", 3)])
async def test_a_kill_while_a_long_chat_is_filled_in(method: str, number: int) -> None:
    wall = Wall()
    wall.talks(30)
    await wall.dies(method, number)
    wall.says("после")
    await wall.looks()
    assert len(wall.lines()) == 2
    assert wall.lines()[1].text == "после"


async def test_an_end_that_nobody_saw_is_found_by_its_key() -> None:
    wall = Wall()
    wall.says("раз")
    await wall.looks()
    wall.says("два")
    wall.desk.lose("post")
    with pytest.raises(Retry):
        await wall.looks()
    wall.says("три")
    await wall.looks()
    assert [post.text for post in wall.lines()] == ["раз", "два", "три"]


async def test_lines_that_were_taken_back_after_a_post_was_begun_keep_nothing_back() -> None:
    wall = Wall()
    wall.says("раз")
    spot = await wall.looks()
    line = wall.says("два")
    wall.desk.slow_down(5, "post")
    with pytest.raises(Retry):
        await wall.looks()
    wall.memory.lines.remove(line)
    wall.says("три")
    await wall.looks()
    assert wall.desk.texts(spot)[1:] == ["раз", "три"]


# ------------------------------------------------------------------ the thread is another one
async def test_a_thread_that_is_gone_begins_anew_with_everything() -> None:
    wall = Wall()
    wall.talks(8)
    old = await wall.looks()
    line = wall.says("Из треда", "olga")
    await MemoryThreads(wall.memory).copied([Copy(line.id, old, "77.0", "desk")], START)
    wall.desk.lose_thread(old)
    wall.says("раз")
    new = await wall.looks()
    assert new != old
    assert wall.desk.thread(new)[1].files["dialogue"].decode().count("слово") == 8
    assert "Из треда" in wall.lines()[0].text
    left = await MemoryThreads(wall.memory).at(old)
    assert left is not None
    assert left.spot == new


async def test_a_card_that_was_deleted_begins_anew() -> None:
    wall = Wall()
    wall.says("раз")
    old = await wall.looks()
    wall.desk.shown[old.channel, old.thread].removed = True
    wall.changes(wants_person="asked")
    new = await wall.looks()
    assert new != old
    assert [post.text for post in wall.lines()] == ["раз"]


async def test_another_channel_begins_anew_and_the_old_thread_is_still_known() -> None:
    wall = Wall()
    wall.says("раз")
    wall.has_lead("hot")
    old = await wall.looks()
    wall.desk.place = "C2"
    line = wall.says("Из старого треда", "olga")
    await MemoryThreads(wall.memory).copied([Copy(line.id, old, "77.0", "desk")], START)
    new = await wall.looks()
    assert new.channel == "C2"
    assert "раз" in wall.everything()
    assert "Из старого треда" in wall.everything()
    left = await MemoryThreads(wall.memory).at(old)
    assert left is not None
    assert left.conversation == CHAT
    assert [notice.kind for _, notice in wall.followed] == ["hot_lead"], "a new thread is no news"


async def test_a_kill_while_a_thread_begins_anew_leaves_one_new_thread() -> None:
    wall = Wall()
    wall.says("раз")
    await wall.looks()
    wall.desk.place = "C2"
    await wall.dies("keep", 1)
    await wall.looks()
    roots = [spot for spot in {shown.spot for shown in wall.desk.shown.values()} if spot.channel == "C2"]
    assert len(roots) == 1


async def test_an_archived_channel_is_told_and_catches_up_later() -> None:
    wall = Wall()
    wall.says("раз")
    await wall.looks()
    wall.desk.archived = True
    wall.says("два")
    with pytest.raises(Refused) as caught:
        await wall.looks("slack", "person_asked")
    assert caught.value.state == "archived"
    assert wall.followed == [("slack", Notice("person_asked"))], "who waits for a person must not wait for the channel"
    wall.desk.archived = False
    wall.says("три")
    await wall.looks()
    assert wall.everything().count("два") == 1
    assert wall.everything().count("три") == 1


async def test_a_missing_right_is_the_operators() -> None:
    wall = Wall()
    wall.desk.unfit("open")
    with pytest.raises(Exception, match="a right is missing"):
        await wall.looks()


# ------------------------------------------------------------------ files, edits, other desks
async def test_files_of_the_prospect_pass_with_their_bytes() -> None:
    wall = Wall()
    wall.phone.contents["AwAC"] = b"OggS"
    wall.says("[voice]", files=(File("voice", "AwAC", "", "audio/ogg", 4),))
    spot = await wall.looks()
    shown = wall.desk.thread(spot)[1]
    assert shown.files == {"telegram:7:AwAC": b"OggS"}
    assert [(file.kind, file.mime) for file in shown.post.files] == [("voice", "audio/ogg")]
    assert shown.post.text == "_a voice message_"


async def test_a_file_that_cannot_be_had_keeps_no_words_back() -> None:
    wall = Wall()

    class Empty:
        async def __call__(self, file: File) -> bytes:
            raise Refused("it is too large", "too_large")

    wall.desk.contents = Empty()
    wall.says("вот план [document plan.pdf]", files=(File("document", "D1", "plan.pdf"),))
    await wall.looks()
    assert [(post.text, post.files) for post in wall.lines()] == [("вот план _a file plan.pdf_", ())]


async def test_a_place_is_a_link() -> None:
    wall = Wall()
    wall.says("[location]", files=(File("location", "55.75,37.61"),))
    await wall.looks()
    assert "https://www.openstreetmap.org/?mlat=55.75&mlon=37.61" in wall.lines()[0].text
    assert not wall.lines()[0].files


async def test_what_the_prospect_edited_is_shown_as_an_edit() -> None:
    wall = Wall()
    wall.says("10 чашек")
    await wall.looks()
    wall.says("100 чашек", edited=True)
    await wall.looks()
    assert [post.text for post in wall.lines()] == ["10 чашек", "✏️ _changed to:_ 100 чашек"]


async def test_two_desks_show_the_same_and_each_its_own() -> None:
    telegram = MemoryDesk("telegram", "7", "-100")
    wall = Wall(desks={"slack": MemoryDesk(), "telegram": telegram})
    wall.says("раз")
    spot = await wall.looks("slack")
    await wall.looks("telegram")
    line = wall.says("Из Slack", "olga")
    await MemoryThreads(wall.memory).copied([Copy(line.id, spot, "77.0", "desk")], START)
    await wall.looks("slack")
    await wall.looks("telegram")
    assert [post.text for post in wall.lines("slack")] == ["раз"]
    assert [(post.by, post.text) for post in wall.lines("telegram")] == [("prospect", "раз"), ("rep", "Из Slack")]


@pytest.mark.parametrize(("gone", "shown"), [(False, "✏️ _changed to:_ Из Slack"), (True, "🗑 _taken back:_ Из Slack")])
async def test_words_changed_at_one_desk_are_told_at_the_other(*, gone: bool, shown: str) -> None:
    wall = Wall(desks={"slack": MemoryDesk(), "telegram": MemoryDesk("telegram", "7", "-100")})
    spot = await wall.looks("slack")
    line = wall.says("Из Slack", "olga")
    await MemoryThreads(wall.memory).copied([Copy(line.id, spot, "77.0", "desk")], START)
    for desk in ("slack", "telegram"):
        await wall.looks(desk, changed=[{"line": line.id, "gone": gone, "origin": "slack:C1:77.0"}])
    assert [post.text for post in wall.lines("telegram")] == ["Из Slack", shown]
    assert wall.lines("slack") == []


# ------------------------------------------------------------------ who is called
async def test_a_hot_lead_is_told_once() -> None:
    wall = Wall()
    wall.has_lead("warm")
    await wall.looks("slack", "lead_qualified")
    wall.has_lead("hot")
    await wall.looks()
    wall.says("раз")
    await wall.looks()
    assert [notice.kind for _, notice in wall.followed] == ["lead_qualified", "hot_lead"]


async def test_who_was_called_to_a_person_is_not_called_again_to_a_hot_lead() -> None:
    wall = Wall()
    wall.has_lead("warm")
    await wall.looks("slack", "person_asked")
    wall.has_lead("hot")
    await wall.looks()
    assert [notice.kind for _, notice in wall.followed] == ["person_asked"]


async def test_what_follows_is_asked_after_every_look() -> None:
    wall = Wall()
    await wall.looks()
    await wall.looks()
    assert wall.looked == ["slack", "slack"]


async def test_a_conversation_that_is_gone_needs_nothing() -> None:
    wall = Wall()
    del wall.memory.conversations[CHAT]
    assert await wall.mirror()(wall.poke()) == ""
    assert wall.desk.calls == []


async def test_a_thread_knows_how_far_it_is() -> None:
    wall = Wall()
    wall.says("раз")
    spot = await wall.looks()
    thread = wall.memory.threads[CHAT, "slack"]
    assert thread == Thread(CHAT, spot, spot.thread, thread.shown, mirrored=1)


async def test_a_card_that_was_opened_before_a_kill_shows_what_is_known_now() -> None:
    wall = Wall()
    await wall.dies("keep", 1)
    wall.changes(wants_person="asked")
    await wall.looks()
    assert "Waits for a person" in wall.card().text


async def test_a_card_is_changed_only_when_it_would_show_something_else() -> None:
    wall = Wall()
    wall.has_lead()
    await wall.looks()
    before = wall.desk.calls.count("change")
    wall.says("раз")
    await wall.looks()
    assert wall.desk.calls.count("change") == before
    wall.changes(owner="olga")
    await wall.looks()
    await wall.looks()
    assert wall.desk.calls.count("change") == before + 1
    assert "Ольга leads this chat" in wall.card().text
    assert wall.desk.thread(wall.spot())[0].id == wall.spot().thread
