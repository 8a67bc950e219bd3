"""`assistant deliveries`: what waits to leave, what failed for good and why, and another try."""

from typing import Annotated, Literal

import typer

from bot.output import AsJson, print_json, print_table
from locales.operators import N_

deliveries = typer.Typer(no_args_is_help=False, rich_markup_mode=None)

Status = Literal["open", "sent", "failed", "cancelled", ""]


@deliveries.callback(invoke_without_command=True)
def _alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        _list("", 50, "", json=False)


@deliveries.command("list", help=N_("Show them, newest first; without a status all but sent ones."))
def list_deliveries(
    *,
    status: Annotated[Status, typer.Option(help=N_("open, sent, failed or cancelled"))] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=N_("how many at most"))] = 50,
    cursor: Annotated[str, typer.Option(help=N_("go on with the page that `next` names"))] = "",
    json: AsJson = False,
) -> None:
    """Print the list."""
    _list(status, limit, cursor, json=json)


def _list(status: str, limit: int, cursor: str, *, json: bool) -> None:
    from collections.abc import Sequence

    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage
    from flows.ports.reading import Delivery
    from handlers.shapes import delivery_json, instant

    gettext = operator_messages().gettext
    settings = begin()

    async def main() -> tuple[Sequence[Delivery], int, str]:
        async with storage(settings) as store:
            return await store.deliveries.list(status or None, limit, cursor)

    found, total, following = in_loop(main)
    if json:
        items = [delivery_json(delivery) for delivery in found]
        print_json({"items": items, "total": total, "next": following or None})
        return
    header = (gettext("id"), gettext("kind"), gettext("status"), gettext("due"), gettext("attempts"), gettext("error"))
    rows = [(one.key, one.kind, one.status, instant(one.due), one.attempts, one.error) for one in found]
    print_table(header, rows, gettext("Nothing waits, nothing failed."))


@deliveries.command("retry", help=N_("Open failed ones again; the running product sends them."))
def retry(*, ids: Annotated[list[str], typer.Argument(help=N_("ids from the list"), metavar="ID…")]) -> None:
    """Say how many were opened again; exit 1 when it was none."""
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage
    from integrations.clock import utc_now

    settings = begin()

    async def main() -> int:
        async with storage(settings) as store:
            return await store.deliveries.retry(ids, utc_now())

    opened = in_loop(main)
    texts = operator_messages()
    typer.echo(texts.ngettext("{number} delivery is opened again", "{number} deliveries are opened again", opened))
    if not opened:
        raise typer.Exit(1)
