"""`assistant staff`: the people who may sign in and act."""

from typing import Annotated, Literal

import typer

from bot.output import AsJson, print_json, print_table
from locales.operators import N_

staff = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@staff.command("add", help=N_("Add somebody, or change them by their e-mail address."))
def add(
    *,
    email: Annotated[str, typer.Argument(help=N_("their e-mail address"), metavar="EMAIL")],
    role: Annotated[Literal["admin", "manager", "rep"], typer.Option(help=N_("admin, manager or rep"))] = "rep",
    name: Annotated[str, typer.Option(help=N_("how prospects and colleagues see them"))] = "",
    telegram: Annotated[str, typer.Option(help=N_("their numeric id in Telegram"))] = "",
    slack: Annotated[str, typer.Option(help=N_("their member id in Slack"))] = "",
) -> None:
    """Write the person down."""
    import secrets

    from email_validator import EmailNotValidError, validate_email

    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage
    from flows.ports.people import Person
    from integrations.clock import utc_now

    texts = operator_messages()
    try:
        address = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise typer.BadParameter(texts.gettext("“{email}” is no e-mail address", email=email)) from error
    settings = begin()
    person = Person(id=secrets.token_hex(8), email=address, role=role, name=name, telegram=telegram, slack=slack)

    async def main() -> Person:
        async with storage(settings) as store:
            return await store.staff.add(person, utc_now())

    added = in_loop(main)
    typer.echo(texts.gettext("{email} is {role} now", email=added.email, role=added.role))


@staff.command("list", help=N_("Show everybody."))
def list_staff(*, json: AsJson = False) -> None:
    """Print everybody, by e-mail address."""
    from collections.abc import Sequence
    from dataclasses import asdict

    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage
    from flows.ports.people import Person

    settings = begin()

    async def main() -> Sequence[Person]:
        async with storage(settings) as store:
            return await store.staff.list()

    people = in_loop(main)
    if json:
        print_json({"items": [asdict(person) for person in people]})
        return
    gettext = operator_messages().gettext
    rows = [(person.email, person.role, person.name, person.telegram, person.slack) for person in people]
    print_table(
        (gettext("e-mail"), gettext("role"), gettext("name"), "Telegram", "Slack"), rows, gettext("Nobody yet.")
    )
