"""The terminal as a channel: a prospect who types lines, and reads numbered choices."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from flows.errors import Refused
from flows.events import Said
from flows.model import Address, File, Profile
from flows.outbound import Choice, Outbound
from flows.ports.turns import Clock, Receiver

CHANNEL = "console"

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ITALIC = re.compile(r"(?<!\w)_(.+?)_(?!\w)", re.DOTALL)
_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)")
# What a terminal would obey instead of showing: words come from people.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STYLES = {"bold": "1", "dim": "2", "italic": "3", "green": "32", "yellow": "33", "cyan": "36"}


class Settings(BaseModel):
    """Who sits at this terminal, and how it looks."""

    model_config = ConfigDict(frozen=True)

    bot: str = "local"
    user: str = "me"
    locale: str = ""
    colours: bool = False
    interactive: bool = False


class Screen(Protocol):
    """The terminal itself."""

    def read_line(self, prompt: str) -> str | None:
        """The next line, None at the end of the input; it blocks, in a thread of its own."""
        ...

    def write(self, text: str) -> None:
        """Show text at once."""
        ...


def connect(settings: Settings, *, screen: Screen, clock: Clock, session: str) -> "Console":
    """The channel; `session` is unique for each start, so that its event ids are."""
    return Console(settings, screen, clock, session)


class Console:
    """A `Channel` whose only chat is this terminal, and the source of what is typed there."""

    def __init__(self, settings: Settings, screen: Screen, clock: Clock, session: str) -> None:
        self.address = Address(CHANNEL, settings.bot, settings.user)
        self._settings = settings
        self._screen = screen
        self._clock = clock
        self._session = session
        self._count = 0
        self._choices: tuple[Choice, ...] = ()
        self._waiting = False

    # ------------------------------------------------------------ what goes out
    async def send(self, address: Address, message: Outbound) -> str:
        """Print a message. Raises `Refused` for a chat of another terminal."""
        if address != self.address:
            raise Refused(reason="this terminal shows another chat", state="not_found")
        self._choices = tuple(choice for choice in message.choices if not choice.url)
        self._show("\n".join(self._lines(message, self._choices)))
        return self._id("m")

    async def upload(self, address: Address, message: Outbound, contents: Mapping[str, bytes]) -> str:
        """Print a message; of files a terminal shows the names."""
        del contents
        return await self.send(address, message)

    async def change(self, address: Address, receipt: str, message: Outbound) -> None:
        """Print the new words below: what stands in a terminal stands. Raises as `send` does."""
        del receipt
        if address != self.address:
            raise Refused(reason="this terminal shows another chat", state="not_found")
        self._show("\n".join(["✎", *self._lines(replace(message, choices=()), ())]))

    async def remove(self, address: Address, receipt: str) -> None:
        """Raise `Refused`: nothing can be taken out of a terminal."""
        del address, receipt
        raise Refused(reason="a terminal cannot take words back", state="unchangeable")

    async def fetch(self, file: File) -> bytes:
        """Raise `Refused`: nobody sends a file from a terminal."""
        raise Refused(reason=f"a terminal holds no {file.kind}", state="gone")

    async def typing(self, address: Address) -> None:
        """Show dots until the reply comes; only where they can be taken away again."""
        if self._settings.interactive and address == self.address and not self._waiting:
            self._screen.write(f"\r{self._style('…', 'dim')}")

    async def acknowledge(self, address: Address, callback: str, text: str = "") -> None:
        """Print the toast, if there is one."""
        del callback  # nothing spins in a terminal
        if text and address == self.address:
            self._show(self._style(_CONTROL.sub("", text), "dim"))

    def _lines(self, message: Outbound, choices: Sequence[Choice]) -> list[str]:
        name = [self._style(f"{_CONTROL.sub('', message.name)}:", "yellow")] if message.name else []
        lines = [*name, *self._text(message.text).splitlines()]
        lines += [f"[{file.kind}] {_CONTROL.sub('', file.name)}".rstrip() for file in message.files]
        lines += [
            f"  {self._style(f'{number})', 'cyan')} {_CONTROL.sub('', choice.label)}"
            for number, choice in enumerate(choices, 1)
        ]
        lines += [f"  {_CONTROL.sub('', choice.label)}: {choice.url}" for choice in message.choices if choice.url]
        if message.share_contact:
            example = self._style("+7 … / name@example.com", "dim")
            lines.append(f"  {self._style('✎', 'cyan')} {_CONTROL.sub('', message.share_contact)}: {example}")
        return lines

    def _text(self, text: str) -> str:
        plain = _CONTROL.sub("", text)
        plain = _BOLD.sub(lambda found: self._style(found[1], "bold"), plain)
        plain = _ITALIC.sub(lambda found: self._style(found[1], "italic"), plain)
        return _LINK.sub(r"\1 (\2)", plain)

    def _style(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._settings.colours else text

    def _show(self, text: str) -> None:
        """Print below what stands; a line being typed is begun anew under it."""
        if not self._settings.interactive:
            self._screen.write(f"{text}\n")
            return
        again = f"\n{self._prompt}" if self._waiting else ""
        self._screen.write(f"\r\x1b[K{text}\n{again}")

    # ------------------------------------------------------------ what comes in
    async def run(self, receive: Receiver, settled: Callable[[], Awaitable[None]], *, greet: bool = False) -> None:
        """Hand on what is typed, a line at a time, each after the reply to the last; return at the end of the input.

        `settled` waits until everything that was received is answered. `greet` begins as a press on Start does.
        Raises `StorageDown` when a line could not be stored.
        """
        line: str | None = "/start" if greet else await self._next()
        while line is not None:
            if text := _CONTROL.sub("", line).strip():
                if not self._settings.interactive:
                    self._screen.write(f"\n> {text}\n")
                await receive((self.said(text),))
                await settled()
            line = await self._next()

    def said(self, text: str) -> Said:
        """What a line means: the number of a shown choice presses it, everything else is words."""
        profile = Profile(id=self._settings.user, language=self._settings.locale)
        event, now = self._id("e"), self._clock()
        number = int(text) if text.isdecimal() and len(text) <= len(str(len(self._choices))) else 0
        if 0 < number <= len(self._choices):
            choice = self._choices[number - 1]
            return Said(event, self.address, now, "choice", choice.label, choice.data, profile=profile, callback=event)
        return Said(event, self.address, now, "text", text, profile=profile, message=event)

    @property
    def _prompt(self) -> str:
        return "› " if self._settings.interactive else ""

    async def _next(self) -> str | None:
        """The next line, read in a thread that does not hold up the end of the process."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Future[str | None] = loop.create_future()

        def finish(line: str | None) -> None:
            if not arrived.done():
                arrived.set_result(line)

        def read() -> None:
            line = self._screen.read_line(self._prompt)
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, line)

        self._waiting = True
        try:
            threading.Thread(target=read, name="console", daemon=True).start()
            return await arrived
        finally:
            self._waiting = False

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{self._session}-{kind}{self._count}"
