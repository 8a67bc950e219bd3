"""What a line carries beside its words, and what is handed on of a look: files, edits, other desks, who is called."""

from dataclasses import replace

import pytest

from flows.errors import Refused
from flows.model import File
from flows.ports.desk import Copy, Thread
from flows.ports.ledger import Promise
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_desk import MemoryThreads
from tests.handlers.desk.wall import CHAT, Wall
from tests.virtual_time import START


async def test_files_of_the_prospect_pass_with_their_bytes() -> None:
    wall = Wall()
    wall.phone.contents["AwAC"] = b"OggS"
    wall.says("[voice]", files=(File("voice", "AwAC", "", "audio/ogg", 4),))
    spot = await wall.looks()
    shown = wall.desk.thread(spot)[1]
    assert shown.files == {"telegram:7:AwAC": b"OggS"}
    assert [(file.kind, file.mime) for file in shown.post.files] == [("voice", "audio/ogg")]
    assert shown.post.text == "_a voice message_"


async def test_a_file_that_the_desk_does_not_take_keeps_no_words_back() -> None:
    wall = Wall()
    wall.desk.fail(Refused("it is too large", "too_large"), "post")
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


async def test_nobody_is_called_to_a_lead_that_somebody_has_or_that_has_ended() -> None:
    wall = Wall()
    wall.changes(owner="olga")
    wall.has_lead("hot")
    await wall.looks()
    wall.changes(owner="bot")
    await wall.looks()
    ended = Wall()
    row = ended.has_lead("hot")
    ended.memory.leads[CHAT] = replace(row, lead=replace(row.lead, status="won"))
    await ended.looks()
    assert wall.followed == ended.followed == []


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


async def test_a_promise_that_was_just_collected_stands_on_the_card() -> None:
    wall = Wall(promised=Promise("p1", CHAT, "olga", "пришлю в пятницу", START, None))
    wall.has_lead()
    wall.says("пришлю в пятницу", "olga")
    await wall.looks()
    assert "пришлю в пятницу" in next(field.value for field in wall.card().fields if field.label == "Promises")
