"""The terminal that `assistant chat` runs in."""

import os

import pytest

from bot.terminal import Pipe


def read(content: bytes) -> list[str]:
    """All lines that a pipe with that content gives."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(content)
    pipe = Pipe(reading, lambda _: None)
    lines: list[str] = []
    try:
        while (line := pipe.read_line("› ")) is not None:
            lines.append(line)
    finally:
        os.close(reading)
    return lines


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("", []),
        ("привет\nкак дела\n", ["привет", "как дела"]),
        ("без конца", ["без конца"]),
        ("a\n\nb", ["a", "", "b"]),
        ("\n", [""]),
    ],
)
def test_a_pipe_gives_its_lines(content: str, lines: list[str]) -> None:
    assert read(content.encode()) == lines


def test_what_is_no_text_does_not_stop_it() -> None:
    assert read(b"a\xff\xfeb\nc") == ["a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b", "c"]
