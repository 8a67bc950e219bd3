"""`assistant chat`: the prospect's side of the conversation in a terminal."""

from typing import Annotated, Literal

import typer

from locales.operators import N_


def chat(
    *,
    locale: Annotated[Literal["ru", "en", ""], typer.Option(help=N_("the prospect's language: ru or en"))] = "",
    user: Annotated[
        str, typer.Option("--as", help=N_("go on as this prospect; without it a pipe is a new one each time"))
    ] = "",
    flow: Annotated[str, typer.Option(help=N_("begin with this flow, as a new prospect"))] = "",
) -> None:
    """Talk until the end of the input; then finish what is open."""
    from bot.process import begin, in_loop

    settings = begin()

    async def main() -> None:
        from bot.chatting import console_for
        from bot.terminal import at_keyboard
        from bot.wiring import product

        person = at_keyboard()
        console = console_for(settings, user=user or ("me" if person and not flow else ""), locale=locale)
        async with product(settings, {("console", console.address.bot): console}, flow) as made:
            # Only what waits for this terminal is said; unanswered lines of it are taken up with its next one.
            await made.deliver.due()
            await console.run(made.receive, made.spoken, greet=person)
            await made.drain()

    try:
        in_loop(main)
    except KeyboardInterrupt:
        typer.echo()
