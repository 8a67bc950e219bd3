"""What trackers gave when their webhooks were registered."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from flows.model import Json
from integrations.storage.codec import dumps, mapping
from integrations.storage.database import Database
from integrations.storage.tracker_tables import hooks


class SqlHooks:
    """The port `Hooks` over a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, tracker: str) -> Mapping[str, Json]:
        """What is kept; empty when nothing is."""
        statement = select(hooks.c.kept).where(hooks.c.tracker == tracker)
        found = await self._database.read(lambda connection: connection.execute(statement).scalar())
        return mapping(found) if found else {}

    async def keep(self, tracker: str, kept: Mapping[str, Json]) -> None:
        """Replace it."""
        values = {"tracker": tracker, "kept": dumps(kept)}
        statement = insert(hooks).values(values).on_conflict_do_update(index_elements=["tracker"], set_=values)
        await self._database.write(lambda connection: connection.execute(statement).rowcount)
