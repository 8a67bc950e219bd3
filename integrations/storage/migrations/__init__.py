"""The schema's history: numbered steps that Alembic runs, the last of them equal to `integrations.storage.tables`."""
