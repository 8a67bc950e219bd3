"""What Slack refuses: blocks, views, metadata and arguments, each by its own error."""

from collections.abc import Iterator, Mapping
from typing import Any

SUM_LIMIT = 13_200
TEXT_LIMIT = 40_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
_BLOCKS = {
    "section": {"type", "text", "fields", "block_id"},
    "header": {"type", "text", "block_id"},
    "context": {"type", "elements", "block_id"},
    "actions": {"type", "elements", "block_id"},
    "divider": {"type", "block_id"},
    "input": {"type", "label", "element", "optional", "block_id"},
}
_ELEMENTS = {
    "button": {"type", "action_id", "text", "value", "url", "style", "confirm"},
    "static_select": {"type", "action_id", "placeholder", "options", "initial_option", "confirm"},
    "users_select": {"type", "action_id", "placeholder", "initial_user"},
    "plain_text_input": {"type", "action_id", "multiline", "max_length", "initial_value", "placeholder"},
    "number_input": {"type", "action_id", "is_decimal_allowed", "initial_value", "placeholder"},
}


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def check_message(given: Mapping[str, Any], too_long: str = "msg_too_long") -> None:
    """Refuse a message that Slack does not take."""
    text, blocks = given.get("text"), given.get("blocks")
    if not text and not blocks:
        raise Refusal("no_text")
    if text is not None and not isinstance(text, str):
        raise Refusal("invalid_arguments")
    if text and len(text) > TEXT_LIMIT:
        raise Refusal(too_long)
    if blocks is not None:
        check_blocks(blocks, MESSAGE_BLOCKS)
        if sum(map(len, texts(blocks))) > SUM_LIMIT:
            raise Refusal("msg_blocks_too_long")
    if "metadata" in given:
        metadata = given["metadata"]
        if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
            raise Refusal("invalid_metadata_format")
        if not isinstance(metadata["event_payload"], dict):
            raise Refusal("invalid_metadata_format")


def check_blocks(blocks: Any, limit: int) -> None:
    """Refuse blocks that break a limit, or that hold what is not in the catalogue."""
    _must(isinstance(blocks, list) and 0 < len(blocks) <= limit)
    actions: set[str] = set()
    ids: set[str] = set()
    for block in blocks:
        kind = block.get("type")
        _must(kind in _BLOCKS and set(block) <= _BLOCKS[kind])
        if "block_id" in block:
            _must(len(block["block_id"]) <= 255 and block["block_id"] not in ids)
            ids.add(block["block_id"])
        _check_block(kind, block, actions)


def check_view(view: Any, kind: str) -> None:
    """Refuse a view that is not of that kind, or too large."""
    _must(isinstance(view, dict) and view.get("type") == kind, "invalid_arguments")
    if len(str(view)) > VIEW_BYTES:
        raise Refusal("view_too_large")
    check_blocks(view.get("blocks"), VIEW_BLOCKS)
    _must(
        len(view.get("private_metadata", "")) <= 3000 and len(view.get("callback_id", "")) <= 255, "invalid_arguments"
    )
    if kind == "modal":
        _text(view.get("title"), 24, {"plain_text"})
        if any(block["type"] == "input" for block in view["blocks"]):
            _text(view.get("submit"), 24, {"plain_text"})


def texts(node: Any) -> Iterator[str]:
    """Every text of a message's blocks, as it was written."""
    if isinstance(node, dict):
        if node.get("type") in {"mrkdwn", "plain_text"} and isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def buttons(blocks: Any) -> Iterator[dict[str, Any]]:
    """The elements of all actions blocks."""
    for block in blocks or []:
        if block["type"] == "actions":
            yield from block["elements"]


def _must(holds: object, error: str = "invalid_blocks") -> None:
    if not holds:
        raise Refusal(error)


def _check_block(kind: str, block: Mapping[str, Any], actions: set[str]) -> None:
    match kind:
        case "section":
            _must("text" in block or "fields" in block)
            if "text" in block:
                _text(block["text"], 3000)
            _must(len(block.get("fields", [])) <= 10)
            for field in block.get("fields", []):
                _text(field, 2000)
        case "header":
            _text(block.get("text"), 150, {"plain_text"})
        case "context":
            _must(0 < len(block.get("elements", [])) <= 10)
            for element in block["elements"]:
                _text(element, 3000)
        case "actions":
            _must(0 < len(block.get("elements", [])) <= 25)
            for element in block["elements"]:
                _element(element, actions)
        case "input":
            _text(block.get("label"), 2000, {"plain_text"})
            _element(block.get("element"), set())


def _text(text: Any, limit: int, kinds: frozenset[str] | set[str] = frozenset({"mrkdwn", "plain_text"})) -> None:
    _must(isinstance(text, dict) and text.get("type") in kinds)
    known = {"type", "text", "emoji"} if text["type"] == "plain_text" else {"type", "text", "verbatim"}
    _must(set(text) <= known and isinstance(text.get("text"), str) and 0 < len(text["text"]) <= limit)


def _element(element: Any, actions: set[str]) -> None:
    _must(isinstance(element, dict) and element.get("type") in _ELEMENTS)
    _must(set(element) <= _ELEMENTS[element["type"]])
    action = element.get("action_id")
    _must(isinstance(action, str) and 0 < len(action) <= 255 and action not in actions)
    actions.add(action)
    if element["type"] == "button":
        _text(element.get("text"), 75, {"plain_text"})
        _must(len(element.get("value", "")) <= 2000 and len(element.get("url", "")) <= 3000)
        _must(element.get("style", "primary") in {"primary", "danger"})
        _must(element.get("url", "https://x").startswith(("https://", "http://")))
        if "confirm" in element:
            for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
                _text(element["confirm"].get(name), limit)
    if element["type"] == "static_select":
        _must(0 < len(element.get("options", [])) <= 100)
        for option in element["options"]:
            _text(option.get("text"), 75, {"plain_text"})
            _must(0 < len(option.get("value", "")) <= 75)
        _must("initial_option" not in element or element["initial_option"] in element["options"])
