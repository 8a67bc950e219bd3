"""Finds an adapter by the name of its file: a new vendor is a new file and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from pathlib import PurePath

from pydantic import BaseModel

from flows.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Adapter:
    """The two public names of an adapter's module; `connect(settings, …)` returns the port of its kind."""

    name: str
    settings: type[BaseModel]
    connect: Callable[..., object]


def names(kind: str) -> tuple[str, ...]:
    """The adapters of a kind (`channels`, `trackers`, `desk`, `answers`), by file name, sorted; nothing is imported."""
    room = files("integrations") / kind
    if not room.is_dir():
        return ()
    found = [
        PurePath(entry.name).stem
        for entry in room.iterdir()
        if entry.name.endswith(".py") or (entry / "adapter.py").is_file()
    ]
    return tuple(sorted(name for name in found if not name.startswith("_")))


def adapter(kind: str, name: str) -> Adapter:
    """Import one adapter. Raises `Misconfigured` for a name that has no file."""
    known = names(kind)
    if name not in known:
        raise Misconfigured(kind, f"there is no “{name}”", f"Use one of: {', '.join(known) or '-'}")
    packaged = (files("integrations") / kind / name / "adapter.py").is_file()
    module = import_module(f"integrations.{kind}.{name}.adapter" if packaged else f"integrations.{kind}.{name}")
    return Adapter(name, module.Settings, module.connect)
