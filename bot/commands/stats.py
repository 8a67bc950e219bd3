"""`assistant stats`: the figures of the last days, the same as `/stats` and the API."""

from typing import Annotated

import typer

from bot.output import AsJson, print_json
from locales.operators import N_


def stats(
    *,
    days: Annotated[int, typer.Option(min=1, max=3660, help=N_("how many days the figures cover"))] = 30,
    json: AsJson = False,
) -> None:
    """Print the figures."""
    from collections.abc import Sequence

    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage
    from flows.ports.people import Person
    from flows.ports.reading import Figures
    from handlers.desk.who import name_of
    from handlers.report import Stats, stats_text
    from integrations.clock import clock_in

    settings = begin()

    async def main() -> tuple[Figures, Sequence[Person]]:
        async with storage(settings) as store:
            return await Stats(store.reports)(days, clock_in(settings.timezone)()), await store.staff.list()

    figures, staff = in_loop(main)
    if json:
        print_json(figures)
    else:
        typer.echo(stats_text(figures, operator_messages(), {person.id: name_of(person) for person in staff}))
