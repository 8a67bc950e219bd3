"""The words of the desk, where staff watch chats and take them over: places, posts, buttons and forms, no vendor's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flows.model import Address, File


@dataclass(frozen=True, slots=True)
class Spot:
    """A place at a desk: `desk` is the adapter's name, `channel` and `thread` its own ids; no thread: the channel."""

    desk: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A press comes back as `Pressed(action, value)`; one with a `url` only opens it."""

    action: str
    label: str
    value: str = ""
    style: Literal["", "primary", "danger"] = ""
    url: str = ""
    confirm: str = ""  # what is asked before the press counts


@dataclass(frozen=True, slots=True)
class Menu:
    """A button with several answers: one of `options` (value, label) is pressed; comes back as `Pressed`."""

    action: str
    label: str
    options: tuple[tuple[str, str], ...]


Control: TypeAlias = Button | Menu


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value of a card, both as they are shown."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Post:
    """What is shown at the desk, top to bottom: title, text, fields, files, small print, controls.

    Texts are plain with **bold**, _italic_ and [links](https://…), as in `Outbound`; a prospect's words are put in by
    `locales.markup.escape`. An adapter sees to it that nothing but `mention`, the desk's ids of people to be told, can
    mention anybody. `speaker` (a name and what they are) and `by` tell who speaks in a mirrored line.
    `contents` are the bytes of files made for this post, by `ref`; for those of others an adapter has its `Contents`.
    An `urgent` post goes before what else waits for its turn: one in a taken chat, or an answer to somebody's press.
    """

    text: str = ""
    title: str = ""
    fields: tuple[Field, ...] = ()
    small: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    files: tuple[File, ...] = ()
    speaker: str = ""
    by: Literal["", "prospect", "bot", "rep", "system"] = ""
    mention: tuple[str, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict, hash=False, repr=False)
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a form."""

    name: str
    label: str
    kind: Literal["text", "long_text", "choice", "person", "number"] = "text"
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A modal: comes back as `Pressed(action, value, fields)` in the thread `spot`."""

    action: str
    title: str
    submit: str
    inputs: tuple[Input, ...]
    spot: Spot
    value: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """What a desk knows of a person: their own id there, and what staff are matched by. Names are hostile text."""

    id: str
    name: str = ""
    email: str = ""
    locale: str = ""
    groups: tuple[str, ...] = ()


DESK = "desk"
"""The channel of addresses under which outbox entries for a desk are kept, in order a conversation."""


def desk_address(desk: str, conversation: str) -> Address:
    """Where outbox entries of a conversation for a desk queue."""
    return Address(DESK, desk, conversation)


def spot_address(spot: Spot, bot: str) -> Address:
    """The address of what staff do in a thread: their events are dealt with in order. `bot` is the desk's own id."""
    return Address(spot.desk, bot, spot.channel, spot.thread)
