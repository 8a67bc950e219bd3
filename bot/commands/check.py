"""`assistant check`: every defect of the company's files and settings, with its place and remedy."""

import typer

from bot.output import AsJson, print_json
from flows.errors import Defect


def check(*, json: AsJson = False) -> None:
    """Exit 1 when there is any defect."""
    from dataclasses import asdict

    from bot.sentences import told
    from bot.settings_language import operator_messages

    texts = operator_messages()
    defects = told(_defects(), texts)
    if json:
        print_json({"defects": [asdict(defect) for defect in defects]})
    elif defects:
        typer.echo("\n".join(str(defect) for defect in defects))
        typer.echo(texts.ngettext("{number} defect", "{number} defects", len(defects)), err=True)
    else:
        typer.echo(texts.gettext("Everything is fine: flows, texts, knowledge and settings."))
    if defects:
        raise typer.Exit(1)


def _defects() -> tuple[Defect, ...]:
    from bot.check import check as prove
    from bot.check import settings_defects
    from bot.content import inspect
    from bot.process import begin
    from flows.errors import Misconfigured

    try:
        settings = begin()
    except Misconfigured as error:
        return settings_defects(error)
    return prove(inspect(settings))
