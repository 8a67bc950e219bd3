"""Buttons, menus and forms as Block Kit elements, and what was filled in as our fields; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from flows.desk import Button, Control, Form, Input, Menu, Spot
from flows.errors import Refused
from flows.model import Json
from integrations.desk.slack.markup import cut, escape

LABEL_LIMIT: Final = 75
VALUE_LIMIT: Final = 2000
ACTION_LIMIT: Final = 255
URL_LIMIT: Final = 3000
CONFIRM_LIMIT: Final = 300
CONFIRM_LABEL_LIMIT: Final = 30
OPTIONS_LIMIT: Final = 100
OPTION_VALUE_LIMIT: Final = 75
ELEMENTS_LIMIT: Final = 25
TITLE_LIMIT: Final = 24
INPUT_LABEL_LIMIT: Final = 2000
TEXT_INPUT_LIMIT: Final = 3000
METADATA_LIMIT: Final = 3000
_COUNTED: Final = "#"  # between an action and which of several equal ones in a message it is
_KEPT: Final = ("channel", "thread", "value")

Block = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of a form: where it was asked, its own value, and the fields by name."""

    spot: Spot
    value: str
    fields: Mapping[str, str]


def words(text: str, limit: int) -> Block:
    """A text in which Slack reads nothing."""
    return {"type": "plain_text", "text": escape(cut(text, limit)), "emoji": True}


def actions(controls: Sequence[Control], used: dict[str, int]) -> Iterator[Block]:
    """Rows of controls. `used` counts actions, as Slack wants each id once in a message. Raises `Refused`."""
    made = [_element(control, _action_id(control.action, used)) for control in controls if _is_usable(control)]
    for start in range(0, len(made), ELEMENTS_LIMIT):
        row: list[Json] = [*made[start : start + ELEMENTS_LIMIT]]
        yield {"type": "actions", "elements": row}


def action_of(action_id: str) -> str:
    """The action that stands behind an id of `actions`."""
    name, mark, number = action_id.rpartition(_COUNTED)
    return name if mark and number.isdecimal() else action_id


def modal(form: Form) -> Block:
    """A form as a view for `views.open`. Raises `Refused`."""
    kept = orjson.dumps({"channel": form.spot.channel, "thread": form.spot.thread, "value": form.value}).decode()
    if len(kept) > METADATA_LIMIT or len(form.action) > ACTION_LIMIT:
        raise Refused(reason="a form's value or action is longer than Slack takes", state="invalid")
    blocks: list[Json] = [_input(entry) for entry in form.inputs]
    return {
        "type": "modal",
        "callback_id": form.action,
        "private_metadata": kept,
        "title": words(form.title, TITLE_LIMIT),
        "submit": words(form.submit, TITLE_LIMIT),
        "blocks": blocks,
    }


def filled(view: Mapping[str, Json], desk: str) -> Filled:
    """What a submitted view says, whatever it may hold."""
    kept = _kept(view.get("private_metadata"))
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    fields = {
        name: _given(next(iter(inputs.values())))
        for name, inputs in (values.items() if isinstance(values, dict) else ())
        if isinstance(inputs, dict) and inputs
    }
    return Filled(Spot(desk, kept["channel"], kept["thread"]), kept["value"], fields)


def pressed_value(action: Mapping[str, Json]) -> str:
    """The value of a pressed button, or of the option that was chosen."""
    return _given({key: value for key, value in action.items() if key != "type"})


def _is_usable(control: Control) -> bool:
    """A link to nowhere would make Slack refuse the whole message."""
    if isinstance(control, Menu):
        return bool(control.options)
    return not control.url or (control.url.startswith(("https://", "http://")) and len(control.url) <= URL_LIMIT)


def _action_id(action: str, used: dict[str, int]) -> str:
    used[action] = used.get(action, 0) + 1
    action_id = action if used[action] == 1 else f"{action}{_COUNTED}{used[action]}"
    if not action or len(action_id) > ACTION_LIMIT:
        raise Refused(reason="a button without an action, or with one longer than Slack takes", state="invalid")
    return action_id


def _element(control: Control, action_id: str) -> Block:
    if isinstance(control, Menu):
        return {
            "type": "static_select",
            "action_id": action_id,
            "placeholder": words(control.label, LABEL_LIMIT * 2),
            "options": _options(control.options),
        }
    return _button(control, action_id)


def _button(button: Button, action_id: str) -> Block:
    if len(button.value) > VALUE_LIMIT:
        raise Refused(reason="a button's value is longer than Slack takes", state="invalid")
    made: Block = {"type": "button", "action_id": action_id, "text": words(button.label, LABEL_LIMIT)}
    if button.value:
        made["value"] = button.value
    if button.url:
        made["url"] = button.url
    if button.style:
        made["style"] = button.style
    if button.confirm:
        # Slack wants words for every key of the dialogue; the button's own label and a cross need no translation.
        made["confirm"] = {
            "title": words(button.label, LABEL_LIMIT),
            "text": words(button.confirm, CONFIRM_LIMIT),
            "confirm": words(button.label, CONFIRM_LABEL_LIMIT),
            "deny": words("✕", CONFIRM_LABEL_LIMIT),
        }
    return made


def _options(options: Sequence[tuple[str, str]]) -> list[Json]:
    if any(not value or len(value) > OPTION_VALUE_LIMIT for value, _ in options):
        raise Refused(reason="an option's value is empty, or longer than Slack takes", state="invalid")
    return [{"text": words(label, LABEL_LIMIT), "value": value} for value, label in options[:OPTIONS_LIMIT]]


def _input(entry: Input) -> Block:
    return {
        "type": "input",
        "block_id": entry.name,
        "optional": entry.optional,
        "label": words(entry.label, INPUT_LABEL_LIMIT),
        "element": {"action_id": "value", **_field(entry)},
    }


def _field(entry: Input) -> Block:
    match entry.kind:
        case "choice":
            options = _options(entry.options)
            chosen = [option for option in options if isinstance(option, dict) and option["value"] == entry.value]
            return {"type": "static_select", "options": options, **({"initial_option": chosen[0]} if chosen else {})}
        case "person":
            return {"type": "users_select", **({"initial_user": entry.value} if entry.value else {})}
        case "number":
            return {"type": "number_input", "is_decimal_allowed": True, **_begun(entry.value)}
        case "text" | "long_text":
            lines = entry.kind == "long_text"
            limit = {"max_length": TEXT_INPUT_LIMIT}
            return {"type": "plain_text_input", "multiline": lines, **limit, **_begun(entry.value)}


def _begun(value: str) -> Block:
    return {"initial_value": value[:TEXT_INPUT_LIMIT]} if value else {}


def _given(entry: Json) -> str:
    """The one thing that an element of whatever type was given."""
    if not isinstance(entry, dict):
        return ""
    option = entry.get("selected_option")
    given = option.get("value") if isinstance(option, dict) else entry.get("selected_user") or entry.get("value")
    return given if isinstance(given, str) else ""


def _kept(metadata: Json) -> dict[str, str]:
    try:
        kept = orjson.loads(metadata) if isinstance(metadata, str) else None
    except orjson.JSONDecodeError:
        kept = None
    found = kept if isinstance(kept, dict) else {}
    return {name: str(found.get(name) or "") for name in _KEPT}
