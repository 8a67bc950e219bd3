"""What is kept of prospects is for the owner of the files alone: the database, its log, and its copies."""

import stat
from pathlib import Path

from integrations.storage.backup import backup
from tests.integrations.storage.test_backup import working


def modes_in(folder: Path) -> dict[str, int]:
    """The files of a folder with their permissions."""
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    async with working(f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"):
        await backup(f"sqlite+aiosqlite:///{tmp_path / 'own.db'}", tmp_path / "copy.db")
        modes = modes_in(tmp_path)
    assert modes == dict.fromkeys(("own.db", "own.db-wal", "own.db-shm", "copy.db"), 0o600)


async def test_a_copy_of_a_server_is_for_its_owner_alone(postgres_url: str, tmp_path: Path) -> None:
    async with working(postgres_url):
        await backup(postgres_url, tmp_path / "copy.db")
    assert modes_in(tmp_path) == {"copy.db": 0o600}
