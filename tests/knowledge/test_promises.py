"""Promises are found in people's words by a labelled set: what was promised, by when, and what only looks like it."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from knowledge.promises import find_promises

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=MOSCOW)
LINES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "promises.yaml").read_text("utf-8"))
MADE = [line for line in LINES if "due" in line]
ENOUGH = 0.9
ENOUGH_LINES = 100


def dues(text: str) -> list[str | None]:
    """When each promise of a text is due, on the team's clock."""
    return [found.due.strftime("%Y-%m-%d %H:%M") if found.due else None for found in find_promises(text, NOW)]


def test_the_labelled_lines_are_found_and_the_others_are_not() -> None:
    assert len(LINES) >= ENOUGH_LINES
    wanted = sum(len(line["due"]) for line in MADE)
    found = {line["text"]: dues(line["text"]) for line in LINES}
    hits = sum(min(len(found[line["text"]]), len(line["due"])) for line in MADE)
    recall, precision = hits / wanted, hits / sum(map(len, found.values()))
    wrong = {line["text"]: found[line["text"]] for line in LINES if found[line["text"]] != line.get("due", [])}
    assert recall >= ENOUGH, f"recall {recall:.3f}, {wrong}"
    assert precision >= ENOUGH, f"precision {precision:.3f}, {wrong}"
    timed = sum(found[line["text"]] == line["due"] for line in MADE) / len(MADE)
    assert timed >= ENOUGH, f"times {timed:.3f}, {wrong}"


def test_the_quote_is_the_sentence_that_promises() -> None:
    [found] = find_promises("Спасибо за звонок! Пришлю КП до пятницы. Хорошего дня.", NOW)
    assert found.quote == "Пришлю КП до пятницы."
    first, second = find_promises("Договор отправлю завтра, а в четверг позвоню в 11:30.", NOW)
    assert (first.quote, second.quote) == ("Договор отправлю завтра", "в четверг позвоню в 11:30.")


@pytest.mark.parametrize(
    "text", ["", "?", "." * 10_000, "пришлю " * 2_000, "I'll send and " * 2_000, "\x00" * 50, "до " * 3_000]
)
def test_any_text_is_read(text: str) -> None:
    find_promises(text, NOW)
