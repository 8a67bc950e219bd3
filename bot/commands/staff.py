"""`assistant staff`: the people who may sign in and act."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

from bot.output import AsJson, print_json, print_table
from flows.ports.people import Person, Staff
from locales.operators import N_, Messages

staff = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@staff.command("add", help=N_("Add somebody, or change them by their e-mail address."))
def add(
    *,
    email: Annotated[str, typer.Argument(help=N_("their e-mail address"), metavar="EMAIL")],
    role: Annotated[
        Literal["admin", "manager", "rep"] | None, typer.Option(help=N_("admin, manager or rep; a new person is a rep"))
    ] = None,
    name: Annotated[str | None, typer.Option(help=N_("how prospects and colleagues see them"))] = None,
    telegram: Annotated[str | None, typer.Option(help=N_("their numeric id in Telegram"))] = None,
    slack: Annotated[str | None, typer.Option(help=N_("their member id in Slack"))] = None,
) -> None:
    """Write the person down; of somebody who is known, what is not named stays as it is."""
    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage

    texts = operator_messages()
    address = _address(email, texts)
    if telegram and not telegram.isdecimal():
        raise typer.BadParameter(texts.gettext("--telegram: write the number, not the name"))
    told = {"role": role, "name": name, "telegram": telegram, "slack": slack}
    named = {field: value.strip() for field, value in told.items() if value is not None}
    settings = begin()

    async def main() -> Person:
        async with storage(settings) as store:
            return await _added(store.staff, address, named, texts)

    added = in_loop(main)
    typer.echo(texts.gettext("{email} is {role} now", email=added.email, role=added.role))


def _address(email: str, texts: Messages) -> str:
    """The address as it is kept. Raises `BadParameter`."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise typer.BadParameter(texts.gettext("“{email}” is no e-mail address", email=email)) from error


async def _added(staff: Staff, email: str, named: Mapping[str, Any], texts: Messages) -> Person:
    """Write down what is named of a person, known or new."""
    import secrets
    from dataclasses import replace

    from integrations.clock import utc_now

    people = await staff.list()
    known = next((one for one in people if one.email == email), None)
    person = replace(known or Person(secrets.token_hex(8), email, "rep"), **named)
    _only_theirs(person, people, texts)
    return await staff.add(person, utc_now())


def _only_theirs(person: Person, people: Sequence[Person], texts: Messages) -> None:
    """An id of two people would let one act as the other. Raises `BadParameter`."""
    for other in people:
        for name in ("telegram", "slack"):
            theirs = getattr(person, name)
            if theirs and theirs == getattr(other, name) and other.email != person.email:
                line = texts.gettext("{option}: this is the id of {email}", option=f"--{name}", email=other.email)
                raise typer.BadParameter(line)


@staff.command("list", help=N_("Show everybody."))
def list_staff(*, json: AsJson = False) -> None:
    """Print everybody, by e-mail address."""
    from dataclasses import asdict

    from bot.process import begin, in_loop
    from bot.settings_language import operator_messages
    from bot.wiring import storage

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
