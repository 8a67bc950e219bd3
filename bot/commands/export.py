"""`assistant export`: the leads as a file, the same rows as `/export` and the API."""

import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import typer

from locales.operators import N_, Messages


def export(
    *,
    kind: Annotated[Literal["csv", "xlsx", "jsonl"], typer.Option("--format", help=N_("csv, xlsx or jsonl"))] = "csv",
    since: Annotated[str, typer.Option(help=N_("only leads since then: 2026-11-22, or 7d for seven days"))] = "",
    status: Annotated[str, typer.Option(help=N_("only leads of this status, such as qualified"))] = "",
    out: Annotated[Path | None, typer.Option(help=N_("the file; without it the leads are printed"))] = None,
) -> None:
    """Write the file, or print it; XLSX always needs a file or a pipe."""
    from bot.content import load
    from bot.exporting import export_of
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.spans import NoTimeError, beginning
    from bot.wiring import storage
    from flows.ports.reading import Filter
    from integrations.clock import clock_in

    texts = operator_messages()
    settings = begin()
    if kind == "xlsx" and out is None and sys.stdout.isatty():
        raise typer.BadParameter(texts.gettext("a terminal cannot show a workbook: give --out FILE"))
    try:
        query = Filter(status=status, since=beginning(since, clock_in(settings.timezone)()))
    except NoTimeError as error:
        raise typer.BadParameter(texts.gettext("--since: write 2026-11-22 or 7d")) from error

    async def main() -> None:
        async with storage(settings) as store:
            await _write(export_of(load(settings), store.leads)(kind, query), out, texts)

    in_loop(main)
    if out is not None:
        typer.echo(texts.gettext("Written: {file}", file=out), err=True)


async def _write(pieces: AsyncIterator[bytes], out: Path | None, texts: Messages) -> None:
    """Print the bytes, or write them to a file that appears whole or not at all. Raises `Misconfigured`."""
    if out is None:
        async for piece in pieces:
            sys.stdout.buffer.write(piece)
        return
    from flows.errors import Misconfigured

    draft = out.with_name(f".{out.name}.part")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        with draft.open("wb") as file:
            async for piece in pieces:
                file.write(piece)
        draft.replace(out)
    except OSError as error:
        raise Misconfigured(
            "--out",
            texts.gettext("{folder} cannot be written to ({why})", folder=out.parent, why=error.strerror),
            texts.gettext("Name a file in a folder that exists and is yours"),
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
