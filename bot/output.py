"""What commands print: lines for people, JSON for programs."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

import typer

from locales.operators import N_

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help=N_("print JSON, for programs"))]


def print_json(value: object) -> None:
    """One JSON document, indented."""
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Columns as wide as their contents; `empty` is said when there are no rows."""
    if not rows:
        typer.echo(empty)
        return
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_fields(fields: Mapping[str, object]) -> None:
    """One field a line, its name first."""
    width = max((len(name) for name in fields), default=0)
    for name, value in fields.items():
        typer.echo(f"{name.ljust(width)}  {value}")
