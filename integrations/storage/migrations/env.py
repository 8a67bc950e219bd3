"""Alembic's environment: it works on the connection that `integrations.storage.migrate` hands in, and opens none."""

from alembic import context

from integrations.storage.schema import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA,
    render_as_batch=True,  # SQLite changes a column by copying its table
    compare_type=True,
    compare_server_default=False,  # the databases write the same default in different words
)
with context.begin_transaction():
    context.run_migrations()
