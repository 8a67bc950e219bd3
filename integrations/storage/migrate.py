"""The schema brought to its newest step, and the question whether it is there."""

import importlib
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from flows.errors import Misconfigured
from integrations.storage import migrations
from integrations.storage.database import Database
from integrations.storage.urls import connect

_FOLDER: Final = Path(migrations.__path__[0])


def newest() -> str:
    """The number of the last step; steps are files named `0001_what.py`."""
    return max(file.name.split("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def current(connection: Connection) -> str:
    """The step at which a database is; empty before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def upgrade_on(connection: Connection) -> bool:
    """Run the missing steps in the connection's transaction; whether there were any."""
    if connection.dialect.name == "postgresql":
        # Two processes that start at once must not both run a step; SQLite's writer lock sees to that by itself.
        connection.execute(text("SELECT pg_advisory_xact_lock(7262636)"))
    at = current(connection)
    if at == newest():
        return False
    if at > newest():
        raise Misconfigured(
            "DATABASE_URL",
            f"the database is at step {at}, this program knows steps up to {newest()}",
            "Run the newer program, or restore a backup made by this one",
        )
    # Imported only where it has work: Alembic costs a good part of a start.
    command = importlib.import_module("alembic.command")
    config = importlib.import_module("alembic.config").Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


async def migrate(database: Database) -> bool:
    """Bring the schema to its newest step, all steps or none; whether there was anything to do.

    Raises `Misconfigured` when the database belongs to a newer program, `StorageDown` when it cannot be reached.
    """
    return await database.write(upgrade_on)


async def upgrade(url: str) -> bool:
    """`migrate` for a DATABASE_URL."""
    database = connect(url)
    try:
        return await migrate(database)
    finally:
        await database.close()
