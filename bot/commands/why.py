"""`assistant why`: how a message of the bot came about."""

from typing import Annotated

import typer

from bot.output import AsJson, print_fields, print_json
from locales.operators import N_


def why(
    *,
    message: Annotated[str, typer.Argument(help=N_("the id of a message"), metavar="MESSAGE-ID")],
    json: AsJson = False,
) -> None:
    """Print flow, step, texts, sources with their versions, and times."""
    from collections.abc import Mapping

    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage
    from flows.errors import Refused
    from flows.model import Json

    settings = begin()

    async def main() -> Mapping[str, Json] | None:
        async with storage(settings) as store:
            return await store.reports.trace(message)

    trace = in_loop(main)
    if trace is None:
        raise Refused(reason=operator_messages().gettext("No message of the bot has the id {id}", id=message))
    if json:
        print_json(trace)
    else:
        print_fields(trace)
