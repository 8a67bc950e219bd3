"""The contract of a desk, over every vendor and over the desk in memory."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from flows.desk import Button, Field, Form, Input, Menu, Post, Spot, spot_address
from flows.errors import Misconfigured, Refused, Retry
from flows.events import Pressed, Written
from flows.model import File
from tests.contracts.desk_house import DeskHouse
from tests.contracts.desk_memory import memory_house
from tests.contracts.desk_slack import slack_house
from tests.contracts.desk_telegram import telegram_house

HOUSES: Mapping[str, Callable[[], AbstractAsyncContextManager[DeskHouse]]] = {
    "memory": memory_house,
    "slack": slack_house,
    "telegram": telegram_house,
}
CONVERSATION = "0123456789abcdef"
CARD = Post(
    title="Anna",
    text="Wants a **CRM** for 20 people",
    fields=(Field("Budget", "300 000 ₽"), Field("Source", "Telegram")),
    small=("qualified",),
    controls=(
        Button("take_over", "Take over", CONVERSATION, "primary"),
        Menu("lost", "Lost", (("price", "Too expensive"), ("silent", "No answer"))),
        Button("open", "Tracker", url="https://tracker.example.com/1"),
    ),
)


@pytest.fixture(params=HOUSES)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[DeskHouse]:
    """Each desk in turn."""
    async with HOUSES[request.param]() as opened:
        yield opened


@asynccontextmanager
async def refused(state: str) -> AsyncIterator[None]:
    """Expect that state."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.state == state


# ------------------------------------------------------------------ threads and posts
async def test_a_thread_opens_with_its_card(house: DeskHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    assert (spot.desk, spot.channel) == (house.desk.name, house.desk.channel)
    assert spot.thread
    (seen,) = house.thread(spot)
    assert seen.id == card
    for words in ("Anna", "20 people", "Budget", "300 000 ₽", "qualified"):
        assert words in seen.text
    assert seen.buttons == ("Take over", "Too expensive", "No answer", "Tracker")


async def test_each_conversation_has_a_thread_of_its_own(house: DeskHouse) -> None:
    first, _ = await house.desk.open(CARD, "a")
    second, _ = await house.desk.open(replace(CARD, title="Boris"), "b")
    await house.desk.post(second, Post("for Boris", by="bot"), "b1")
    assert first.thread != second.thread
    assert len(house.thread(first)) == 1
    assert "for Boris" in house.thread(second)[1].text


async def test_posts_stand_in_their_order_and_say_who_speaks(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    ids = [
        await house.desk.post(spot, Post("Hello", speaker="Anna", by="prospect"), "1"),
        await house.desk.post(spot, Post("Good day", speaker="Assistant", by="bot"), "2"),
        await house.desk.post(spot, Post("I am Olga", speaker="Olga", by="rep"), "3"),
    ]
    seen = house.thread(spot)[1:]
    assert [message.id for message in seen] == ids
    for message, speaker, words in zip(
        seen, ("Anna", "Assistant", "Olga"), ("Hello", "Good day", "I am Olga"), strict=True
    ):
        assert speaker in message.text
        assert words in message.text


async def test_the_card_changes_in_place(house: DeskHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    changed = replace(CARD, text="Owned by Olga", controls=(Button("hand_back", "Hand back", CONVERSATION),))
    for _ in range(2):
        await house.desk.change(spot, card, changed)
    (seen,) = house.thread(spot)
    assert seen.id == card
    assert "Owned by Olga" in seen.text
    assert "20 people" not in seen.text
    assert seen.buttons == ("Hand back",)


async def test_buttons_can_be_taken_away(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    prompt = await house.desk.post(spot, Post("Send it?", controls=(Button("send", "Send", "1"),)), "1")
    await house.desk.change(spot, prompt, Post("Sent"))
    seen = house.thread(spot)[1]
    assert (seen.id, seen.buttons) == (prompt, ())
    assert "Sent" in seen.text


async def test_a_message_is_removed_once_and_for_all(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    message = await house.desk.post(spot, Post("never mind"), "1")
    for _ in range(2):
        await house.desk.remove(spot, message)
    assert len(house.thread(spot)) == 1


# ------------------------------------------------------------------ keys
async def test_a_key_is_posted_once(house: DeskHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    assert await house.desk.open(CARD, "open") == (spot, card)
    ids = {await house.desk.post(spot, Post("once"), "1") for _ in range(2)}
    assert len(ids) == 1
    assert [message.id for message in house.thread(spot)] == [card, *ids]
    assert house.threads() == 1


async def test_a_post_whose_end_nobody_knows_is_found_or_stands_twice(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.lose()
    with pytest.raises(Retry):
        await house.desk.post(spot, Post("ambiguous", by="prospect"), "1")
    message = await house.desk.post(spot, Post("ambiguous", by="prospect"), "1")
    standing = [seen.id for seen in house.thread(spot) if "ambiguous" in seen.text]
    assert standing[-1] == message
    assert len(standing) == (1 if house.finds else 2)


async def test_a_letter_goes_to_one_person_once(house: DeskHouse) -> None:
    for _ in range(2):
        await house.desk.write(house.colleague, Post("A chat waits", controls=(Button("take_over", "Take", "1"),)), "1")
    (letter,) = house.letters(house.colleague)
    assert "A chat waits" in letter.text
    assert letter.buttons == ("Take",)


async def test_nobody_writes_to_a_stranger(house: DeskHouse) -> None:
    async with refused("not_found"):
        await house.desk.write(house.stranger, Post("hello"), "1")


# ------------------------------------------------------------------ what breaks
async def test_a_deleted_thread_is_gone(house: DeskHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    house.delete_thread(spot)
    async with refused("gone"):
        await house.desk.post(spot, Post("hello"), "1")
    async with refused("gone"):
        await house.desk.change(spot, card, Post("hello"))
    await house.desk.remove(spot, card)


async def test_a_channel_that_cannot_be_written_to_is_told(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.archive()
    async with refused("archived"):
        await house.desk.post(spot, Post("hello"), "1")


async def test_a_missing_right_is_a_matter_of_configuration(house: DeskHouse) -> None:
    house.deny()
    with pytest.raises(Misconfigured) as caught:
        await house.desk.open(CARD, "open")
    assert caught.value.remedy


async def test_a_flood_is_waited_for(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.flood(7)
    with pytest.raises(Retry) as caught:
        await house.desk.post(spot, Post("too much"), "1")
    assert caught.value.after == 7
    await house.desk.post(spot, Post("too much"), "1")
    assert "too much" in house.thread(spot)[1].text


@pytest.mark.parametrize("thread", ["nowhere", "999999999"])
async def test_a_thread_that_never_was_is_gone(house: DeskHouse, thread: str) -> None:
    async with refused("gone"):
        await house.desk.post(Spot(house.desk.name, house.desk.channel, thread), Post("hello"), "1")


# ------------------------------------------------------------------ texts
@pytest.mark.parametrize(
    "text",
    [
        "a < b && c > d; <b>bold</b> <script>alert(1)</script> &lt; &amp;",
        "<!channel> <!here> <@U1> <http://evil.example.com|click>",
        "2 * 3 * 4 _ and ` and ~ and \\*stars\\* and [brackets]",
        "```\ncode\n```",
    ],
)
async def test_hostile_words_stand_as_they_were_written(house: DeskHouse, text: str) -> None:
    spot, _ = await house.desk.open(replace(CARD, text=text), "open")
    await house.desk.post(spot, Post(text, speaker="<b>*A*</b> & Co", by="prospect"), "1")
    for seen in house.thread(spot):
        assert seen.called == ()
        shown = _squeezed(seen.text)
        assert _squeezed(text) in shown or _squeezed(text.replace("\\*", "*")) in shown
    assert "Co" in house.thread(spot)[1].text


def _squeezed(text: str) -> str:
    """Words without blanks; what makes an @ harmless is not seen."""
    return re.sub(r"[ \u200b\u2060]", "", text.replace("＠", "@"))


@pytest.mark.parametrize("call", ["@channel", "@everyone", "@here", "@all", "<!channel>", "<@{0}>", "@olga_sales"])
async def test_nobody_calls_through_the_bot(house: DeskHouse, call: str) -> None:
    text = f"hey {call.format(house.colleague)}, {call.format(house.colleague)}!"
    hostile = Post(text, text, (Field(text, text),), (text,), speaker=text, by="prospect")
    spot, card = await house.desk.open(hostile, "open")
    await house.desk.post(spot, hostile, "1")
    await house.desk.change(spot, card, replace(hostile, small=()))
    await house.desk.write(house.colleague, hostile, "2")
    assert [seen.called for seen in (*house.thread(spot), *house.letters(house.colleague))] == [(), (), ()]


async def test_only_a_mention_calls(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    await house.desk.post(spot, Post("A person is asked for", mention=(house.colleague,)), "1")
    assert [seen.called for seen in house.thread(spot)] == [(), (house.colleague,)]


async def test_a_link_in_the_words_calls_nobody(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    await house.desk.post(spot, Post(f"[you](tg://user?id={house.colleague})", by="prospect"), "1")
    assert house.thread(spot)[1].called == ()


async def test_a_paste_of_40000_characters_arrives_whole(house: DeskHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    text = " ".join(f"word{number} <&>" for number in range(3000))
    await house.desk.post(spot, Post(text, speaker="Anna", by="prospect"), "1")
    seen = house.thread(spot)[1:]
    shown = _squeezed("".join(message.text for message in seen))
    attached = b"".join(content for message in seen for content in message.files).decode()
    assert attached == text or all(f"word{number}<&>" in shown for number in range(3000))
    await house.desk.change(spot, card, replace(CARD, text=text))
    assert "word0 <&>" in house.thread(spot)[0].text


@pytest.mark.parametrize("post", [Post(), Post("   "), Post(controls=(Button("a", "A"),))])
async def test_nothing_to_see_is_refused(house: DeskHouse, post: Post) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    async with refused("invalid"):
        await house.desk.post(spot, post, "1")


# ------------------------------------------------------------------ files
async def test_files_go_to_the_desk(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    house.contents["voice"] = b"OggS" + bytes(100)
    files = (File("voice", "voice", "", "audio/ogg", 104), File("document", "made", "dialogue.txt", "text/plain"))
    await house.desk.post(spot, Post("listen", files=files, by="prospect", contents={"made": b"the dialogue"}), "1")
    seen = house.thread(spot)[1:]
    assert [content for message in seen for content in message.files] == [house.contents["voice"], b"the dialogue"]
    assert any("listen" in message.text for message in seen)


async def test_files_come_from_the_desk(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (event,) = await house.writes(spot, "our offer", b"%PDF-1.7")
    assert isinstance(event, Written)
    assert event.text == "our offer"
    (file,) = event.files
    assert (file.kind, file.name) == ("document", "offer.pdf")
    assert await house.desk.fetch(file) == b"%PDF-1.7"


async def test_a_file_of_staff_that_is_too_large_is_refused(house: DeskHouse) -> None:
    async with refused("too_large"):
        await house.desk.fetch(house.large_file())


async def test_a_file_that_is_gone_is_told(house: DeskHouse) -> None:
    async with refused("gone"):
        await house.desk.fetch(File("document", "F404"))


# ------------------------------------------------------------------ people
async def test_a_member_has_a_name(house: DeskHouse) -> None:
    member = await house.desk.member(house.colleague)
    assert (member.id, member.name) == (house.colleague, "Olga")
    async with refused("not_found"):
        await house.desk.member(house.stranger)


async def test_something_is_shown_to_one_person_only(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    await house.desk.tell(spot, house.colleague, Post("why the bot said so"))
    assert any("why the bot said so" in text for text in house.whispers(house.colleague))
    assert len(house.thread(spot)) == 1


async def test_hints_never_raise(house: DeskHouse) -> None:
    nowhere = Spot(house.desk.name, house.desk.channel, "999999999")
    await house.desk.tell(nowhere, house.stranger, Post("x"))
    await house.desk.react(nowhere, "999999999", "delivered")
    await house.desk.ask(Form("won", "Won", "Save", (Input("amount", "Amount", "number"),), nowhere), "late")
    await house.desk.home(house.stranger, (Post("x"),))
    house.flood(7)
    await house.desk.tell(nowhere, house.colleague, Post("x"))


# ------------------------------------------------------------------ what staff do
async def test_words_come_in_with_their_place_and_their_author(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    text = "Good day! a < b & c, *stars* _lines_\nsecond line https://example.com/a?b=1&c=2"
    (event,) = await house.writes(spot, text)
    assert isinstance(event, Written)
    assert event.address == spot_address(spot, house.desk.bot)
    assert (event.by, event.kind, event.text, event.files) == (house.colleague, "new", text, ())
    await house.desk.react(spot, event.message, "delivered")
    assert house.mark(spot, event.message) == "delivered"


async def test_a_failure_is_marked_too(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (event,) = await house.writes(spot, "hello")
    assert isinstance(event, Written)
    await house.desk.react(spot, event.message, "failed")
    assert house.mark(spot, event.message) == "failed"


async def test_an_edited_message_keeps_its_id(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (first,) = await house.writes(spot, "300 000")
    assert isinstance(first, Written)
    (event,) = await house.edits(spot, first.message, "350 000")
    assert isinstance(event, Written)
    assert (event.kind, event.message, event.text, event.by) == ("edited", first.message, "350 000", first.by)
    assert event.id != first.id


async def test_a_message_can_be_taken_back(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (first,) = await house.writes(spot, "oops")
    assert isinstance(first, Written)
    (event,) = await house.takes_back(spot, first.message)
    assert isinstance(event, Written)
    assert (event.kind, event.message, event.address) == ("deleted", first.message, first.address)


async def test_a_press_says_what_its_button_says(house: DeskHouse) -> None:
    spot, card = await house.desk.open(CARD, "open")
    (event,) = await house.presses(spot, "Take over")
    assert isinstance(event, Pressed)
    assert event.address == spot_address(spot, house.desk.bot)
    assert (event.by, event.action, event.value) == (house.colleague, "take_over", CONVERSATION)
    assert (event.message, dict(event.fields)) == (card, {})


async def test_a_menu_says_what_was_picked(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (event,) = await house.presses(spot, "No answer")
    assert isinstance(event, Pressed)
    assert (event.action, event.value) == ("lost", "silent")


async def test_a_press_that_asks_first_counts_once(house: DeskHouse) -> None:
    button = Button("not_a_fit", "Not a fit", CONVERSATION, "danger", confirm="Really?")
    spot, _ = await house.desk.open(replace(CARD, controls=(button,)), "open")
    (event,) = await house.presses(spot, "Not a fit")
    assert isinstance(event, Pressed)
    assert (event.action, event.value) == ("not_a_fit", CONVERSATION)


async def test_a_button_carries_the_id_of_a_held_reply(house: DeskHouse) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    (written,) = await house.writes(spot, "may I?")
    assert isinstance(written, Written)
    held = f"{spot.desk}:{spot.channel}:{written.message}"
    await house.desk.post(spot, Post("Send?", controls=(Button("send_only", "Send only", held),)), "1")
    (event,) = await house.presses(spot, "Send only")
    assert isinstance(event, Pressed)
    assert event.value == held


# ------------------------------------------------------------------ forms
FORMS = {
    "amount": (Input("amount", "Amount", "number"), "300000"),
    "reason": (Input("reason", "Reason", "choice", (("price", "Price"), ("other", "Other"))), "price"),
    "brief": (Input("brief", "What was agreed", "long_text", value="20 seats, in March"), "25 seats\nin *March*"),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_comes_back_filled_in(house: DeskHouse, name: str) -> None:
    spot, _ = await house.desk.open(CARD, "open")
    entry, given = FORMS[name]
    await house.desk.ask(Form("won", "Won", "Save", (entry,), spot, CONVERSATION), house.trigger())
    (event,) = await house.fills_in(spot, {entry.name: given})
    assert isinstance(event, Pressed)
    assert event.address == spot_address(spot, house.desk.bot)
    assert (event.by, event.action, event.value) == (house.colleague, "won", CONVERSATION)
    assert dict(event.fields) == {entry.name: given}
