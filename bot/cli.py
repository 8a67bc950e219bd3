"""The command line `assistant`: its commands, its language, and errors as clear lines instead of tracebacks."""

import io
import sys
import traceback

import typer
from typer._click.exceptions import UsageError

from bot.commands.backup import backup, restore
from bot.commands.chat import chat
from bot.commands.check import check
from bot.commands.deliveries import deliveries
from bot.commands.doctor import doctor
from bot.commands.export import export
from bot.commands.graph import graph
from bot.commands.knowledge import knowledge
from bot.commands.migrate import migrate
from bot.commands.run import run
from bot.commands.staff import staff
from bot.commands.stats import stats
from bot.commands.understand import understand
from bot.commands.why import why
from bot.settings_language import operator_messages
from flows.errors import AssistantError
from locales.operators import N_, Messages


def build() -> typer.Typer:
    """The commands, their help still in English."""
    app = typer.Typer(
        help=N_("A sales assistant: prospects talk to it, and become leads."),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
    )
    app.command(help=N_("Run everything that is configured, until SIGTERM or Ctrl-C."))(run)
    app.command(help=N_("Talk to the assistant in this terminal, or through a pipe."))(chat)
    app.command(help=N_("Prove flows, texts, knowledge and settings."))(check)
    app.command(help=N_("Draw flows as Mermaid."))(graph)
    app.command(help=N_("Show what is made of a prospect's words."))(understand)
    app.add_typer(knowledge, name="knowledge", help=N_("Search what the company knows."))
    app.command(help=N_("Tell how a message of the bot came about."))(why)
    app.command(help=N_("Show the figures of the last days."))(stats)
    app.command(help=N_("Write the leads to a file."))(export)
    app.add_typer(deliveries, name="deliveries", help=N_("Show what waits to leave or failed; try it again."))
    app.command(help=N_("Copy the database, also while the product runs."))(backup)
    app.command(help=N_("Bring a copy back into an empty database."))(restore)
    app.command(help=N_("Try every configured service; say what is wrong and how to mend it."))(doctor)
    app.command(help=N_("Bring the database's schema to the newest version."))(migrate)
    app.add_typer(staff, name="staff", help=N_("Say who works here."))
    return app


def translate(command: object, texts: Messages) -> None:
    """Put the help of a command, of its parameters and of its commands into the operator's language."""
    if isinstance(command, typer.core.TyperGroup):
        for inner in command.commands.values():
            translate(inner, texts)
    if isinstance(command, typer.core.TyperGroup | typer.core.TyperCommand):
        command.help = texts.gettext(command.help) if command.help else None
        for parameter in command.params:
            if isinstance(parameter, typer.core.TyperOption | typer.core.TyperArgument):
                parameter.help = texts.gettext(parameter.help) if parameter.help else None


def main() -> None:
    """The entry point: exits with 0, 1 after an error that it has told, 2 after wrong use."""
    texts = operator_messages()
    command = typer.main.get_command(build())
    translate(command, texts)
    try:
        code = command(prog_name="assistant", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except UsageError as error:
        _show_use(error, texts)
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(1)
    except AssistantError as error:
        from bot.sentences import said

        typer.echo(said(error, texts), err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last resort; what a report needs is printed, contacts taken out
        _tell(error, texts)
        sys.exit(1)


def _show_use(error: UsageError, texts: Messages) -> None:
    """Say what the library of the command line would, in the operator's language."""
    from bot.sentences import sentence

    shown = io.StringIO()
    error.show(shown)
    for line in shown.getvalue().splitlines():
        typer.echo(sentence(line, texts), err=True)


def _tell(error: Exception, texts: Messages) -> None:
    from bot.redaction import Redactor

    typer.echo(Redactor().text("".join(traceback.format_exception(error))), err=True)
    typer.echo(texts.gettext("This should not have happened. Please report the lines above."), err=True)
