"""A thread that is deleted, moved or archived: everything is somewhere, and nothing twice."""

import pytest

from flows.errors import Refused
from flows.ports.desk import Copy
from handlers.desk.follow import Notice
from tests.fakes.memory_desk import MemoryThreads
from tests.handlers.desk.wall import CHAT, Wall
from tests.virtual_time import START


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
