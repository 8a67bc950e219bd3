"""The mirror over every desk: what it makes is taken by the strict vendors, and people see what was meant."""

from dataclasses import replace

import pytest

from flows.errors import AssistantError, Refused, Retry
from flows.model import File
from tests.contracts.desk_house import DeskHouse
from tests.handlers.desk.wall import CHAT, Wall

BOLD = "**всё** [даром](https://evil.example) <!channel> @everyone <@U0OLGA> &amp;"


@pytest.fixture
def wall(office: DeskHouse) -> Wall:
    return Wall(desks={office.desk.name: office.desk}, page=lambda lead: f"https://crm.example.com/leads/{lead}")


async def test_a_full_card_is_taken_and_changes_in_place(office: DeskHouse, wall: Wall) -> None:
    wall.has_lead("hot", amount={"minor": 9_900_000, "currency": "RUB"}, trackers={"trello": {"url": "https://t.io/1"}})
    wall.says("Здравствуйте")
    spot = await wall.looks(office.desk.name)
    card = office.thread(spot)[0]
    assert "кофемашина" in card.text
    assert "+79161234567" in card.text
    assert {"Take over", "Won", "Not a fit"} <= set(card.buttons)
    wall.changes(owner="olga")
    await wall.looks(office.desk.name)
    card = office.thread(spot)[0]
    assert "Ольга leads this chat" in card.text
    assert "Hand back" in card.buttons
    assert office.threads() == 1


async def test_a_prospect_can_call_nobody(office: DeskHouse, wall: Wall) -> None:
    row = wall.has_lead()
    wall.memory.leads[CHAT] = replace(row, lead=replace(row.lead, slots={"need": BOLD}))
    wall.says(BOLD)
    wall.says(BOLD, "bot")
    spot = await wall.looks(office.desk.name)
    wall.says(BOLD)
    await wall.looks(office.desk.name)
    seen = office.thread(spot)
    assert len(seen) >= 3
    assert [one.called for one in seen] == [()] * len(seen)
    assert "](https://evil.example) <!channel> " in seen[-1].text.replace("\\", "")


async def test_a_long_chat_of_long_lines_is_filled_in(office: DeskHouse, wall: Wall) -> None:
    for number in range(30):
        wall.says(f"строка {number} " + "длинно " * 300, "prospect" if number % 2 else "bot")
    spot = await wall.looks(office.desk.name)
    whole = b"".join(content for seen in office.thread(spot) for content in seen.files)
    assert whole.decode().count("строка") >= 30
    wall.says("ещё " + "длинно " * 6000)
    await wall.looks(office.desk.name)
    seen = "".join(one.text for one in office.thread(spot)) + b"".join(
        content for one in office.thread(spot) for content in one.files
    ).decode("utf-8", "replace")
    assert seen.count("длинно") >= 6000 + 29 * 300


async def test_a_voice_message_is_there_with_its_bytes(office: DeskHouse, wall: Wall) -> None:
    office.contents["telegram:7:AwAC"] = b"OggS-voice"
    wall.says("[voice]", files=(File("voice", "AwAC", "", "audio/ogg", 10),))
    wall.says("[photo]", files=(File("photo", "gone"),))
    spot = await wall.looks(office.desk.name)
    assert [content for seen in office.thread(spot) for content in seen.files if content] == [b"OggS-voice"]
    text = "\n".join(seen.text for seen in office.thread(spot))
    assert "a voice message" in text
    assert "a photo" in text


async def test_an_end_that_nobody_saw_is_no_second_post(office: DeskHouse, wall: Wall) -> None:
    wall.says("раз")
    spot = await wall.looks(office.desk.name)
    wall.says("два")
    office.lose()
    with pytest.raises(Retry):
        await wall.looks(office.desk.name)
    wall.says("три")
    await wall.looks(office.desk.name)
    text = "\n".join(seen.text for seen in office.thread(spot))
    assert text.count("два") == 1 or (not office.finds and text.count("два") == 2)
    assert text.count("три") == 1


async def test_a_deleted_thread_begins_anew(office: DeskHouse, wall: Wall) -> None:
    wall.talks(9)
    old = await wall.looks(office.desk.name)
    office.delete_thread(old)
    wall.says("после")
    new = await wall.looks(office.desk.name)
    assert new != old
    text = "\n".join(seen.text for seen in office.thread(new))
    assert "после" in text
    assert b"".join(content for seen in office.thread(new) for content in seen.files).decode().count("слово") == 9


async def test_a_channel_that_cannot_be_written_to_is_told_with_its_remedy(office: DeskHouse, wall: Wall) -> None:
    wall.says("раз")
    await wall.looks(office.desk.name)
    office.archive()
    wall.says("два")
    with pytest.raises(AssistantError) as caught:
        await wall.looks(office.desk.name)
    assert isinstance(caught.value, Refused)
    assert caught.value.state == "archived"
    assert wall.memory.threads[CHAT, office.desk.name].mirrored == 1
