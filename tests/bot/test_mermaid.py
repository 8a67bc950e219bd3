"""The traffic of a drawing comes from the funnel of the stats."""

from bot.mermaid import visits
from flows.model import Json
from tests.fakes.rows import FakeReports


def test_visits_are_counted_by_step() -> None:
    funnel: list[Json] = [
        {"flow": "qualification", "step": "need", "conversations": 10},
        {"flow": "qualification", "step": "quantity", "conversations": 4},
    ]
    figures = FakeReports(figures={"funnel": funnel}).figures
    assert visits(figures) == {"qualification.need": 10, "qualification.quantity": 4}


def test_without_figures_there_is_no_traffic() -> None:
    assert visits({}) == {}
    assert visits({"funnel": ["x", {"flow": "a"}]}) == {}
