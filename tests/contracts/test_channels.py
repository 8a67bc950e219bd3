"""The contract of what a channel sends and changes: over Telegram before a strict server, and over the terminal."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from flows.errors import Refused
from flows.model import Address, File
from flows.outbound import Outbound
from flows.ports.turns import Channel
from integrations.channels import console
from integrations.channels.telegram import adapter
from tests.fakes.rows import NOW
from tests.fakes.telegram import TelegramServer


class Paper:
    """A screen that keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def read_line(self, prompt: str) -> str | None:
        return None

    def write(self, text: str) -> None:
        self.text += text


@dataclass(frozen=True)
class Line:
    """A channel, a chat in it, one that is not there, and what the prospect can read now."""

    channel: Channel
    address: Address
    nobody: Address
    shown: Callable[[], str]
    forgets: bool  # whether words can be taken away


def telegram_shows(server: TelegramServer) -> str:
    return "\n".join(message.text for message in server.user(1).visible)


@pytest.fixture(params=["telegram", "console"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    if request.param == "console":
        paper = Paper()
        terminal = console.connect(console.Settings(), screen=paper, clock=lambda: NOW, session="s")
        nobody = Address("console", "local", "else")
        yield Line(terminal, terminal.address, nobody, lambda: paper.text, forgets=False)
        return
    async with TelegramServer() as server:
        telegram = adapter.connect(adapter.Settings(token=SecretStr(server.token), api_url=server.url), (0.01,))
        address = Address("telegram", "4242", str(server.user(1).id))
        nobody = Address("telegram", "4242", "404")
        yield Line(telegram, address, nobody, lambda: telegram_shows(server), forgets=True)
        await telegram.close()


async def test_what_was_sent_can_be_given_other_words(line: Line) -> None:
    receipt = await line.channel.send(line.address, Outbound("завтра", name="Олег"))
    assert "завтра" in line.shown()
    for _ in range(2):
        await line.channel.change(line.address, receipt, Outbound("в среду", name="Олег"))
    assert "в среду" in line.shown()
    assert ("завтра" not in line.shown()) is line.forgets


async def test_what_was_sent_is_taken_away_or_the_channel_says_that_it_cannot(line: Line) -> None:
    receipt = await line.channel.send(line.address, Outbound("это не вам"))
    if not line.forgets:
        with pytest.raises(Refused) as caught:
            await line.channel.remove(line.address, receipt)
        assert caught.value.state == "unchangeable"
        return
    for _ in range(2):
        await line.channel.remove(line.address, receipt)
    assert "это не вам" not in line.shown()


LONG: Sequence[str] = ["Слово. " * 5700, "а" * 40_000, "\n".join(["строка"] * 5000)]


@pytest.mark.parametrize("text", LONG, ids=["sentences", "one word", "lines"])
async def test_a_very_long_text_arrives_whole(line: Line, text: str) -> None:
    receipt = await line.channel.send(line.address, Outbound(text))
    assert "".join(line.shown().split()) == "".join(text.split())
    await line.channel.change(line.address, receipt, Outbound("коротко"))
    assert "коротко" in line.shown()


async def test_a_file_that_the_channel_does_not_have_is_shown(line: Line) -> None:
    file = File("document", "desk:slack:F1", "смета.pdf", "application/pdf")
    receipt = await line.channel.upload(line.address, Outbound("вот смета", files=(file,)), {file.ref: b"%PDF"})
    assert receipt
    assert "вот смета" in line.shown()


async def test_nobody_is_told_so(line: Line) -> None:
    receipt = await line.channel.send(line.address, Outbound("x"))
    for attempt in (
        line.channel.send(line.nobody, Outbound("x")),
        line.channel.upload(line.nobody, Outbound("x", files=(File("document", "desk:1"),)), {"desk:1": b"1"}),
        line.channel.change(line.nobody, receipt, Outbound("y")),
        line.channel.remove(line.nobody, receipt),
    ):
        with pytest.raises(Refused):
            await attempt
