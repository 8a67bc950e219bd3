"""`assistant knowledge`: what the company knows, asked as a prospect would ask."""

from typing import Annotated

import typer

from bot.output import AsJson, print_json
from locales.operators import N_

knowledge = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@knowledge.callback()
def _group() -> None:
    """Keep `search` a command of its own while it is the only one."""


@knowledge.command("search", help=N_("Ask the local search; --json reads questions as JSON lines."))
def search(
    *,
    question: Annotated[str, typer.Argument(help=N_("a question"))] = "",
    locale: Annotated[str, typer.Option(help=N_("ru or en; without it the language of the words"))] = "",
    json: AsJson = False,
) -> None:
    """Print the answer and what it rests on; with `--json` and no question, one object a line in and out."""
    from bot.bulk import each_line, text_of
    from bot.content import load
    from bot.process import begin
    from bot.searching import LocalSearch
    from bot.settings_language import operator_messages
    from integrations.clock import clock_in

    settings = begin()
    find = LocalSearch(load(settings), settings.default_locale, clock_in(settings.timezone)().date())
    if json and not question:
        each_line(lambda row: find(text_of(row, "query"), text_of(row, "locale", "")))
        return
    if not question:
        raise typer.BadParameter(operator_messages().gettext("give a question, or --json and lines of JSON"))
    found = find(question, locale)
    if json:
        print_json(found)
        return
    typer.echo(find.answer(question, locale) or operator_messages().gettext("Nobody knows."))
