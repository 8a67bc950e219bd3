"""Buttons away from a chat's own thread: they name the chat, and a press of one counts as if it were over there."""

from dataclasses import replace
from typing import Final

from flows.desk import Button, Control, Menu, Post, spot_address
from flows.events import Pressed
from flows.ports.desk import Threads

_MARK: Final = "@@"
"""Stands before the id of the chat; no id that a button carries has it."""


def carried(post: Post, conversation: str) -> Post:
    """The post with controls that work wherever it is shown."""
    return replace(post, controls=tuple(_carried(control, conversation) for control in post.controls))


def named(value: str, conversation: str) -> str:
    """The value of a button or a form that also names the chat."""
    return f"{'' if value == conversation else value}{_MARK}{conversation}"


async def brought_home(event: Pressed, desk: str, threads: Threads) -> tuple[Pressed, str]:
    """The press as it would be in the chat's thread, and the chat; as it is, and "", where it names none."""
    value, mark, conversation = event.value.rpartition(_MARK)
    if not mark:
        return event, ""
    thread = await threads.of(conversation, desk)
    address = spot_address(thread.spot, event.address.bot) if thread else event.address
    return replace(event, address=address, value=value or conversation), conversation


def _carried(control: Control, conversation: str) -> Control:
    match control:
        case Button():
            return control if control.url else replace(control, value=named(control.value, conversation))
        case Menu():
            options = tuple((named(value, conversation), label) for value, label in control.options)
            return replace(control, options=options)
