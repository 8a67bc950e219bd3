"""Every conversation file is played through the real handlers, each of its events delivered more than once."""

from pathlib import Path

import pytest

from integrations.storage.connect import open_storage
from integrations.storage.migrate import upgrade
from tests.conversations.runner import Player
from tests.conversations.script import read, scripts
from tests.conversations.stage import Ports, stage
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.virtual_time import VirtualLoop, in_virtual_time

ALL = {name: read(path) for name, path in scripts().items()}
STORED = [name for name, script in ALL.items() if script.stored]
_THREADS = 0.3
"""Real seconds that virtual time waits for the threads of a database before it jumps."""


@pytest.mark.parametrize("name", ALL)
def test_conversation(name: str) -> None:
    async def main(loop: VirtualLoop) -> None:
        storage = open_memory(Memory(), "worker", loop.clock)
        ports = Ports(storage.inbox, storage.conversations, storage.outbox)
        await Player(stage(loop, ports, ALL[name].setting), ALL[name]).play()

    in_virtual_time(main)


@pytest.mark.parametrize("name", STORED)
def test_conversation_over_sqlite(name: str, tmp_path: Path) -> None:
    _over(f"sqlite+aiosqlite:///{tmp_path}/assistant.db", name)


@pytest.mark.parametrize("name", STORED)
def test_conversation_over_postgresql(name: str, postgres_url: str) -> None:
    _over(postgres_url, name)


def _over(url: str, name: str) -> None:
    async def main(loop: VirtualLoop) -> None:
        await upgrade(url)
        storage = await open_storage(url, worker="host:1:test", clock=loop.clock)
        try:
            ports = Ports(storage.inbox, storage.conversations, storage.outbox)
            await Player(stage(loop, ports, ALL[name].setting), ALL[name]).play()
        finally:
            await storage.close()

    in_virtual_time(main, patience=_THREADS)


def test_there_are_conversations_in_both_languages() -> None:
    for locale in ("ru", "en"):
        assert sum(script.locale == locale for script in ALL.values()) >= 15
