"""Lets a running process make its values at the price of plain ones: what is frozen has been proved before it runs."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import field, fields, is_dataclass, make_dataclass
from inspect import getmembers, isclass
from typing import Any

ROOMS = frozenset({"flows", "knowledge", "handlers", "integrations"})
"""The rooms whose values a turn is made of."""


def values(rooms: frozenset[str] = ROOMS) -> Iterator[type]:
    """The frozen dataclasses with slots of the modules that are loaded."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in rooms:
            for _, kind in getmembers(module, isclass):
                if kind.__module__ == name and is_dataclass(kind) and _is_frozen(kind):
                    yield kind


def thaw(kinds: Iterable[Any]) -> None:
    """Give frozen dataclasses the constructor of ones that are not.

    A frozen one sets each field through `object.__setattr__`, four times as dear as an assignment to a slot: 7 % of the
    CPU of a turn, which makes some thirty values. That nobody assigns to them is proved by the type checker and by the
    tests, which run with them frozen.
    """
    for kind in kinds:
        given = [
            (one.name, Any, field(default=one.default, default_factory=one.default_factory, kw_only=one.kw_only))
            for one in fields(kind)
        ]
        plain: Any = make_dataclass(kind.__name__, given, repr=False, eq=False, match_args=False)
        kind.__init__ = plain.__init__
        del kind.__setattr__, kind.__delattr__


def _is_frozen(kind: Any) -> bool:  # noqa: ANN401 - any class
    return "__slots__" in vars(kind) and "__setattr__" in vars(kind) and kind.__dataclass_params__.frozen
