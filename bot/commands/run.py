"""`assistant run`: everything that is configured, in one process."""

import typer


def run() -> None:
    """Start, say where, serve until told to stop, drain."""
    from bot.tuning import hold, tune

    hold()
    from bot.process import begin, in_loop
    from bot.serve import listen, serve
    from bot.settings_language import operator_messages
    from bot.terminal import attachable

    gettext = operator_messages().gettext
    attached = attachable()
    settings = begin(quiet=attached)
    sock = listen(settings.http_host, settings.http_port)
    address = f"http://{settings.http_host}:{sock.getsockname()[1]}"

    def ready() -> None:
        typer.echo(gettext("Ready: {address} (the API: {address}/api/docs). Ctrl-C ends it.", address=address))

    async def main() -> None:
        from bot.chatting import console_for
        from bot.service import running
        from bot.thawing import thaw, values

        console = console_for(settings, user="me", locale="") if attached else None
        async with running(settings, console) as service:
            thaw(values())
            tune()
            await serve(service, sock, ready)

    in_loop(main)
