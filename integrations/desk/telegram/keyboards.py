"""The buttons of a post, and what a press of one says; pure.

Whatever a press has to tell stands in the 64 bytes of its button: nothing is remembered between the two, so that any
worker understands a press, also after a restart. A menu is laid open for the same reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from flows.desk import Button, Control
from flows.errors import Refused
from flows.model import Json

DATA_BYTES: Final = 64
MENU_OPTIONS: Final = 40
"""Telegram shows a hundred buttons at most."""
OURS: Final = "~"
"""What the data of the desk's buttons begin with: a prospect's never do."""
_HERE: Final = "^"  # stands for the desk's own chat in values such as `telegram:-1001234567890:17`
_NOTHING: Final = f"{OURS}-"
_STYLES: Final = {"primary": "primary", "danger": "danger"}
_FITS_IN_ROW: Final = ((8, 3), (18, 2))  # labels of so many characters stand side by side in such a number

Kind: TypeAlias = Literal["press", "confirm", "fill", "keep", "cancel"]
_MARKS: Final[Mapping[Kind, str]] = {"press": "", "confirm": "!", "fill": "=", "keep": "*", "cancel": "?"}
_KINDS: Final[Mapping[str, Kind]] = {mark: kind for kind, mark in _MARKS.items() if mark}


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says.

    `press` and `confirm` are a post's own. `fill`, `keep` and `cancel` are a form's: filled with `fields`, with what
    the message shows in its block, or not at all; `names` are the fields that a reply to the message fills in.
    """

    kind: Kind
    action: str
    value: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()


def data_of(press: Press, here: str) -> str:
    """The data of a button; `here` is `desk:chat:`, which is shortened. Raises `Refused` where it is too long."""
    about = ",".join(press.names) if press.names else ",".join(f"{key}={value}" for key, value in press.fields.items())
    form = press.kind in {"fill", "keep", "cancel"}
    head = f"{OURS}{_MARKS[press.kind]}{about}|" if form else f"{OURS}{_MARKS[press.kind]}"
    value = f"{_HERE}{press.value.removeprefix(here)}" if press.value.startswith(here) else press.value
    data = f"{head}{press.action}:{value}"
    if len(data.encode()) > DATA_BYTES:
        raise Refused(
            reason=f"a button's action and value have more than {DATA_BYTES} bytes", state="invalid", detail=data
        )
    return data


def press_of(data: str, here: str) -> Press | None:
    """What `data_of` wrote; None for anything else, and for what only looks like a button."""
    if not data.startswith(OURS) or data == _NOTHING:
        return None
    kind = _KINDS.get(data[1:2], "press")
    rest = data[1:] if kind == "press" else data[2:]
    about, _, rest = rest.partition("|") if kind in {"fill", "keep", "cancel"} else ("", "", rest)
    action, colon, value = rest.partition(":")
    if not action or not colon:
        return None
    if value.startswith(_HERE):
        value = here + value.removeprefix(_HERE)
    parts = tuple(part for part in about.split(",") if part)
    if kind != "fill":
        return Press(kind, action, value, names=parts)
    return Press(kind, action, value, dict(part.split("=", 1) for part in parts if "=" in part))


def keyboard(controls: Sequence[Control], here: str) -> dict[str, Json] | None:
    """The buttons of a post, each menu as a heading above its options. Raises `Refused` for what none can carry.

    A link that Telegram would refuse, and the whole post with it, is left out.
    """
    rows: list[list[Json]] = []
    single: list[Button] = []
    for control in controls:
        if isinstance(control, Button):
            if not control.url or _opens(control.url):
                single.append(control)
            continue
        rows += _laid(single, here)
        single = []
        rows.append([{"text": f"{control.label} ▾", "callback_data": _NOTHING}])
        options = control.options[:MENU_OPTIONS]
        rows += _laid([Button(control.action, label, value) for value, label in options], here)
    rows += _laid(single, here)
    return inline(rows) if rows else None


def choices(options: Sequence[tuple[str, Press]], here: str) -> list[list[Json]]:
    """Labels with what each says, in rows."""
    return _rows([(label, {"text": label, "callback_data": data_of(press, here)}) for label, press in options])


def inline(rows: Sequence[list[Json]]) -> dict[str, Json]:
    """A keyboard of these rows."""
    laid: list[Json] = [list(row) for row in rows]
    return {"inline_keyboard": laid}


def _opens(url: str) -> bool:
    """Whether Telegram takes an address: one without a dot in its host, as on a machine of one's own, it refuses."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def _laid(buttons: Sequence[Button], here: str) -> list[list[Json]]:
    return _rows([(button.label, _button(button, here)) for button in buttons])


def _rows(buttons: Sequence[tuple[str, Json]]) -> list[list[Json]]:
    """In their order: a row takes as many as its longest label allows."""
    rows: list[list[tuple[str, Json]]] = []
    for button in buttons:
        row = rows[-1] if rows else []
        longest = max(len(label) for label, _ in (*row, button))
        if row and len(row) < next((count for length, count in _FITS_IN_ROW if longest <= length), 1):
            row.append(button)
        else:
            rows.append([button])
    return [[shown for _, shown in row] for row in rows]


def _button(button: Button, here: str) -> Json:
    label = button.label.strip()
    if not label:
        raise Refused(reason="a button without a label", state="invalid")
    if button.url:
        return {"text": label, "url": button.url}
    press = Press("confirm" if button.confirm else "press", button.action, button.value)
    made: dict[str, Json] = {"text": label, "callback_data": data_of(press, here)}
    if style := _STYLES.get(button.style):
        made["style"] = style
    return made
