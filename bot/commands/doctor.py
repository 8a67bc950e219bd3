"""`assistant doctor`: tries every configured service, and says for each: fine, or what is wrong and how to mend it."""

from typing import Annotated

import typer

from bot.output import AsJson, print_fields, print_json
from locales.operators import N_


def doctor(
    *,
    fix: Annotated[bool, typer.Option("--fix", help=N_("also mend what can be mended, such as the webhook"))] = False,
    json: AsJson = False,
) -> None:
    """Print the effective settings and a line for each part; exit 1 when one is not fine."""
    from dataclasses import asdict

    from bot.doctor import examine
    from bot.process import begin, in_loop
    from bot.sentences import sentence
    from bot.settings_language import operator_messages

    texts = operator_messages()
    settings = begin()
    findings = in_loop(lambda: examine(settings, texts, fix=fix))
    shown = {name: value for name, value in settings.masked().items() if value}
    if json:
        print_json({"settings": shown, "findings": [asdict(finding) for finding in findings]})
    else:
        print_fields(shown)
        typer.echo()
        for finding in findings:
            typer.echo(f"{'✓' if finding.fine else '✗'} {finding.part}: {sentence(finding.text, texts)}")
            if finding.remedy:
                typer.echo(f"  → {sentence(finding.remedy, texts)}")
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)
