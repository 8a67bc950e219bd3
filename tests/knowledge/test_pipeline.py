"""What a column of a tracker says of a lead."""

import pytest

from flows.model import LeadStatus
from knowledge.loader import load_knowledge
from knowledge.pipeline import Pipeline

SHIPPED = load_knowledge(
    {"knowledge/trackers.yaml": "columns: {won: [Won, Выиграно], lost: [Отказ]}\ntrackers: {trello: {lost: [Won]}}"}
)


@pytest.mark.parametrize(
    ("tracker", "column", "status"),
    [
        ("clickup", "won", "won"),
        ("clickup", "  ВЫИГРАНО ", "won"),
        ("clickup", "🏆 Won", "won"),
        ("clickup", "Отказ", "lost"),
        ("trello", "Won", "lost"),
        ("clickup", "Tuesday", None),
        ("clickup", "", None),
        ("clickup", "🏆", None),
    ],
)
def test_a_column_is_read_as_the_files_say(tracker: str, column: str, status: LeadStatus | None) -> None:
    knowledge, defects = SHIPPED
    assert not defects
    assert knowledge.pipeline.status(tracker, column) == status


def test_a_status_names_the_columns_that_it_may_be_in() -> None:
    assert SHIPPED[0].pipeline.named("trello", "lost") == ("Won", "Отказ", "lost")
    assert Pipeline().named("trello", "not_a_fit") == ("not a fit",)


@pytest.mark.parametrize("text", ["say: {lost: {ru: Нет}}", "columns: {wonn: [Won]}", "columns: {won: Won}"])
def test_a_wrong_file_is_told_with_its_line(text: str) -> None:
    _, defects = load_knowledge({"knowledge/trackers.yaml": text})
    assert [(defect.file, defect.line) for defect in defects] == [("knowledge/trackers.yaml", 1)]
