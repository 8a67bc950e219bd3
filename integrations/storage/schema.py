"""The whole schema: the tables of every module that has some."""

from typing import Final

from integrations.storage import desk_tables, figure_tables, tables, tracker_tables

MODULES: Final = (tables, desk_tables, tracker_tables, figure_tables)
SCHEMA: Final = tables.metadata
"""All tables; complete once the `MODULES` are imported, as they are here."""
