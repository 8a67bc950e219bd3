"""What ClickUp tells: tasks as cards, webhooks and looks as moves."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flows.events import Moved
from flows.ports.tracker import CardRef, tracker_address

NAME: Final = "clickup"


def ref_of(task: Mapping[str, Any]) -> CardRef:
    """A task as a card."""
    return CardRef(str(task["id"]), str(task.get("url", "")), str(task.get("status", {}).get("status", "")))


def lines_of(task: Mapping[str, Any]) -> Sequence[str]:
    """The lines of its description."""
    text = task.get("markdown_description") or task.get("text_content") or task.get("description") or ""
    return [line.strip() for line in str(text).splitlines()]


def _moment(milliseconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)


def seen(task: Mapping[str, Any]) -> Moved:
    """A status that a look found; seen twice it is one event."""
    at, status, card = _moment(task["date_updated"]), task["status"]["status"], str(task["id"])
    identity = f"clickup:{card}:{task['date_updated']}:{status}"
    return Moved(identity, tracker_address(NAME, card), at, card, status, at)


def moves_of(event: Mapping[str, Any]) -> Sequence[Moved]:
    """The moves in a webhook: each change of a status is an item of its own."""
    card = str(event["task_id"])
    if event["event"] == "taskDeleted":
        at = max((_moment(item["date"]) for item in event.get("history_items", [])), default=_moment(0))
        identity = f"clickup:{card}:deleted"
        return [Moved(identity, tracker_address(NAME, card), at, card, "", at, gone=True)]
    return [
        Moved(
            f"clickup:{item['id']}",
            tracker_address(NAME, card),
            _moment(item["date"]),
            card,
            str(item["after"]["status"]),
            _moment(item["date"]),
        )
        for item in event.get("history_items", [])
        if item.get("field") == "status" and isinstance(item.get("after"), dict)
    ]
