"""`assistant backup` and `restore`: a consistent copy of everything, and back."""

from pathlib import Path
from typing import Annotated

import typer

from locales.operators import N_


def backup(*, file: Annotated[Path, typer.Argument(help=N_("where to write the copy"), metavar="FILE")]) -> None:
    """Copy while the product runs."""
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from integrations.storage.backup import backup as write

    settings = begin()
    in_loop(lambda: write(settings.database_url, file))
    typer.echo(operator_messages().gettext("Written: {file}", file=file))


def restore(*, file: Annotated[Path, typer.Argument(help=N_("a copy made by backup"), metavar="FILE")]) -> None:
    """Refuses a database that is not empty."""
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from integrations.storage.backup import restore as read

    settings = begin()
    in_loop(lambda: read(settings.database_url, file))
    typer.echo(operator_messages().gettext("Restored from {file}", file=file))
