"""`assistant migrate`: the database's schema to its newest version."""

import typer


def migrate() -> None:
    """Doing it again changes nothing."""
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from integrations.storage.migrate import upgrade

    settings = begin()
    in_loop(lambda: upgrade(settings.database_url))
    typer.echo(operator_messages().gettext("The schema is the newest."))
