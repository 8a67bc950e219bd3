"""A thread follows its conversation: each line once, in few posts, whatever is killed meanwhile."""

import pytest

from flows.errors import Retry
from flows.ports.desk import Copy
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
