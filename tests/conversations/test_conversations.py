"""Every conversation file is played through the real handlers, each of its events delivered more than once."""

from pathlib import Path

import pytest

from integrations.storage.connect import open_storage
from tests.conversations.runner import Player
from tests.conversations.script import read, scripts
from tests.conversations.stage import Ports, stage
from tests.virtual_time import VirtualLoop, in_virtual_time

ALL = scripts()


@pytest.mark.parametrize("name", ALL)
def test_conversation(name: str, tmp_path: Path) -> None:
    script = read(ALL[name])

    async def main(loop: VirtualLoop) -> None:
        storage = await open_storage(f"sqlite+aiosqlite:///{tmp_path}/a.db", worker="a:1:a", clock=loop.clock)
        await Player(
            stage(loop, Ports(storage.inbox, storage.conversations, storage.outbox), script.setting), script
        ).play()
        await storage.close()

    in_virtual_time(main, patience=0.02)
