"""`assistant graph`: a flow as a Mermaid drawing, on wish with the traffic of the last days."""

from collections.abc import Mapping
from typing import Annotated

import typer

from locales.operators import N_


def graph(
    *,
    flow: Annotated[str, typer.Argument(help=N_("one flow; without it all of them"))] = "",
    stats: Annotated[bool, typer.Option(help=N_("paint how many came by, and how many went no further"))] = False,
    days: Annotated[int, typer.Option(min=1, max=3660, help=N_("how many days the figures cover"))] = 30,
) -> None:
    """Print the drawing."""
    from bot.content import load
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from flows.errors import Misconfigured
    from flows.graph import mermaid

    settings = begin()
    flows = load(settings).flows
    if flow and flow not in flows.by_name:
        gettext = operator_messages().gettext
        raise Misconfigured(
            "FLOW",
            gettext("there is no flow “{flow}”", flow=flow),
            gettext("Use one of: {names}", names=", ".join(flows.by_name)),
        )

    async def traffic() -> Mapping[str, int]:
        from bot.mermaid import visits
        from bot.wiring import storage
        from handlers.report import Stats
        from integrations.clock import clock_in

        async with storage(settings) as store:
            return visits(await Stats(store.reports)(days, clock_in(settings.timezone)()))

    typer.echo(mermaid(flow, flows, in_loop(traffic) if stats else None))
