"""The contract of a desk: what a post may hold, words, calls and files."""

import re
from dataclasses import replace

import pytest

from flows.desk import Button, Field, Post
from flows.events import Written
from flows.model import File
from tests.contracts.desk_house import DeskHouse
from tests.contracts.desk_houses import CARD, refused


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
async def test_hostile_words_stand_as_they_were_written(office: DeskHouse, text: str) -> None:
    spot, _ = await office.desk.open(replace(CARD, text=text), "open")
    await office.desk.post(spot, Post(text, speaker="<b>*A*</b> & Co", by="prospect"), "1")
    for seen in office.thread(spot):
        assert seen.called == ()
        shown = _squeezed(seen.text)
        assert _squeezed(text) in shown or _squeezed(text.replace("\\*", "*")) in shown
    assert "Co" in office.thread(spot)[1].text


def _squeezed(text: str) -> str:
    """Words without blanks; what makes an @ harmless is not seen."""
    return re.sub(r"[ \u200b\u2060]", "", text.replace("＠", "@"))


@pytest.mark.parametrize("call", ["@channel", "@everyone", "@here", "@all", "<!channel>", "<@{0}>", "@olga_sales"])
async def test_nobody_calls_through_the_bot(office: DeskHouse, call: str) -> None:
    text = f"hey {call.format(office.colleague)}, {call.format(office.colleague)}!"
    hostile = Post(text, text, (Field(text, text),), (text,), speaker=text, by="prospect")
    spot, card = await office.desk.open(hostile, "open")
    await office.desk.post(spot, hostile, "1")
    await office.desk.change(spot, card, replace(hostile, small=()))
    await office.desk.write(office.colleague, hostile, "2")
    assert [seen.called for seen in (*office.thread(spot), *office.letters(office.colleague))] == [(), (), ()]


async def test_only_a_mention_calls(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    await office.desk.post(spot, Post("A person is asked for", mention=(office.colleague,)), "1")
    assert [seen.called for seen in office.thread(spot)] == [(), (office.colleague,)]


async def test_a_link_in_the_words_calls_nobody(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    await office.desk.post(spot, Post(f"[you](tg://user?id={office.colleague})", by="prospect"), "1")
    assert office.thread(spot)[1].called == ()


async def test_a_paste_of_40000_characters_arrives_whole(office: DeskHouse) -> None:
    spot, card = await office.desk.open(CARD, "open")
    text = " ".join(f"word{number} <&>" for number in range(3000))
    await office.desk.post(spot, Post(text, speaker="Anna", by="prospect"), "1")
    seen = office.thread(spot)[1:]
    shown = _squeezed("".join(message.text for message in seen))
    attached = b"".join(content for message in seen for content in message.files).decode()
    assert attached == text or all(f"word{number}<&>" in shown for number in range(3000))
    await office.desk.change(spot, card, replace(CARD, text=text))
    assert "word0 <&>" in office.thread(spot)[0].text


@pytest.mark.parametrize("post", [Post(), Post("   "), Post(controls=(Button("a", "A"),))])
async def test_nothing_to_see_is_refused(office: DeskHouse, post: Post) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    async with refused("invalid"):
        await office.desk.post(spot, post, "1")


# ------------------------------------------------------------------ files
async def test_files_go_to_the_desk(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    office.contents["voice"] = b"OggS" + bytes(100)
    files = (File("voice", "voice", "", "audio/ogg", 104), File("document", "made", "dialogue.txt", "text/plain"))
    await office.desk.post(spot, Post("listen", files=files, by="prospect", contents={"made": b"the dialogue"}), "1")
    seen = office.thread(spot)[1:]
    assert [content for message in seen for content in message.files] == [office.contents["voice"], b"the dialogue"]
    assert any("listen" in message.text for message in seen)


async def test_words_are_shown_whatever_became_of_their_file(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    file = File("document", "nowhere", "plan.pdf", size=31_000_000)
    await office.desk.post(spot, Post("our plan", speaker="Anna", by="prospect", files=(file,)), "1")
    assert any("our plan" in seen.text for seen in office.thread(spot)[1:])


async def test_files_come_from_the_desk(office: DeskHouse) -> None:
    spot, _ = await office.desk.open(CARD, "open")
    (event,) = await office.writes(spot, "our offer", b"%PDF-1.7")
    assert isinstance(event, Written)
    assert event.text == "our offer"
    (file,) = event.files
    assert (file.kind, file.name) == ("document", "offer.pdf")
    assert await office.desk.fetch(file) == b"%PDF-1.7"


async def test_a_file_of_staff_that_is_too_large_is_refused(office: DeskHouse) -> None:
    async with refused("too_large"):
        await office.desk.fetch(office.large_file())


async def test_a_file_that_is_gone_is_told(office: DeskHouse) -> None:
    async with refused("gone"):
        await office.desk.fetch(File("document", "F404"))
