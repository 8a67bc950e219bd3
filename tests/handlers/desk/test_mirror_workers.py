"""Two workers on one database, both with the desk: a thread has each line of the transcript once, in its order."""

import asyncio
from pathlib import Path

from integrations.storage.connect import open_storage
from integrations.storage.migrate import upgrade
from tests.conversations.stage import Ports, stage
from tests.handlers.acts import ADDRESS, hears, said
from tests.handlers.desk.test_follow import Slow, sender_over, watched
from tests.virtual_time import VirtualLoop, in_virtual_time

WORDS = (
    "позовите человека",
    "мне нужна кофемашина",
    "на 20 человек",
    "бюджет 300 тысяч",
    "до декабря",
    "и ещё мельница",
)


def test_each_line_once_and_in_order(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"

    async def main(loop: VirtualLoop) -> None:
        await upgrade(url)
        stores = [await open_storage(url, worker=f"host:{n}:{n}", clock=loop.clock) for n in (1, 2)]
        stages = [watched(stage(loop, Ports(one.inbox, one.conversations, one.outbox), {})) for one in stores]
        desk = Slow(seconds=3)
        senders = [sender_over(loop, one, desk) for one in stores]
        await hears(stages[0], said("/start"))
        looks: list[asyncio.Task[None]] = []
        for number, words in enumerate(WORDS):
            await hears(stages[number % 2], said(words))
            await asyncio.sleep(1)
            looks += [asyncio.create_task(one.due()) for one in senders]
        await asyncio.gather(*looks)
        for _ in range(4):
            await asyncio.sleep(5)
            await asyncio.gather(*(one.due() for one in senders))
        conversation = await stores[0].conversations.open(ADDRESS)
        assert conversation is not None
        thread = await stores[1].threads.of(conversation.id, "slack")
        lines = await stores[1].threads.lines(conversation.id, 0, 100)
        assert thread is not None
        assert thread.mirrored == lines[-1].place
        shown = "\n".join(desk.texts(thread.spot)[1:])
        assert [shown.count(words) for words in WORDS] == [1] * len(WORDS)
        assert sorted(WORDS, key=shown.index) == list(WORDS)
        copies = [await stores[0].threads.by_line(line.id, "slack") for line in lines]
        assert all(copies)
        assert desk.calls.count("open") == 1
        for one in (*senders, *(worker.deliver for worker in stages)):
            await one.close()
        for store in stores:
            await store.close()

    in_virtual_time(main, patience=0.3)
