"""The traffic that is painted on a drawing of the flows."""

from collections.abc import Mapping

from flows.ports.reading import Figures


def visits(figures: Figures) -> Mapping[str, int]:
    """How many conversations came to each `flow.step`, from the funnel of the stats."""
    funnel = figures.get("funnel")
    rows = [row for row in funnel if isinstance(row, dict)] if isinstance(funnel, list) else []
    return {
        f"{row.get('flow')}.{row.get('step')}": count
        for row in rows
        if isinstance(count := row.get("conversations"), int)
    }
