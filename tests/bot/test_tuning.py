"""The collector leaves a running process alone, and still takes away what is garbage."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.tuning import MIDDLE, OLD, YOUNG, Collector, tune


class Knot:
    """Garbage that only the collector can find."""

    def __init__(self) -> None:
        self.itself = self


def knot() -> "weakref.ref[Knot]":
    return weakref.ref(Knot())


@pytest.fixture
def _own_collector() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("_own_collector")
def test_tuning_takes_what_lives_on_out_of_sight_and_looks_at_the_rest_rarely() -> None:
    alive = [[number] for number in range(1000)]
    tune()
    assert gc.get_freeze_count() > len(alive)
    assert gc.get_threshold() == (YOUNG, MIDDLE, OLD)


@pytest.mark.usefixtures("_own_collector")
def test_garbage_that_comes_after_tuning_is_still_collected() -> None:
    tune()
    left = knot()
    gc.collect()
    assert left() is None


async def test_an_idle_process_collects() -> None:
    left = knot()
    await Collector(busy=lambda: 0)()
    assert left() is None


async def test_turns_go_first_but_not_for_ever() -> None:
    collector = Collector(busy=lambda: 3, patience=2)
    gc.disable()
    try:
        left = knot()
        await collector()
        await collector()
        assert left() is not None
        await collector()
        assert left() is None
    finally:
        gc.enable()
