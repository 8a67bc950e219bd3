"""`assistant understand`: what the product makes of a prospect's words."""

from typing import Annotated

import typer

from bot.output import AsJson, print_json
from locales.operators import N_


def understand(
    *,
    text: Annotated[str, typer.Argument(help=N_("a prospect's words; without them --json reads JSON lines"))] = "",
    locale: Annotated[str, typer.Option(help=N_("ru or en"))] = "",
    json: AsJson = False,
) -> None:
    """Print slots, intent and objection as JSON; with `--json` and no words, one object a line in and out."""
    from bot.bulk import each_line
    from bot.process import begin
    from bot.settings_language import operator_messages
    from bot.understanding import Understands
    from integrations.clock import clock_in

    settings = begin()
    understands = Understands(settings, clock_in(settings.timezone))
    if json and not text:
        each_line(understands)
        return
    if not text:
        raise typer.BadParameter(operator_messages().gettext("give the words, or --json and lines of JSON"))
    print_json(understands({"text": text, "locale": locale or None}))
