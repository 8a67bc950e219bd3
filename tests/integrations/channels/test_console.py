"""The terminal as a channel."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from flows.errors import Refused, StorageDown
from flows.events import Event, Said
from flows.model import Address, File
from flows.outbound import Choice, Outbound
from integrations.channels.console import Console, Settings, connect
from tests.fakes.rows import NOW


class Paper:
    """A screen that gives prepared lines and keeps what is written."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.text = ""

    def read_line(self, prompt: str) -> str | None:
        self.text += prompt
        return self.lines.pop(0) if self.lines else None

    def write(self, text: str) -> None:
        self.text += text


def console_on(paper: Paper, *, person: bool = False) -> Console:
    settings = Settings(user="anna", locale="ru", colours=person, interactive=person)
    return connect(settings, screen=paper, clock=lambda: NOW, session="s1")


async def typed(paper: Paper, answer: Callable[[Console, Said], Outbound | None], *, greet: bool = False) -> list[Said]:
    """Type the lines; each is answered before the next."""
    console = console_on(paper)
    heard: list[Said] = []
    answers: list[asyncio.Task[str]] = []

    async def receive(events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event, Said)
            heard.append(event)
            if message := answer(console, event):
                answers.append(asyncio.create_task(console.send(console.address, message)))

    async def settled() -> None:
        await asyncio.gather(*answers)

    await console.run(receive, settled, greet=greet)
    return heard


MENU = Outbound(
    "Сколько человек?", (Choice("1–5", "q:1"), Choice("6–20", "q:6"), Choice("Сайт", url="https://a.example"))
)


async def test_lines_become_events_in_order_and_the_end_of_input_ends() -> None:
    heard = await typed(Paper("Здравствуйте", "", "   ", "нужна кофемашина"), lambda *_: None)
    assert [said.text for said in heard] == ["Здравствуйте", "нужна кофемашина"]
    assert len({said.id for said in heard}) == 2
    assert {said.address for said in heard} == {Address("console", "local", "anna")}
    assert heard[0].profile.language == "ru"
    assert heard[0].at == NOW


async def test_a_typed_number_presses_the_choice() -> None:
    paper = Paper("привет", "2", "3", "0")
    heard = await typed(paper, lambda _, said: MENU if said.text == "привет" else None)
    assert [(said.kind, said.choice or said.text) for said in heard[1:]] == [
        ("choice", "q:6"),
        ("text", "3"),
        ("text", "0"),
    ]
    assert "  1) 1–5\n  2) 6–20\n  Сайт: https://a.example" in paper.text


async def test_numbers_are_words_where_nothing_can_be_chosen() -> None:
    answers = iter([MENU, Outbound("Сколько вам лет?"), None])
    heard = await typed(Paper("привет", "ещё", "2"), lambda *_: next(answers))
    assert (heard[2].kind, heard[2].text) == ("text", "2")


async def test_a_pipe_shows_the_dialogue_and_nothing_else() -> None:
    paper = Paper("привет")
    await typed(paper, lambda *_: Outbound("**Добрый** день, см. [сайт](https://a.example)."))
    assert paper.text == "\n> привет\nДобрый день, см. сайт (https://a.example).\n"


async def test_words_cannot_command_the_terminal() -> None:
    paper = Paper("a\x1b[2Jb\x07")
    hostile = Outbound("x\x1b]0;evil\x07y", (Choice("\x1b[31mred", "d"),), name="\x9bAnna")
    heard = await typed(paper, lambda *_: hostile)
    assert heard[0].text == "a[2Jb"
    assert "\x1b" not in paper.text
    assert "\x9b" not in paper.text


async def test_a_person_sees_colours_dots_and_the_line_begun_anew() -> None:
    paper = Paper()
    console = console_on(paper, person=True)
    await console.typing(console.address)
    await console.send(console.address, Outbound("**Да**", (Choice("Дальше", "n"),), "Отправить номер", name="Анна"))
    assert "…" in paper.text
    assert "\r\x1b[K" in paper.text
    assert "\x1b[1mДа\x1b[0m" in paper.text
    assert "Отправить номер" in paper.text
    assert "Анна" in paper.text


async def test_in_a_pipe_nothing_moves() -> None:
    paper = Paper()
    console = console_on(paper)
    await console.typing(console.address)
    await console.acknowledge(console.address, "p1")
    assert paper.text == ""


async def test_files_are_named() -> None:
    paper = Paper()
    console = console_on(paper)
    await console.send(console.address, Outbound("Прайс", files=(File("document", "f1", "price.pdf"),)))
    assert "[document] price.pdf" in paper.text


async def test_receipts_differ() -> None:
    console = console_on(Paper())
    assert await console.send(console.address, Outbound("a")) != await console.send(console.address, Outbound("b"))


async def test_another_chat_is_not_shown_here() -> None:
    paper = Paper()
    with pytest.raises(Refused):
        await console_on(paper).send(Address("console", "local", "boris"), Outbound("secret"))
    assert paper.text == ""


async def test_greeting_begins_as_a_press_on_start() -> None:
    assert [said.text for said in await typed(Paper(), lambda *_: None, greet=True)] == ["/start"]


async def test_a_line_that_cannot_be_stored_is_told() -> None:
    async def receive(events: Sequence[Event]) -> None:
        raise StorageDown("the database is locked")

    async def settled() -> None:
        return

    with pytest.raises(StorageDown):
        await console_on(Paper("привет")).run(receive, settled)
