"""`assistant check`: every defect of the company's files and settings, with its place and remedy."""

import typer

from bot.output import AsJson, print_json


def check(*, json: AsJson = False) -> None:
    """Exit 1 when there is any defect."""
    from dataclasses import asdict

    from bot.content import load
    from bot.process import begin
    from bot.settings_language import operator_messages
    from flows.errors import BrokenContent, Defect

    texts = operator_messages()
    settings = begin()
    defects: tuple[Defect, ...] = ()
    try:
        load(settings)
    except BrokenContent as broken:
        defects = broken.defects
    if json:
        print_json({"defects": [asdict(defect) for defect in defects]})
    elif defects:
        typer.echo("\n".join(str(defect) for defect in defects))
        typer.echo(texts.ngettext("{number} defect", "{number} defects", len(defects)), err=True)
    else:
        typer.echo(texts.gettext("Everything is fine: flows, texts, knowledge and settings."))
    if defects:
        raise typer.Exit(1)
