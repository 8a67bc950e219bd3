"""What a prospect sent, as the transcript keeps it and the desk shows it."""

import asyncio

from flows.model import File, Json
from handlers.desk.contents import ChannelFiles
from handlers.desk.lines import CHARACTERS, LINES, files_of, fitting, plain
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.handlers.acts import ADDRESS, hears, said, worker
from tests.handlers.desk.test_follow import play, sender, watched
from tests.handlers.desk.wall import Wall
from tests.virtual_time import VirtualLoop


def test_a_voice_message_and_an_edit_of_a_real_chat_reach_the_desk() -> None:
    async def script(loop: VirtualLoop, memory: Memory) -> None:
        one = watched(worker(loop, memory))
        one.phone.contents["AwAC"] = b"OggS"
        desk = MemoryDesk(contents=ChannelFiles({("telegram", "7"): one.phone}))
        deliver = sender(loop, memory, desk, "one")
        await hears(one, said("/start"), said("позовите человека"))
        await hears(one, said("", "file", files=(File("voice", "AwAC", "", "audio/ogg", 4),)))
        await hears(one, said("это было голосовое", "edited"))
        await asyncio.sleep(5)
        await deliver.due()
        conversation = memory.newest(ADDRESS.key)
        assert conversation is not None
        shown = desk.thread(memory.threads[conversation.id, "slack"].spot)
        assert b"OggS" in [content for one in shown for content in one.files.values()]
        text = "\n".join(one.post.text for one in shown)
        assert "_a voice message_" in text
        assert "✏️ _changed to:_ это было голосовое" in text
        await deliver.close()
        await one.deliver.close()

    play(script)


def test_a_trace_of_any_shape_is_read() -> None:
    wall = Wall()
    line = wall.says("[photo]", files=(File("photo", "P"),))
    assert files_of(line) == (File("photo", "P"),)
    line = wall.says("x")
    shapes: tuple[Json, ...] = ("x", [1], [{"kind": "rocket", "size": "big"}], None)
    for odd in shapes:
        traced = type(line)(line.id, line.conversation, line.by, line.at, line.text, {"files": odd})
        assert [file.kind for file in files_of(traced)] in ([], ["other"])


def test_so_many_lines_are_one_post() -> None:
    wall = Wall()
    short = [wall.says("да") for _ in range(LINES + 5)]
    assert len(fitting(short)) == LINES
    long = [wall.says("д" * (CHARACTERS - 100)), wall.says("а" * 200)]
    assert len(fitting(long)) == 1
    assert len(fitting([wall.says("д" * 40_000)])) == 1


def test_markup_is_read_out_of_a_text() -> None:
    assert plain(r"**Итого** 5\_000 \*") == "Итого 5_000 *"
