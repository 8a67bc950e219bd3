"""The contract of a desk: threads and posts, keys, and what breaks."""

import asyncio
from dataclasses import replace

import pytest

from flows.desk import Button, Post, Spot
from flows.errors import Misconfigured, Retry
from tests.contracts.desk_house import DeskHouse
from tests.contracts.desk_houses import CARD, CONVERSATION, refused


# ------------------------------------------------------------------ threads and posts
async def test_a_thread_opens_with_its_card(office: DeskHouse) -> None:
    spot, card = await office.desk.open(CARD, "open")
    assert (spot.desk, spot.channel) == (office.desk.name, office.desk.channel)
    assert spot.thread
    (seen,) = office.thread(spot)
    assert seen.id == card
    for words in ("Anna", "20 people", "Budget", "300 000 ₽", "qualified"):
        assert words in seen.text
    assert seen.buttons == ("Take over", "Too expensive", "No answer", "Tracker")


async def test_each_conversation_has_a_thread_of_its_own(office: DeskHouse) -> None:
    first, _ = await office.desk.open(CARD, "a")
    second, _ = await office.desk.open(replace(CARD, title="Boris"), "b")
    await office.desk.post(second, Post("for Boris", by="bot"), "b1")
    assert first.thread != second.thread
    assert len(office.thread(first)) == 1
    assert "for Boris" in office.thread(second)[1].text


async def test_posts_stand_in_their_order_and_say_who_speaks(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    ids = [
        await office.desk.post(spot, Post("Hello", speaker="Anna", by="prospect"), "1"),
        await office.desk.post(spot, Post("Good day", speaker="Assistant", by="bot"), "2"),
        await office.desk.post(spot, Post("I am Olga", speaker="Olga", by="rep"), "3"),
    ]
    seen = office.thread(spot)[1:]
    assert [message.id for message in seen] == ids
    for message, speaker, words in zip(
        seen, ("Anna", "Assistant", "Olga"), ("Hello", "Good day", "I am Olga"), strict=True
    ):
        assert speaker in message.text
        assert words in message.text


async def test_the_card_changes_in_place(office: DeskHouse) -> None:
    spot, card = await office.desk.open(CARD, "open")
    changed = replace(CARD, text="Owned by Olga", controls=(Button("hand_back", "Hand back", CONVERSATION),))
    for _ in range(2):
        await office.desk.change(spot, card, changed)
    (seen,) = office.thread(spot)
    assert seen.id == card
    assert "Owned by Olga" in seen.text
    assert "20 people" not in seen.text
    assert seen.buttons == ("Hand back",)


async def test_buttons_can_be_taken_away(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    prompt = await office.desk.post(spot, Post("Send it?", controls=(Button("send", "Send", "1"),)), "1")
    await office.desk.change(spot, prompt, Post("Sent"))
    seen = office.thread(spot)[1]
    assert (seen.id, seen.buttons) == (prompt, ())
    assert "Sent" in seen.text


async def test_a_message_is_removed_once_and_for_all(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    message = await office.desk.post(spot, Post("never mind"), "1")
    for _ in range(2):
        await office.desk.remove(spot, message)
    assert len(office.thread(spot)) == 1


# ------------------------------------------------------------------ keys
async def test_a_key_is_posted_once(office: DeskHouse) -> None:
    spot, card = await office.desk.open(CARD, "open")
    assert await office.desk.open(CARD, "open") == (spot, card)
    ids = {await office.desk.post(spot, Post("once"), "1") for _ in range(2)}
    assert len(ids) == 1
    assert [message.id for message in office.thread(spot)] == [card, *ids]
    assert office.threads() == 1


async def test_a_post_whose_end_nobody_knows_is_found_or_stands_twice(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    office.lose()
    with pytest.raises(Retry):
        await office.desk.post(spot, Post("ambiguous", by="prospect"), "1")
    message = await office.desk.post(spot, Post("ambiguous", by="prospect"), "1")
    standing = [seen.id for seen in office.thread(spot) if "ambiguous" in seen.text]
    assert standing[-1] == message
    assert len(standing) == (1 if office.finds else 2)


async def test_the_same_call_goes_to_a_person_and_to_a_thread(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    post = Post("a person is asked for")
    for _ in range(2):
        await office.desk.write(office.colleague, post, "call")
        await office.desk.post(spot, post, "call")
    assert len(office.letters(office.colleague)) == 1
    assert len(office.thread(spot)) == 2


async def test_a_letter_goes_to_one_person_once(office: DeskHouse) -> None:
    for _ in range(2):
        await office.desk.write(
            office.colleague, Post("A chat waits", controls=(Button("take_over", "Take", "1"),)), "1"
        )
    (letter,) = office.letters(office.colleague)
    assert "A chat waits" in letter.text
    assert letter.buttons == ("Take",)


async def test_nobody_writes_to_a_stranger(office: DeskHouse) -> None:
    async with refused("not_found"):
        await office.desk.write(office.stranger, Post("hello"), "1")


# ------------------------------------------------------------------ what breaks
async def test_a_deleted_thread_is_gone(office: DeskHouse) -> None:
    spot, card = await office.desk.open(CARD, "open")
    office.delete_thread(spot)
    async with refused("gone"):
        await office.desk.post(spot, Post("hello"), "1")
    async with refused("gone"):
        await office.desk.change(spot, card, Post("hello"))
    await office.desk.remove(spot, card)


async def test_a_channel_that_cannot_be_written_to_is_told(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    office.archive()
    async with refused("archived"):
        await office.desk.post(spot, Post("hello"), "1")


async def test_a_missing_right_is_a_matter_of_configuration(office: DeskHouse) -> None:
    office.deny()
    with pytest.raises(Misconfigured) as caught:
        await office.desk.open(CARD, "open")
    assert caught.value.remedy


async def test_a_flood_is_waited_for(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    office.flood(1)
    with pytest.raises(Retry) as caught:
        await office.desk.post(spot, Post("too much"), "1")
    assert caught.value.after == 1
    await asyncio.sleep(caught.value.after)
    await office.desk.post(spot, Post("too much"), "1")
    assert "too much" in office.thread(spot)[1].text


@pytest.mark.parametrize("thread", ["nowhere", "999999999"])
async def test_a_thread_that_never_was_is_gone(office: DeskHouse, thread: str) -> None:
    async with refused("gone"):
        await office.desk.post(Spot(office.desk.name, office.desk.channel, thread), Post("hello"), "1")
